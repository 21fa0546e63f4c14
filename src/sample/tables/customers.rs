//! `customers`: one row per customer.

use super::{Company, Customer, Kind, Rows, customer_id};
use crate::sample::{
    company::Trait,
    names::{CHANNELS, INDUSTRIES, OWNERS, pick},
};

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("name", Kind::Text),
    ("parent_id", Kind::Text),
    ("segment", Kind::Text),
    ("industry", Kind::Text),
    ("region", Kind::Text),
    ("country", Kind::Text),
    ("plan", Kind::Text),
    ("owner", Kind::Text),
    ("acquisition_channel", Kind::Text),
    ("acquired_on", Kind::Date),
    ("churned_on", Kind::Date),
    ("source", Kind::Text),
];

pub(super) fn write_customer(company: &Company, customer: &Customer, rows: &mut Rows) {
    let parent = company.parent(customer).map(|index| company.customer(index));
    customer_id(rows, Some(customer));
    rows.text(&customer.name());
    customer_id(rows, parent.as_ref());
    rows.text(customer.segment.name);
    rows.text(pick(INDUSTRIES, customer.trait_below(Trait::Industry, u64::MAX)));
    rows.text(customer.country.region);
    rows.text(customer.country.name);
    rows.text(customer.plan());
    rows.text(pick(OWNERS, customer.trait_below(Trait::Owner, u64::MAX)));
    rows.text(pick(CHANNELS, customer.trait_below(Trait::Channel, u64::MAX)));
    rows.date(customer.acquired);
    match customer.churned {
        Some(churned) => rows.date(churned),
        None => rows.null(),
    }
    rows.text("erp");
}
