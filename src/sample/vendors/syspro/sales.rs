//! `ArTrnDetail` and `ArInvoice`: the lines of sales, and the headers they must add to.

use super::{CLASSES, Document, DocumentKind, Party, class_of, each_document, stock_code};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of},
        company::{Customer, Money},
        vendors::{
            World,
            flaws::{Fault, Quarantined},
            identity::{UNKNOWN_CODE, padded, syspro_code},
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const LINE_HEADER: &[&str] = &[
    "TrnYear",
    "TrnMonth",
    "Register",
    "Invoice",
    "SummaryLine",
    "DetailLine",
    "InvoiceDate",
    "Branch",
    "Salesperson",
    "Customer",
    "OrderType",
    "StockCode",
    "Warehouse",
    "Area",
    "ProductClass",
    "TaxCode",
    "CustomerClass",
    "QtyInvoiced",
    "NetSalesValue",
    "TaxValue",
    "CostValue",
    "DiscValue",
    "LineType",
    "DocumentType",
    "GlYear",
    "GlPeriod",
    "SalesOrder",
    "SalesOrderLine",
    "PostValue",
    "PostCurrency",
    "PostConvRate",
    "PostMulDiv",
    "TransactionGlCode",
];

pub(in crate::sample::vendors) const HEADER_HEADER: &[&str] = &[
    "Customer",
    "Invoice",
    "DocumentType",
    "InvoiceDate",
    "SalesOrder",
    "Salesperson",
    "Branch",
    "Area",
    "TermsCode",
    "InvoiceBal1",
    "InvoiceYear",
    "InvoiceMonth",
    "CurrencyValue",
    "PostCurrency",
    "ConvRate",
    "MulDiv",
    "TaxPortion",
    "OrigTaxableAmt",
];

pub(in crate::sample::vendors) const PRODUCT_HEADER: &[&str] = &["product_class", "category"];

/// Writes the lines of a day.
pub(in crate::sample::vendors) fn write_lines(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    each_document(world, day, |document| {
        let last = document.lines.len().saturating_sub(1);
        for position in 0..document.lines.len() {
            let fault = document.fault.filter(|_| position == last);
            write_line(world, document, position, fault, table);
            table.end_times(Fault::times(fault))?;
        }
        Ok(())
    })
}

fn write_line(
    world: &World<'_>,
    document: &Document,
    position: usize,
    fault: Option<Fault>,
    table: &mut TextTable,
) {
    let line = &document.lines[position];
    let date = date_of(document.day);
    let (class, account) = class_of(line.category);
    let sign = stored_sign(world, document);
    let customer = document.delivered.customer();
    table
        .format(format_args!("{}", date.year))
        .format(format_args!("{}", date.month))
        .number(document.register)
        .text(&document.invoice)
        .text("1")
        .format(format_args!("{}", position + 1));
    match Fault::date(fault) {
        Some(date) => table.text(date),
        None => table.date(document.day),
    };
    table
        .text("10")
        .text(" ")
        .text(&party(&document.delivered))
        .text(if line.category == "product" { "S " } else { " " })
        .text(&stock_code(line.product))
        .text(if line.cost == 0 { " " } else { "MAIN" })
        .text(area(customer))
        .text(&padded(class, 10, document.register))
        .text("S")
        .text(customer.map_or(" ", |customer| customer.segment.name))
        .text("1.000000");
    match Fault::amount(fault) {
        Some(amount) => table.text(amount),
        None => table.money(sign * line.net),
    };
    let [code, rate, operation] = rate_of(document);
    table
        .money(sign * line.tax)
        .money(sign * line.cost)
        .text("0.00")
        .text(if line.cost == 0 { "5" } else { "1" })
        .text(document.kind.letter())
        .format(format_args!("{}", date.year))
        .format(format_args!("{}", date.month))
        .text(" ")
        .text("0")
        .money(sign * line.original)
        .text(&code)
        .text(&rate)
        .text(&operation)
        .text(account);
}

/// Writes the headers of a day; documents of unreadable rows have none.
pub(in crate::sample::vendors) fn write_headers(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    each_document(world, day, |document| {
        if document.is_junk() {
            return Ok(());
        }
        let sum = |amount: fn(&super::Line) -> Money| document.lines.iter().map(amount).sum::<Money>();
        let sign = stored_sign(world, document);
        let (net, tax, original) = (sum(|line| line.net), sum(|line| line.tax), sum(|line| line.original));
        let date = date_of(day);
        let [code, rate, operation] = rate_of(document);
        table
            .text(&party(&document.billed))
            .text(&document.invoice)
            .text(document.kind.letter())
            .date(day)
            .text(" ")
            .text(" ")
            .text("10")
            .text(area(document.billed.customer()))
            .text("30")
            .text("0.00")
            .format(format_args!("{}", date.year))
            .format(format_args!("{}", date.month))
            .money(sign * original)
            .text(&code)
            .text(&rate)
            .text(&operation)
            .money(sign * tax)
            // It sounds net and holds the tax, as in the installation that this is modelled on.
            .money(sign * (net + tax));
        table.end()
    })
}

/// Writes which product class is of which category.
pub(in crate::sample::vendors) fn write_products(table: &mut TextTable) -> Result<()> {
    for (category, class, _) in CLASSES {
        table.text(class).text(category).end()?;
    }
    Ok(())
}

/// Tells the lines of a day that must be quarantined.
pub(in crate::sample::vendors) fn each_quarantined(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Quarantined<'_>) -> Result<()>,
) -> Result<()> {
    each_document(world, day, |document| {
        let (Some(fault), Some(line)) = (document.fault, document.lines.last()) else { return Ok(()) };
        let date = date_of(day);
        let key = format!(
            "{}/{}/{}/{}/1/{}",
            date.year,
            date.month,
            document.register,
            document.invoice,
            document.lines.len()
        );
        let (column, value) = match (Fault::date(Some(fault)), Fault::amount(Some(fault))) {
            (Some(date), _) => ("InvoiceDate", date),
            (None, Some(amount)) => ("NetSalesValue", amount),
            (None, None) => ("", ""),
        };
        let amount = (fault != Fault::UnreadableAmount).then_some(line.net);
        tell(&Quarantined { table: "ar_trn_detail", key: &key, fault, column, value, amount })
    })
}

/// Credit notes are negative; some installations store them positive.
fn stored_sign(world: &World<'_>, document: &Document) -> Money {
    if document.kind == DocumentKind::CreditNote { world.credit_sign() } else { 1 }
}

fn party(party: &Party) -> String {
    match party {
        Party::Known(customer) => padded(&syspro_code(customer), 15, customer.number()),
        Party::Blank => " ".to_owned(),
        Party::Unknown => padded(UNKNOWN_CODE, 15, 1),
    }
}

fn area(customer: Option<&Customer>) -> &'static str {
    customer.map_or(" ", |customer| customer.country.region)
}

/// Currency, rate and how to apply it: local = foreign × rate (M) or foreign / rate (D).
fn rate_of(document: &Document) -> [String; 3] {
    let code = document.currency.code;
    let is_divided = matches!(code, "EUR" | "JPY");
    let millionths = if is_divided {
        (100_000_000_000_000 + document.rate / 2) / document.rate
    } else {
        (document.rate + 50) / 100
    };
    let rate = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    [code.to_owned(), rate, if is_divided { "D" } else { "M" }.to_owned()]
}
