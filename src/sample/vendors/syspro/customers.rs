//! `ArCustomer`: everybody, with padded codes; they are the customers of the truth.

use crate::{
    error::Result,
    sample::{
        company::{Company, Customer},
        vendors::{
            identity::{country_code, legal_name, padded, syspro_code, syspro_email},
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const HEADER: &[&str] = &[
    "Customer",
    "Name",
    "ShortName",
    "MasterAccount",
    "CustomerClass",
    "Branch",
    "Area",
    "TermsCode",
    "Currency",
    "DateCustAdded",
    "Nationality",
    "CustomerOnHold",
    "Telephone",
    "Email",
];

pub(in crate::sample::vendors) fn write(
    company: &Company,
    customer: &Customer,
    table: &mut TextTable,
) -> Result<()> {
    let number = customer.number();
    let parent = company.parent(customer).map(|index| company.customer(index));
    let name = legal_name(customer);
    let short: String = name.chars().take(20).collect();
    table
        .text(&padded(&syspro_code(customer), 15, number))
        .text(&name)
        .text(&short)
        .text(&parent.map_or_else(|| " ".to_owned(), |parent| padded(&syspro_code(&parent), 15, 1)))
        .text(customer.segment.name)
        .text("10")
        .text(customer.country.region)
        .text("30")
        .text(customer.country.currency.code)
        .date(customer.acquired)
        .text(country_code(customer))
        .text(if customer.churned.is_some() { "Y" } else { "N" })
        .text(" ")
        .text(&syspro_email(customer));
    table.end()
}
