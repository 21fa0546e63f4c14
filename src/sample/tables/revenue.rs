//! `revenue`: one row per document line: invoices of contracts, other orders, and credit notes.

use super::{Company, Customer, Day, Draw, Flush, Kind, Rows, Size, customer_id, document, source_file};
use crate::{
    error::Result,
    sample::{
        calendar::{date_of, is_business_day, weekday},
        company::{Money, ONE},
        contract::{Charge, Invoice, convert, exchange_rate, invoice, round_to},
        names::COUNTRIES,
    },
};

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("posted_on", Kind::Date),
    ("category", Kind::Text),
    ("amount", Kind::Money),
    ("product", Kind::Text),
    ("document", Kind::Text),
    ("document_type", Kind::Text),
    ("original_amount", Kind::Money),
    ("original_currency", Kind::Text),
    ("fx_rate", Kind::Rate),
    ("service_from", Kind::Date),
    ("service_to", Kind::Date),
    ("source", Kind::Text),
    ("source_file", Kind::Text),
];

/// Something that is sold beside contracts.
#[derive(Clone, Copy)]
struct Offer {
    category: &'static str,
    product: &'static str,
    /// What the median order comes to at list price, in whole dollars.
    price: Money,
    /// Sold by the piece at prices below a cent, so that amounts have four decimals.
    is_metered: bool,
}

const fn offer(category: &'static str, product: &'static str, price: Money) -> Offer {
    Offer { category, product, price, is_metered: false }
}

/// What is ordered, and how often.
const ORDERS: &[(u64, Offer)] = &[
    (12, offer("product", "Rugged tablet", 240)),
    (10, offer("product", "Barcode scanner", 110)),
    (18, Offer { category: "product", product: "API calls", price: 60, is_metered: true }),
    (9, offer("services", "Implementation day", 850)),
    (8, offer("services", "Training day", 420)),
    (16, offer("support.service_fees", "Incident support", 190)),
    (5, offer("support.service_fees", "On-site visit", 480)),
    (8, offer("support.other", "Spare parts exchange", 95)),
    (7, offer("upsell", "Extra seats", 260)),
    (7, offer("other", "Shipping & handling", 35)),
];

/// What is credited, and how often.
const CREDITS: &[(u64, Offer)] = &[
    (35, offer("subscription", "Goodwill credit", 130)),
    (30, offer("product", "Returned goods", 150)),
    (15, offer("services", "Cancelled training day", 420)),
    (20, offer("support.service_fees", "Missed response time", 160)),
];

/// How many of 1,000 orders are credit notes.
const CREDIT_PER_MILLE: u64 = 60;

/// How many of 1,000 lines the export could not attribute to a customer.
const UNATTRIBUTED_PER_MILLE: u64 = 4;

/// One document: the charges of a contract that fall due, an order, or a credit note.
pub(in crate::sample) struct Document {
    pub customer: Option<Customer>,
    /// Its number on its day.
    pub number: u64,
    pub lines: Vec<Charge>,
    /// What the charges of a contract pay for; orders have none.
    pub service: Option<(Day, Day)>,
}

/// How many lines the contracts lead to in the period.
pub(super) fn contract_lines(company: &Company) -> u64 {
    let lines_on =
        |day| invoices_posted_on(company, day).map(|(_, invoice)| invoice.charges().count() as u64);
    (company.period.first..company.period.end).flat_map(lines_on).sum()
}

pub(super) fn write_day(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    rows: &mut Rows,
    flush: &mut Flush<'_>,
) -> Result<()> {
    each_document(company, size, day, draw, |document| {
        for charge in &document.lines {
            write_line(company, day, document, charge, rows);
            flush(rows)?;
        }
        Ok(())
    })
}

/// Tells the documents of a day, contracts first.
pub(in crate::sample) fn each_document(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    mut tell: impl FnMut(&Document) -> Result<()>,
) -> Result<()> {
    let mut number = 0;
    for (customer, invoice) in invoices_posted_on(company, day) {
        number += 1;
        let service = Some((invoice.service_from, invoice.service_to));
        tell(&Document { customer: Some(customer), number, lines: invoice.charges().collect(), service })?;
    }
    for _ in 0..size.orders.rows_on(day) {
        number += 1;
        let buyer = if draw.chance(UNATTRIBUTED_PER_MILLE) { None } else { company.buyer(draw, day) };
        let is_credit = draw.chance(CREDIT_PER_MILLE);
        let offer = draw.weighted(if is_credit { CREDITS } else { ORDERS });
        let original = order_amount(draw, &offer, buyer.as_ref());
        let charge = Charge {
            category: offer.category,
            product: offer.product,
            original: if is_credit { -original } else { original },
        };
        tell(&Document { customer: buyer, number, lines: vec![charge], service: None })?;
    }
    Ok(())
}

/// Contracts are invoiced on the day of the month they began; what falls on a weekend is posted on Monday.
fn invoices_posted_on(company: &Company, day: Day) -> impl Iterator<Item = (Customer, Invoice)> + use<'_> {
    let first = if weekday(day) == 0 { day - 2 } else { day };
    let end = if is_business_day(day) { day + 1 } else { first };
    (first..end).flat_map(move |due| {
        company
            .customers_billed_on(date_of(due).day)
            .filter_map(move |customer| invoice(company, &customer, due).map(|invoice| (customer, invoice)))
    })
}

/// The amount of an order in the customer's currency.
fn order_amount(draw: &mut Draw, offer: &Offer, buyer: Option<&Customer>) -> Money {
    let currency = &buyer.map_or(&COUNTRIES[0], |customer| customer.country).currency;
    let order_size = buyer.map_or(1_000, |customer| customer.segment.order_size);
    let factor = Money::try_from(draw.skewed()).unwrap_or(1_000);
    let amount = offer.price * currency.price_level * order_size / 1_000 * ONE / 1_000 * factor;
    if offer.is_metered {
        // Whole calls at 0.0125 each: amounts that only four decimals hold.
        return round_to(amount, 125);
    }
    round_to(amount, currency.smallest).max(currency.smallest)
}

fn write_line(company: &Company, day: Day, document_of: &Document, line: &Charge, rows: &mut Rows) {
    let currency = &document_of.customer.map_or(&COUNTRIES[0], |customer| customer.country).currency;
    let rate = exchange_rate(company, currency, day);
    let (kind, document_type) = if line.original < 0 { ("CRN", "credit_note") } else { ("INV", "invoice") };
    customer_id(rows, document_of.customer.as_ref());
    rows.date(day);
    rows.text(line.category);
    rows.money(convert(line.original, rate));
    rows.text(line.product);
    document(rows, kind, day, document_of.number);
    rows.text(document_type);
    rows.money(line.original);
    rows.text(currency.code);
    rows.units(rate);
    match document_of.service {
        Some((from, to)) => {
            rows.date(from);
            rows.date(to);
        }
        None => {
            rows.null();
            rows.null();
        }
    }
    rows.text("erp");
    source_file(rows, "ar", day);
}
