//! Who a customer is in each system: codes, names, domains, and by what it can be found again.
//!
//! The ideas of the systems have only as much in common as a customer's [`Link`] says. Knows nothing of files.

use std::fmt::Write as _;

use crate::sample::{company::Customer, names::COUNTRIES};

/// The name of who could not be matched.
pub(super) const UNATTRIBUTED: &str = "(unattributed)";

/// A customer code of SYSPRO that stands on documents and nowhere else.
pub(super) const UNKNOWN_CODE: &str = "0999999";

/// How the other systems' records of a customer can be matched with SYSPRO's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// By the domain of the e-mail addresses.
    Domain,
    /// By the domain, which some write in capitals, with `www.` and a trailing dot.
    DressedDomain,
    /// By the name alone: SYSPRO knows a free-mail address.
    Name,
    /// By the crosswalk alone: names and domains are another business's.
    Crosswalk,
    /// Not at all in the desk, the chat and the product; the crosswalk has it for Flexi.
    Nothing,
}

/// How this customer can be matched; a pattern, so that every kind exists in the smallest company.
pub(super) fn link(customer: &Customer) -> Link {
    match customer.index % 16 {
        1 | 5 | 9 | 13 => Link::Crosswalk,
        3 | 7 | 11 | 14 => Link::Name,
        2 => Link::DressedDomain,
        15 => Link::Nothing,
        _ => Link::Domain,
    }
}

/// Whether the Czech subsidiary holds its contracts.
pub(super) fn is_in_flexi(customer: &Customer) -> bool {
    customer.country.region == "EMEA"
}

/// SYSPRO's code, which is the customer's id.
pub(super) fn syspro_code(customer: &Customer) -> String {
    format!("{:07}", customer.number())
}

/// A column of fixed width, as the database keeps it; every fifth ends with a no-break space.
pub(super) fn padded(text: &str, width: usize, number: u64) -> String {
    let mut padded = format!("{text:width$}");
    if number.is_multiple_of(5) {
        let _ = padded.pop();
        padded.push('\u{a0}');
    }
    padded
}

/// The id in the truth of a customer in the books.
pub(super) fn known_id(customer: Option<&Customer>) -> String {
    customer.map_or_else(|| UNATTRIBUTED.to_owned(), syspro_code)
}

/// The id in the truth of a customer in the desk, the chat or the product.
pub(super) fn matched_id(customer: Option<&Customer>) -> String {
    known_id(customer.filter(|customer| link(customer) != Link::Nothing))
}

/// The full name; the number at its end makes it the only one of its kind.
pub(super) fn legal_name(customer: &Customer) -> String {
    format!("{} {}", customer.name(), customer.number())
}

/// What another system than SYSPRO calls it.
pub(super) fn other_name(customer: &Customer) -> String {
    match link(customer) {
        Link::Domain | Link::DressedDomain => customer.name(),
        // Two blanks and other capitals are what names differ by when two people typed them.
        Link::Name if customer.index.is_multiple_of(2) => legal_name(customer).to_ascii_lowercase(),
        Link::Name => legal_name(customer).replacen(' ', "  ", 1),
        Link::Crosswalk => format!("Shop {}", customer.number()),
        Link::Nothing => format!("Reseller {}", customer.number()),
    }
}

/// The domain of its people's addresses.
pub(super) fn domain(customer: &Customer) -> String {
    match link(customer) {
        Link::Crosswalk => format!("shop{}.example", customer.number()),
        Link::Nothing => format!("reseller{}.example", customer.number()),
        _ => format!("c{:06}.example", customer.number()),
    }
}

/// The domain as another system's record of the company has it.
pub(super) fn company_domain(customer: &Customer) -> String {
    match link(customer) {
        Link::DressedDomain => format!("WWW.{}.", domain(customer).to_ascii_uppercase()),
        // A free-mail domain says nothing about who a company is.
        Link::Name if customer.index % 16 == 7 => "gmail.com".to_owned(),
        _ => domain(customer),
    }
}

/// The address that SYSPRO has.
pub(super) fn syspro_email(customer: &Customer) -> String {
    match link(customer) {
        Link::Domain | Link::DressedDomain => format!("accounts@c{:06}.example", customer.number()),
        _ => format!("c{:06}@gmail.com", customer.number()),
    }
}

/// Flexi's code, without the prefix of a relation.
pub(super) fn flexi_code(customer: &Customer) -> String {
    format!("ODB{:06}", customer.number() + 1_000)
}

/// The relation of a Flexi row to a customer; empty without one.
pub(super) fn flexi_relation(customer: Option<&Customer>) -> String {
    let mut relation = String::new();
    if let Some(customer) = customer {
        let _ = write!(relation, "code:{}", flexi_code(customer));
    }
    relation
}

/// The code of the order that its own costs are booked on.
pub(super) fn flexi_order(customer: &Customer) -> String {
    format!("ZAK{:06}", customer.number())
}

/// HubSpot's record id; always ten digits, so that ids sort alike as text and as numbers.
pub(super) fn hubspot_id(customer: &Customer) -> u64 {
    7_000_000_000 + customer.number() * 37
}

/// The ids of records that were merged into the customer's.
pub(super) fn merged_hubspot_ids(customer: &Customer) -> Option<[u64; 2]> {
    let first = 6_000_000_000 + customer.number() * 37;
    (customer.index % 8 == 4).then_some([first, first + 1])
}

/// Drift's account id.
pub(super) fn drift_account(customer: &Customer) -> String {
    format!("{}_{}", 1_000 + customer.number(), domain(customer))
}

/// How many of a customer's people have written to Drift.
pub(super) fn drift_contacts(customer: &Customer) -> u64 {
    customer.segment.seats.min(8)
}

/// The id of one of them, from 1.
pub(super) fn drift_contact(customer: &Customer, user: u64) -> u64 {
    customer.number() * 100 + user
}

/// The account of the product: SYSPRO's code, or a name that nobody knows.
pub(super) fn product_account(customer: &Customer) -> String {
    match link(customer) {
        Link::Nothing => format!("trial-{:06}", customer.number()),
        _ => syspro_code(customer),
    }
}

/// The two letters of its country.
pub(super) fn country_code(customer: &Customer) -> &'static str {
    const CODES: [&str; 11] = ["US", "GB", "DE", "CA", "FR", "CZ", "AU", "ES", "SE", "BR", "JP"];
    let position = COUNTRIES.iter().position(|country| country.name == customer.country.name);
    CODES[position.unwrap_or(0)]
}
