//! SYSPRO: every customer, hardware and services, and the contracts outside EMEA; half of the costs.
//!
//! [`each_document`] tells the sales documents of a day, flaws included; lines, headers, the journal
//! and the truth are all written from it, so that they tie. Next: `sales`, `journal`, `customers`.

pub(super) mod customers;
pub(super) mod journal;
pub(super) mod sales;

use super::{
    World,
    flaws::{Fault, plantings, some_customer},
};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of, day_of},
        company::{Customer, Money, ONE},
        contract::{Charge, convert, exchange_rate, round_to},
        names::{COUNTRIES, Currency},
        random::Draw,
        tables::{Table, revenue},
    },
};

/// The stream of chance of SYSPRO's flaws.
const STREAM: u64 = 101;

/// The number of the first document of a day that exists for a flaw.
const FIRST_PLANTED: u64 = 4_000_001;

/// What is sold: its category, its product class, and its revenue account.
pub(super) const CLASSES: [(&str, &str, &str); 8] = [
    ("subscription", "SUBSCR", "4100"),
    ("product", "GOODS", "4200"),
    ("services", "SERVICE", "4300"),
    ("upsell", "UPSELL", "4400"),
    ("support.maintenance", "MAINT", "4510"),
    ("support.service_fees", "SUPFEE", "4520"),
    ("support.other", "SUPOTH", "4590"),
    ("other", "OTHER", "4900"),
];

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentKind {
    Invoice,
    /// An invoice that an old program wrote.
    LowerCaseInvoice,
    CreditNote,
    DebitNote,
}

impl DocumentKind {
    pub(super) fn letter(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "I",
            DocumentKind::LowerCaseInvoice => "i",
            DocumentKind::CreditNote => "C",
            DocumentKind::DebitNote => "D",
        }
    }

    /// The word for it in the truth.
    pub(super) fn name(self) -> &'static str {
        match self {
            DocumentKind::Invoice | DocumentKind::LowerCaseInvoice => "invoice",
            DocumentKind::CreditNote => "credit_note",
            DocumentKind::DebitNote => "debit_note",
        }
    }
}

/// Whom a document names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Party {
    Known(Customer),
    Blank,
    /// A code without a record.
    Unknown,
}

impl Party {
    pub(super) fn customer(&self) -> Option<&Customer> {
        match self {
            Party::Known(customer) => Some(customer),
            Party::Blank | Party::Unknown => None,
        }
    }
}

/// A line; amounts have cents, and those of credit notes are negative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub category: &'static str,
    pub product: &'static str,
    /// In the currency of the document.
    pub original: Money,
    pub net: Money,
    pub tax: Money,
    pub cost: Money,
}

/// An invoice, a credit note or a debit note.
pub(super) struct Document {
    pub day: Day,
    pub kind: DocumentKind,
    /// Unlike the invoice's number, it never repeats.
    pub register: u64,
    pub invoice: String,
    pub delivered: Party,
    pub billed: Party,
    pub currency: &'static Currency,
    /// Dollars for one unit of it, in units of 0.00000001.
    pub rate: i64,
    pub lines: Vec<Line>,
    /// What is wrong with its last line.
    pub fault: Option<Fault>,
}

impl Document {
    /// Whether its rows cannot be read, so that neither headers nor journal know it.
    pub(super) fn is_junk(&self) -> bool {
        self.fault.is_some_and(|fault| fault != Fault::Duplicate)
    }
}

/// What a document is before it has numbers.
struct Draft {
    kind: DocumentKind,
    number: u64,
    has_placeholder: bool,
    delivered: Party,
    billed: Party,
    charges: Vec<Charge>,
    fault: Option<Fault>,
}

/// Tells the documents of a day.
pub(super) fn each_document(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Document) -> Result<()>,
) -> Result<()> {
    let company = world.company;
    let mut flaws = Draw::new(company.seed, STREAM, u64::try_from(day).unwrap_or(0));
    let mut draw = Table::Revenue.draw(company, day);
    revenue::each_document(company, world.size, day, &mut draw, |source| {
        let is_contract = source.service.is_some();
        if is_contract && source.customer.is_some_and(|customer| super::identity::is_in_flexi(&customer)) {
            return Ok(());
        }
        tell(&finished(world, day, drafted(world, source, is_contract, &mut flaws)))
    })?;
    let mut number = FIRST_PLANTED;
    for _ in 0..plantings(&company.period, world.size.revenue_rows, day) {
        for draft in planted(world, day, &mut flaws) {
            tell(&finished(world, day, Draft { number, ..draft }))?;
            number += 1;
        }
    }
    Ok(())
}

