//! `faktura-vydana`, `faktura-vydana-polozka` and `typ-faktury-vydane`: documents, their lines, their types.

use super::{Document, DocumentKind, Line, each_document};
use crate::{
    error::Result,
    sample::{
        calendar::Day,
        company::Money,
        vendors::{
            World,
            flaws::{Excluded, Fault, Quarantined},
            identity::{flexi_relation, legal_name},
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const HEADER: &[&str] = &[
    "id",
    "kod",
    "varSym",
    "datVyst",
    "duzpPuv",
    "datUcto",
    "datSplat",
    "sumOsv",
    "sumZklZakl",
    "sumZklCelkem",
    "sumDphCelkem",
    "sumCelkem",
    "sumZklCelkemMen",
    "sumCelkemMen",
    "kurz",
    "kurzMnozstvi",
    "mena",
    "firma",
    "nazFirmy",
    "ic",
    "dic",
    "storno",
    "zuctovano",
    "ucetni",
    "typDokl",
    "stredisko",
    "stavUhrK",
    "bezPolozek",
    "lastUpdate",
];

pub(in crate::sample::vendors) const LINE_HEADER: &[&str] = &[
    "id",
    "doklFak",
    "typPolozkyK",
    "cenik",
    "nazev",
    "mnozMj",
    "cenaMj",
    "sumZkl",
    "sumDph",
    "sumCelkem",
    "sumZklMen",
    "zklMdUcet",
    "zklDalUcet",
    "stredisko",
    "storno",
    "stornoPol",
];

pub(in crate::sample::vendors) const TYPE_HEADER: &[&str] = &["kod", "nazev", "typDoklK"];

/// Writes the headers of a day.
pub(in crate::sample::vendors) fn write_headers(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    each_document(world, day, |document| {
        let fault = document.fault.filter(|_| document.has_no_lines);
        write_header(world, document, fault, table);
        table.end()
    })
}

fn write_header(world: &World<'_>, document: &Document, fault: Option<Fault>, table: &mut TextTable) {
    let sign = stored_sign(world, document);
    let net = sign * document.sum(|line| line.net);
    let tax = sign * document.sum(|line| line.tax);
    let original = sign * document.sum(|line| line.original);
    // Flexi keeps the document's gross amount at the document's rate; only local documents are taxed here.
    let original_tax = if document.rate.code == "CZK" { tax } else { 0 };
    table.number(document.id).text(&document.code).number(document.id);
    for _ in ["datVyst", "duzpPuv", "datUcto"] {
        match Fault::date(fault) {
            Some(date) => table.text(date),
            None => table.date(document.day),
        };
    }
    table.date(document.day + 14).money(if tax == 0 { net } else { 0 }).money(if tax == 0 { 0 } else { net });
    match Fault::amount(fault) {
        Some(amount) => table.text(amount),
        None => table.money(net),
    };
    table
        .money(tax)
        .money(net + tax)
        .money(original)
        .money(original + original_tax)
        .format(format_args!("{}.{:03}", document.rate.rate / 1_000, document.rate.rate % 1_000))
        .format(format_args!("{}", document.rate.units))
        .format(format_args!("code:{}", document.rate.code))
        .text(&flexi_relation(document.customer.as_ref()))
        .text(&document.customer.as_ref().map(legal_name).unwrap_or_default());
    match &document.customer {
        Some(customer) => table.format(format_args!("{:08}", 10_000_000 + customer.number())).format(
            format_args!("{}{:08}", super::super::identity::country_code(customer), customer.number()),
        ),
        None => table.blank().blank(),
    };
    table
        .boolean(document.is_cancelled)
        .boolean(is_posted(document))
        .boolean(is_accounted(document.kind))
        .format(format_args!("code:{}", document.kind.codes().0))
        .text("code:PRAHA")
        .text("stavUhr.uhrazeno")
        .boolean(document.has_no_lines)
        .format(format_args!("{}T18:00:00.000+01:00", super::super::text::IsoDate(document.day)));
}

/// Writes the lines of a day.
pub(in crate::sample::vendors) fn write_lines(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    each_document(world, day, |document| {
        if document.has_no_lines {
            return Ok(());
        }
        let sign = stored_sign(world, document);
        let last = document.lines.len().saturating_sub(1);
        for (position, line) in document.lines.iter().enumerate() {
            table.number(line_id(document, position)).number(document.id).text(line_type(line));
            match line.price_list {
                "" => table.blank(),
                code => table.format(format_args!("code:{code}")),
            };
            table
                .text(line.name)
                .text("1.0")
                .money(sign * line.original)
                .money(sign * line.net)
                .money(sign * line.tax)
                .money(sign * (line.net + line.tax))
                .money(sign * line.original)
                .text("code:311000")
                .format(format_args!("code:{}", line.account))
                .text("code:PRAHA")
                .boolean(document.is_cancelled)
                .boolean(false);
            table.end_times(Fault::times(document.fault.filter(|_| position == last)))?;
        }
        Ok(())
    })
}

/// Writes the types of documents.
pub(in crate::sample::vendors) fn write_types(table: &mut TextTable) -> Result<()> {
    for kind in DocumentKind::ALL {
        let (code, type_of) = kind.codes();
        table.text(code).text(code).text(type_of).end()?;
    }
    Ok(())
}

/// Tells the rows of a day that must be quarantined.
pub(in crate::sample::vendors) fn each_quarantined(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Quarantined<'_>) -> Result<()>,
) -> Result<()> {
    each_document(world, day, |document| {
        let (Some(fault), Some(line)) = (document.fault, document.lines.last()) else { return Ok(()) };
        let (table, key) = if document.has_no_lines {
            ("faktura_vydana", document.id)
        } else {
            ("faktura_vydana_polozka", line_id(document, document.lines.len() - 1))
        };
        let (column, value) = match (Fault::date(Some(fault)), Fault::amount(Some(fault))) {
            (Some(date), _) => ("datVyst", date),
            (None, Some(amount)) => ("sumZklCelkem", amount),
            (None, None) => ("", ""),
        };
        let amount = (fault != Fault::UnreadableAmount).then_some(line.net);
        tell(&Quarantined { table, key: &key.to_string(), fault, column, value, amount })
    })
}

/// Tells what can be read of a day and is no revenue.
pub(in crate::sample::vendors) fn each_excluded(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Excluded) -> Result<()>,
) -> Result<()> {
    each_document(world, day, |document| {
        let table = if document.has_no_lines { "faktura_vydana" } else { "faktura_vydana_polozka" };
        for line in &document.lines {
            let deduction = line.is_deduction.then_some("advance_deduction");
            if let Some(reason) = document.exclusion().or(deduction).filter(|_| !document.is_junk()) {
                tell(&Excluded { table, what: "revenue", reason, amount: Some(line.net) })?;
            }
        }
        Ok(())
    })
}

fn line_id(document: &Document, position: usize) -> u64 {
    document.id * 10 + position as u64
}

fn line_type(line: &Line) -> &'static str {
    match (line.is_deduction, line.price_list) {
        (true, _) => "typPolozky.odpocetZalohy",
        (false, "") => "typPolozky.obecny",
        (false, _) => "typPolozky.katalog",
    }
}

/// Whether the document stands in the journal.
pub(super) fn is_posted(document: &Document) -> bool {
    document.counts() || (document.kind == DocumentKind::AdvanceTax && !document.is_cancelled)
}

fn is_accounted(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Invoice | DocumentKind::CreditNote | DocumentKind::AdvanceTax)
}

/// Credit notes are negative; some installations store them positive.
fn stored_sign(world: &World<'_>, document: &Document) -> Money {
    if document.kind == DocumentKind::CreditNote { world.credit_sign() } else { 1 }
}
