//! ABRA Flexi: the Czech subsidiary, which holds the contracts of EMEA and employs support and success.
//!
//! [`each_document`] tells the issued documents of a day, flaws included; headers, lines, the journal
//! and the truth are all written from it, so that they tie. Next: `documents`, `journal`, `contracts`, `registers`.

pub(super) mod contracts;
pub(super) mod documents;
pub(super) mod journal;
pub(super) mod registers;

use super::{
    World,
    flaws::{Fault, plantings, some_customer},
    identity::is_in_flexi,
};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of, month_number},
        company::{Customer, Money, ONE},
        contract::round_to,
        random::{Draw, mix},
        tables::{Table, revenue},
    },
};

/// The stream of chance of Flexi's flaws.
const STREAM: u64 = 102;

/// The number of the first document of a day that exists for a flaw.
const FIRST_PLANTED: u64 = 800_001;

/// What is sold: its category, its revenue account, and its code in the price list.
pub(super) const CLASSES: [(&str, &str, &str); 4] = [
    ("subscription", "602100", "PREDPLATNE"),
    ("support.maintenance", "602200", "PODPORA"),
    ("upsell", "602300", "ROZSIRENI"),
    ("other", "602900", ""),
];

/// What a document is, with the code of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentKind {
    Invoice,
    CreditNote,
    Advance,
    AdvanceTax,
    Delivery,
    Proforma,
}

impl DocumentKind {
    pub(super) const ALL: [DocumentKind; 6] = [
        DocumentKind::Invoice,
        DocumentKind::CreditNote,
        DocumentKind::Advance,
        DocumentKind::AdvanceTax,
        DocumentKind::Delivery,
        DocumentKind::Proforma,
    ];

    /// The code of its type, and what Flexi says the type is.
    pub(super) fn codes(self) -> (&'static str, &'static str) {
        match self {
            DocumentKind::Invoice => ("FAKTURA", "typDokladu.faktura"),
            DocumentKind::CreditNote => ("DOBROPIS", "typDokladu.dobropis"),
            DocumentKind::Advance => ("ZALOHA", "typDokladu.zalohFaktura"),
            DocumentKind::AdvanceTax => ("ZDD", "typDokladu.zdd"),
            DocumentKind::Delivery => ("DODACI", "typDokladu.dodList"),
            DocumentKind::Proforma => ("PROFORMA", "typDokladu.proforma"),
        }
    }

    /// Why it does not count as revenue, if it does not.
    fn exclusion(self) -> Option<&'static str> {
        match self {
            DocumentKind::Invoice | DocumentKind::CreditNote => None,
            DocumentKind::Advance => Some("advance"),
            DocumentKind::AdvanceTax => Some("advance_tax_document"),
            DocumentKind::Delivery => Some("delivery_note"),
            DocumentKind::Proforma => Some("proforma"),
        }
    }
}

/// A currency with its rate: `rate` / 1,000 CZK for `units` of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    pub code: &'static str,
    pub rate: i64,
    pub units: i64,
}

/// The currencies beside CZK: code, usual rate in thousandths, units that it is for.
pub(super) const CURRENCIES: [(&str, i64, i64); 3] =
    [("EUR", 24_900, 1), ("GBP", 29_300, 1), ("HUF", 6_500, 100)];

/// The rate of a currency in the month of a day, within 2 % of the usual one.
pub(super) fn rate_of(seed: u64, code: &str, day: Day) -> Rate {
    let found = CURRENCIES.into_iter().find(|(of, _, _)| *of == code);
    let Some((code, usual, units)) = found else {
        return Rate { code: "CZK", rate: 1_000, units: 1 };
    };
    let name = code.bytes().fold(STREAM, |name, byte| name * 256 + u64::from(byte));
    let month = u64::try_from(month_number(day)).unwrap_or(0);
    let per_mille = 980 + i64::try_from(mix(mix(seed, name), month) % 41).unwrap_or(20);
    Rate { code, rate: usual * per_mille / 1_000, units }
}

impl Rate {
    /// An amount in CZK, with two decimals.
    fn crowns(&self, original: Money) -> Money {
        let product = i128::from(original) * i128::from(self.rate) / i128::from(self.units * 1_000);
        round_to(i64::try_from(product).unwrap_or(i64::MAX), 100)
    }
}

/// A line; amounts have two decimals, and those of credit notes are negative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub category: &'static str,
    pub account: &'static str,
    pub price_list: &'static str,
    pub name: &'static str,
    /// A deduction of an advance, which is no revenue.
    pub is_deduction: bool,
    pub original: Money,
    pub net: Money,
    pub tax: Money,
}

/// An issued document.
pub(super) struct Document {
    pub day: Day,
    pub id: u64,
    pub code: String,
    pub kind: DocumentKind,
    pub customer: Option<Customer>,
    pub is_cancelled: bool,
    /// The header alone is exported; its only line is what the header says.
    pub has_no_lines: bool,
    pub rate: Rate,
    pub lines: Vec<Line>,
    /// What is wrong with its last line, or, if it has no lines, with its header.
    pub fault: Option<Fault>,
}

impl Document {
    pub(super) fn is_junk(&self) -> bool {
        self.fault.is_some_and(|fault| fault != Fault::Duplicate)
    }

    /// Why none of it is revenue.
    pub(super) fn exclusion(&self) -> Option<&'static str> {
        if self.is_cancelled { Some("cancelled") } else { self.kind.exclusion() }
    }

    /// Whether its lines without deductions are revenue.
    pub(super) fn counts(&self) -> bool {
        !self.is_junk() && self.exclusion().is_none()
    }

    pub(super) fn sum(&self, amount: fn(&Line) -> Money) -> Money {
        self.lines.iter().map(amount).sum()
    }
}

