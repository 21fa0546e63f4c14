//! `GenJournalDetail` and `GenMaster`: what was sold on a day, and the costs of marketing, sales,
//! operations and administration. The entries of each day's journal add to zero.

use super::{CLASSES, class_of, each_document};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of},
        company::{Money, ONE},
        tables::{Table, costs},
        vendors::{
            World,
            flaws::{Fault, Quarantined, plantings},
            identity::padded,
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const HEADER: &[&str] = &[
    "GlYear",
    "GlPeriod",
    "Journal",
    "EntryNumber",
    "EntryType",
    "GlCode",
    "Reference",
    "Comment",
    "EntryValue",
    "Source",
    "EntryDate",
    "EntryPosted",
    "TransactionDate",
];

pub(in crate::sample::vendors) const ACCOUNT_HEADER: &[&str] = &["GlCode", "AccountType"];

const DEBTORS: &str = "1200";
const CREDITORS: &str = "2100";
const TAX: &str = "2200";

/// The expense accounts and their categories.
const EXPENSES: [(&str, &str); 9] = [
    ("5100", "cogs.hosting"),
    ("5110", "cogs.hosting"),
    ("5200", "cogs.licences"),
    ("6400", "acquisition.marketing"),
    ("6500", "acquisition.sales"),
    ("6510", "acquisition.sales"),
    ("6800", "overhead.administration"),
    ("6810", "overhead.rent"),
    ("7999", "overhead.other"),
];

/// A row of the journal.
struct Entry {
    number: u64,
    account: &'static str,
    /// Debits are positive, credits negative.
    value: Money,
    fault: Option<Fault>,
}

/// A cost of the truth.
pub(in crate::sample::vendors) struct Cost {
    pub account: &'static str,
    pub category: &'static str,
    pub amount: Money,
}

/// Whether the Czech subsidiary bears a cost of this account.
pub(in crate::sample::vendors) fn is_in_flexi(account: &str) -> bool {
    account.starts_with("62") || account.starts_with("63")
}

/// Tells the costs of a day; in months with planted flaws one of them is given back, which is negative.
pub(in crate::sample::vendors) fn each_cost(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Cost) -> Result<()>,
) -> Result<()> {
    let mut draw = Table::Costs.draw(world.company, day);
    costs::each_line(world.company, world.size, day, &mut draw, |line| {
        if is_in_flexi(line.cost.account) {
            return Ok(());
        }
        tell(&Cost { account: line.cost.account, category: line.cost.category, amount: line.amount })
    })?;
    for _ in 0..plantings(&world.company.period, world.size.revenue_rows, day) {
        tell(&Cost { account: "6400", category: "acquisition.marketing", amount: -80 * ONE })?;
        tell(&Cost { account: "7999", category: "overhead.other", amount: 45 * ONE })?;
    }
    Ok(())
}

fn each_entry(world: &World<'_>, day: Day, mut tell: impl FnMut(&Entry) -> Result<()>) -> Result<()> {
    let mut number = 0;
    let mut post = |account, value, fault| {
        number += 1;
        tell(&Entry { number, account, value, fault })
    };
    each_cost(world, day, |cost| {
        // The bank fees are the row that the export has twice.
        post(cost.account, cost.amount, (cost.account == "7999").then_some(Fault::Duplicate))?;
        post(CREDITORS, -cost.amount, None)
    })?;
    let (mut sold, mut tax) = ([0; CLASSES.len()], 0);
    each_document(world, day, |document| {
        for line in document.lines.iter().filter(|_| !document.is_junk()) {
            let class = CLASSES.iter().position(|(category, _, _)| *category == line.category);
            sold[class.unwrap_or(0)] += line.net;
            tax += line.tax;
        }
        Ok(())
    })?;
    let all: Money = sold.iter().sum::<Money>() + tax;
    for ((category, _, _), net) in CLASSES.iter().zip(sold) {
        if net != 0 {
            post(class_of(category).1, -net, None)?;
        }
    }
    if tax != 0 {
        post(TAX, -tax, None)?;
    }
    if all != 0 {
        post(DEBTORS, all, None)?;
    }
    Ok(())
}

/// Writes the entries of a day.
pub(in crate::sample::vendors) fn write(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    let date = date_of(day);
    let journal = journal_of(world, day);
    each_entry(world, day, |entry| {
        table
            .format(format_args!("{}", date.year))
            .format(format_args!("{}", date.month))
            .number(journal)
            .number(entry.number)
            .text(if entry.value < 0 { "C" } else { "D" })
            .text(&padded(entry.account, 12, entry.number))
            .format(format_args!("GL{journal:06}"))
            .text(" ")
            .money(entry.value)
            .text(if matches!(entry.account, DEBTORS | TAX) || entry.account.starts_with('4') {
                "AR"
            } else {
                "GL"
            })
            .date(day)
            .text("Y")
            .date(day);
        table.end_times(Fault::times(entry.fault))
    })
}

/// Tells the entries of a day that must be quarantined.
pub(in crate::sample::vendors) fn each_quarantined(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Quarantined<'_>) -> Result<()>,
) -> Result<()> {
    let date = date_of(day);
    each_entry(world, day, |entry| {
        let Some(fault) = entry.fault else { return Ok(()) };
        let key = format!("{}/{}/{}/{}", date.year, date.month, journal_of(world, day), entry.number);
        let amount = Some(entry.value);
        tell(&Quarantined { table: "gen_journal_detail", key: &key, fault, column: "", value: "", amount })
    })
}

/// The number of a day's journal.
pub(in crate::sample::vendors) fn journal_of(world: &World<'_>, day: Day) -> u64 {
    u64::try_from(day - world.company.period.first).unwrap_or(0) + 1
}

/// Writes the chart of accounts.
pub(in crate::sample::vendors) fn write_accounts(table: &mut TextTable) -> Result<()> {
    let revenue = CLASSES.iter().map(|(_, _, account)| (*account, "R"));
    let expenses = EXPENSES.iter().map(|(account, _)| (*account, "E"));
    let balance = [(DEBTORS, "A"), (CREDITORS, "L"), (TAX, "L"), ("3000", "C")];
    for (account, kind) in balance.into_iter().chain(revenue).chain(expenses) {
        table.text(&padded(account, 12, 1)).text(kind).end()?;
    }
    Ok(())
}

/// Writes which expense account is of which category.
pub(in crate::sample::vendors) fn write_categories(table: &mut TextTable) -> Result<()> {
    for (account, category) in EXPENSES {
        table.text(account).text(category).end()?;
    }
    Ok(())
}