fn drafted(world: &World<'_>, source: &revenue::Document, is_contract: bool, flaws: &mut Draw) -> Draft {
    let is_credit = source.lines.iter().any(|line| line.original < 0);
    let kind = match (is_credit, flaws.below(1_000)) {
        (true, _) => DocumentKind::CreditNote,
        (false, 0..20) => DocumentKind::LowerCaseInvoice,
        (false, 20..22) if !is_contract => DocumentKind::DebitNote,
        _ => DocumentKind::Invoice,
    };
    let delivered = match source.customer {
        Some(customer) => Party::Known(customer),
        None if source.number.is_multiple_of(2) => Party::Blank,
        None => Party::Unknown,
    };
    let has_placeholder = is_credit && flaws.chance(100);
    // Orders of a subsidiary are billed to its parent; contracts are its own.
    let parent = source.customer.and_then(|customer| world.company.parent(&customer));
    let billed = match parent {
        Some(parent) if !is_contract && !has_placeholder => Party::Known(world.company.customer(parent)),
        _ => delivered,
    };
    Draft {
        kind,
        number: source.number,
        has_placeholder,
        delivered,
        billed,
        charges: source.lines.clone(),
        fault: flaws.chance(1).then_some(Fault::Duplicate),
    }
}

/// One document for each flaw.
fn planted(world: &World<'_>, day: Day, flaws: &mut Draw) -> Vec<Draft> {
    let mut someone = |fits: &dyn Fn(&Customer) -> bool| {
        some_customer(world.company, flaws, day, fits).map_or(Party::Blank, Party::Known)
    };
    let (anyone, other) = (someone(&|_| true), someone(&|_| true));
    let european = someone(&|customer| customer.country.currency.code == "EUR");
    let goods = |dollars: Money| {
        vec![Charge { category: "product", product: "Rugged tablet", original: dollars * ONE + 7_500 }]
    };
    let draft = |kind, delivered, dollars| Draft {
        kind,
        number: 0,
        has_placeholder: false,
        delivered,
        billed: delivered,
        charges: goods(dollars),
        fault: None,
    };
    let mut drafts = vec![
        draft(DocumentKind::LowerCaseInvoice, anyone, 410),
        draft(DocumentKind::DebitNote, anyone, 55),
        draft(DocumentKind::CreditNote, other, -120),
        Draft { has_placeholder: true, ..draft(DocumentKind::CreditNote, anyone, -75) },
        draft(DocumentKind::Invoice, Party::Blank, 330),
        draft(DocumentKind::Invoice, Party::Unknown, 290),
        draft(DocumentKind::Invoice, european, 640),
        Draft { billed: other, ..draft(DocumentKind::Invoice, anyone, 720) },
        Draft { fault: Some(Fault::Duplicate), ..draft(DocumentKind::Invoice, anyone, 860) },
    ];
    for (fault, dollars) in Fault::JUNK.into_iter().zip([970, 180, 240]) {
        drafts.push(Draft { fault: Some(fault), ..draft(DocumentKind::Invoice, anyone, dollars) });
    }
    drafts
}

fn finished(world: &World<'_>, day: Day, draft: Draft) -> Document {
    let currency = &draft.delivered.customer().map_or(&COUNTRIES[0], |customer| customer.country).currency;
    let rate = exchange_rate(world.company, currency, day);
    let lines = draft.charges.iter().map(|charge| {
        let original = round_to(charge.original, 100);
        let net = round_to(convert(original, rate), 100);
        let cost = if charge.category == "product" { round_to(net / 100 * 45, 100) } else { 0 };
        let tax = round_to(net / 100 * 15, 100);
        Line { category: charge.category, product: charge.product, original, net, tax, cost }
    });
    let first = day_of(date_of(day).year, 1, 1);
    let invoice = if draft.has_placeholder {
        format!("_CR{:07}", 1 + draft.number % 3)
    } else {
        format!("{:02}{:03}{:07}", date_of(day).year % 100, day - first + 1, draft.number)
    };
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    Document {
        day,
        kind: draft.kind,
        register: day_number * 5_000_000 + draft.number,
        invoice,
        delivered: draft.delivered,
        billed: draft.billed,
        currency,
        rate,
        lines: lines.collect(),
        fault: draft.fault,
    }
}

/// The class of a category.
pub(super) fn class_of(category: &str) -> (&'static str, &'static str) {
    let found = CLASSES.iter().find(|(of, _, _)| *of == category);
    let (_, class, account) = found.expect("every category that is sold has a class");
    (class, account)
}

/// The code of what is sold.
pub(super) fn stock_code(product: &str) -> String {
    product.to_uppercase().replace(' ', "-")
}