/// Tells the documents of a day.
pub(super) fn each_document(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Document) -> Result<()>,
) -> Result<()> {
    let company = world.company;
    let mut flaws = Draw::new(company.seed, STREAM, u64::try_from(day).unwrap_or(0));
    let mut number = 0;
    let mut draw = Table::Revenue.draw(company, day);
    revenue::each_document(company, world.size, day, &mut draw, |source| {
        let Some(customer) =
            source.customer.filter(|customer| source.service.is_some() && is_in_flexi(customer))
        else {
            return Ok(());
        };
        number += 1;
        let currency = customer.country.currency.code;
        let rate = rate_of(company.seed, currency, day);
        let charged = source
            .lines
            .iter()
            .map(|charge| line(&rate, is_taxed(&customer), charge.category, charge.product, charge.original));
        let mut document = Document::new(world, day, number, DocumentKind::Invoice, Some(customer), rate);
        document.lines = charged.collect();
        document.fault = flaws.chance(1).then_some(Fault::Duplicate);
        tell(&document)?;
        if flaws.chance(30) {
            number += 1;
            // A tenth is given back.
            let back = -round_to(document.lines[0].original / 10, 100);
            let mut credit =
                Document::new(world, day, number, DocumentKind::CreditNote, Some(customer), rate);
            credit.lines = vec![line(&rate, is_taxed(&customer), "subscription", "Sleva", back)];
            tell(&credit)?;
        }
        Ok(())
    })?;
    let mut number = FIRST_PLANTED;
    for _ in 0..plantings(&company.period, world.size.revenue_rows, day) {
        for document in planted(world, day, &mut number, &mut flaws) {
            tell(&document)?;
        }
    }
    Ok(())
}

impl Document {
    fn new(
        world: &World<'_>,
        day: Day,
        number: u64,
        kind: DocumentKind,
        customer: Option<Customer>,
        rate: Rate,
    ) -> Self {
        let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
        let date = date_of(day);
        Self {
            day,
            id: day_number * 1_000_000 + number,
            code: format!("VF{}{:02}{:02}-{number:06}", date.year, date.month, date.day),
            kind,
            customer,
            is_cancelled: false,
            has_no_lines: false,
            rate,
            lines: Vec::new(),
            fault: None,
        }
    }
}

/// Czech customers pay VAT, the others account for it themselves.
fn is_taxed(customer: &Customer) -> bool {
    customer.country.currency.code == "CZK"
}

fn line(rate: &Rate, is_taxed: bool, category: &str, name: &'static str, original: Money) -> Line {
    let found = CLASSES.iter().find(|(of, _, _)| *of == category);
    let (category, account, price_list) = *found.unwrap_or(&CLASSES[3]);
    let original = round_to(original, 100);
    let net = rate.crowns(original);
    let tax = if is_taxed { round_to(net / 100 * 21, 100) } else { 0 };
    Line { category, account, price_list, name, is_deduction: false, original, net, tax }
}

/// One document for each flaw.
fn planted(world: &World<'_>, day: Day, number: &mut u64, flaws: &mut Draw) -> Vec<Document> {
    let seed = world.company.seed;
    let customer = some_customer(world.company, flaws, day, is_in_flexi);
    let crowns = rate_of(seed, "CZK", day);
    let mut document = |kind, customer, rate, whole: Money, category| {
        *number += 1;
        let mut document = Document::new(world, day, *number, kind, customer, rate);
        document.lines =
            vec![line(&rate, rate.code == "CZK", category, "Mimořádná služba", whole * ONE + 1_300)];
        document
    };
    let mut documents = vec![
        document(DocumentKind::CreditNote, customer, crowns, -900, "subscription"),
        document(DocumentKind::Advance, customer, crowns, 4_000, "subscription"),
        document(DocumentKind::AdvanceTax, customer, crowns, 2_500, "subscription"),
        document(DocumentKind::Delivery, customer, crowns, 1_700, "subscription"),
        document(DocumentKind::Proforma, customer, crowns, 6_200, "subscription"),
        document(DocumentKind::Invoice, customer, rate_of(seed, "HUF", day), 50_000, "subscription"),
        document(DocumentKind::Invoice, customer, rate_of(seed, "EUR", day), 310, "upsell"),
        document(DocumentKind::Invoice, None, crowns, 1_100, "support.maintenance"),
    ];
    let mut cancelled = document(DocumentKind::Invoice, customer, crowns, 7_300, "subscription");
    cancelled.is_cancelled = true;
    documents.push(cancelled);
    let mut after_advance = document(DocumentKind::Invoice, customer, crowns, 9_000, "subscription");
    after_advance.lines.push(Line {
        account: "324000",
        price_list: "",
        name: "Odpočet zálohy",
        is_deduction: true,
        ..line(&crowns, false, "other", "", -4_000 * ONE)
    });
    documents.push(after_advance);
    let mut repeated = document(DocumentKind::Invoice, customer, crowns, 2_800, "upsell");
    repeated.fault = Some(Fault::Duplicate);
    documents.push(repeated);
    let headers = [(None, 3_300), (Some(Fault::FutureDate), 4_400), (Some(Fault::UnreadableDate), 5_500)];
    for (fault, whole) in headers.into_iter().chain([(Some(Fault::UnreadableAmount), 6_600)]) {
        let mut header = document(DocumentKind::Invoice, customer, crowns, whole, "other");
        (header.has_no_lines, header.fault) = (true, fault);
        documents.push(header);
    }
    documents
}
