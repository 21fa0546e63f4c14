//! `subscriptions`: one row per contract item and contract year; a renewal is a new row.

use super::{Company, Customer, Kind, Rows, customer_id};
use crate::sample::contract::{ADD_ON, convert, exchange_rate, terms};

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("subscription_id", Kind::Text),
    ("customer_id", Kind::Text),
    ("plan", Kind::Text),
    ("started_on", Kind::Date),
    ("ended_on", Kind::Date),
    ("mrr", Kind::Money),
    ("source", Kind::Text),
];

pub(super) fn write_customer(company: &Company, customer: Customer, rows: &mut Rows) {
    let number = customer.number();
    for term in terms(company, customer) {
        // What a month is worth is fixed at the rate of the day on which the year began.
        let rate = exchange_rate(company, &customer.country.currency, term.start);
        let items = [Some(("", customer.plan(), term.price)), term.add_on.map(|price| ("A", ADD_ON, price))];
        for (item, plan, price) in items.into_iter().flatten() {
            rows.format(format_args!("S{number:06}-{item}{:02}", term.year + 1));
            customer_id(rows, Some(&customer));
            rows.text(plan);
            rows.date(term.start);
            match term.last {
                Some(last) => rows.date(last),
                None => rows.null(),
            }
            rows.money(convert(price, rate));
            rows.text("billing");
        }
    }
}
