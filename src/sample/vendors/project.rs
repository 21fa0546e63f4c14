//! What belongs to the exports but comes from no system: the project file, the crosswalk, the rates, and the
//! lists of what must be quarantined and excluded.

use std::fmt::Write as _;

use super::{
    World, drift, file_totals,
    flaws::{Excluded, Fault, Quarantined},
    flexi, hubspot,
    identity::{Link, drift_account, flexi_code, hubspot_id, is_in_flexi, link, syspro_code},
    syspro,
    text::{IsoDate, TextTable},
    truth::{crown_rate, quoted_days, totals},
};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, date_of},
        company::{Company, Customer, Money, ONE},
    },
};

pub(super) const CROSSWALK_HEADER: &[&str] = &["source", "source_key", "customer_id"];
pub(super) const RATE_HEADER: &[&str] = &["currency", "to_currency", "quoted_on", "rate", "kind"];
pub(super) const QUARANTINE_HEADER: &[&str] =
    &["source", "table", "key", "reason", "column", "value", "amount"];
pub(super) const EXCLUDED_HEADER: &[&str] = &["source", "table", "what", "month", "reason", "rows", "amount"];

const SOURCES: &str = include_str!("project.toml");

/// The project file. `lines` is where the lines of SYSPRO's sales are.
pub(super) fn project_file(world: &World<'_>, lines: &str) -> Result<String> {
    let period = world.company.period;
    let mut text =
        SOURCES.replace("{as_of}", &IsoDate(period.end - 1).to_string()).replace("{ar_trn_detail}", lines);
    for (month, totals) in totals(world)? {
        let amounts = [
            ("erp", "revenue", totals.erp_revenue),
            ("erp", "costs", totals.erp_costs),
            ("flexi", "revenue", totals.flexi_revenue),
            ("flexi", "costs", totals.flexi_costs),
            ("flexi", "subscriptions", totals.flexi_subscriptions),
        ];
        // A month of before the sample has nothing but contracts.
        for (source, what, amount) in amounts.into_iter().filter(|(_, _, amount)| *amount != 0) {
            let amount = four_decimals(amount);
            let _ = write!(
                text,
                "\n[[controls]]\nsource = \"{source}\"\nmonth = \"{month}\"\nwhat = \"{what}\"\namount = \"{amount}\"\n"
            );
        }
    }
    text += "\n# What the files themselves add up to, over all rows, counted or not: no row can go, come or change unnoticed.\n";
    for (source, what, total) in file_totals(world)? {
        let _ =
            write!(text, "\n[[controls]]\nsource = \"{source}\"\nwhat = \"{what}\"\namount = \"{total}\"\n");
    }
    Ok(text)
}

fn four_decimals(amount: Money) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let (units, one) = (amount.unsigned_abs(), ONE.unsigned_abs());
    format!("{sign}{}.{:04}", units / one, units % one)
}

/// Writes what the crosswalk has of a customer: those whose records share nothing.
pub(super) fn write_crosswalk(_company: &Company, customer: &Customer, table: &mut TextTable) -> Result<()> {
    let id = syspro_code(customer);
    let (hubspot, drift) = (hubspot_id(customer).to_string(), drift_account(customer));
    let flexi = flexi_code(customer);
    let (mut desk, mut books) = (Vec::new(), None);
    if link(customer) == Link::Crosswalk {
        desk = vec![("desk", &hubspot), ("chat", &drift)];
    }
    if matches!(link(customer), Link::Crosswalk | Link::Nothing) && is_in_flexi(customer) {
        books = Some(("flexi", &flexi));
    }
    for (source, key) in desk.into_iter().chain(books) {
        table.text(source).text(key).text(&id).end()?;
    }
    Ok(())
}

/// Writes the rates of the crown.
pub(super) fn write_rates(world: &World<'_>, table: &mut TextTable) -> Result<()> {
    for day in quoted_days(world.company) {
        let rate = crown_rate(world.company.seed, day);
        table.text("CZK").text("USD").date(day).format(format_args!("0.{rate:04}")).text("month").end()?;
    }
    Ok(())
}

/// Writes what must be quarantined of a day.
pub(super) fn write_quarantine(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    let mut write = |source: &str, row: &Quarantined<'_>| {
        table
            .text(source)
            .text(row.table)
            .text(row.key)
            .text(row.fault.reason())
            .text(row.column)
            .text(row.value);
        match row.amount {
            Some(amount) => table.money(amount),
            None => table.blank(),
        };
        table.end()
    };
    if day == world.company.period.first {
        // The first company stands twice in its file, which has no days.
        let key = hubspot_id(&world.company.customer(0)).to_string();
        let fault = Fault::Duplicate;
        let twice = Quarantined { table: "companies", key: &key, fault, column: "", value: "", amount: None };
        write("desk", &twice)?;
    }
    syspro::sales::each_quarantined(world, day, |row| write("erp", row))?;
    syspro::journal::each_quarantined(world, day, |row| write("erp", row))?;
    flexi::documents::each_quarantined(world, day, |row| write("flexi", row))?;
    hubspot::each_quarantined(world, day, |row| write("desk", row))?;
    drift::each_quarantined(world, day, |row| write("chat", row))
}

/// Writes what can be read of a day and deliberately does not count, by reason.
pub(super) fn write_excluded(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    let date = date_of(day);
    let mut write = |source: &str, row: &Excluded| {
        table
            .text(source)
            .text(row.table)
            .text(row.what)
            .format(format_args!("{}-{:02}", date.year, date.month))
            .text(row.reason)
            .text("1");
        match row.amount {
            Some(amount) => table.money(amount),
            None => table.blank(),
        };
        table.end()
    };
    flexi::documents::each_excluded(world, day, |row| write("flexi", row))?;
    flexi::journal::each_excluded(world, day, |row| write("flexi", row))?;
    hubspot::each_ticket(world, day, |ticket| {
        if !ticket.is_deleted {
            return Ok(());
        }
        let deleted = Excluded { table: "tickets", what: "interactions", reason: "deleted", amount: None };
        write("desk", &deleted)
    })
}
