//! `adresar`, `zakazka`, `ucet`, `kurz`, categories: who and what the documents and the journal refer to.

use super::{CLASSES, CURRENCIES, journal::expenses, rate_of};
use crate::{
    error::Result,
    sample::{
        calendar::{Period, add_months},
        company::{Company, Customer},
        vendors::{
            identity::{
                Link, country_code, domain, flexi_code, flexi_order, flexi_relation, is_in_flexi, link,
                other_name,
            },
            text::TextTable,
        },
    },
};

pub(in crate::sample::vendors) const CUSTOMER_HEADER: &[&str] = &[
    "id",
    "kod",
    "nazev",
    "ic",
    "dic",
    "email",
    "tel",
    "www",
    "stat",
    "skupFir",
    "typVztahuK",
    "stredisko",
    "zodpOsoba",
    "lastUpdate",
];

pub(in crate::sample::vendors) const ORDER_HEADER: &[&str] = &["kod", "nazev", "firma"];

pub(in crate::sample::vendors) const ACCOUNT_HEADER: &[&str] = &["kod", "nazev", "typUctuK", "druhUctuK"];

pub(in crate::sample::vendors) const RATE_HEADER: &[&str] = &["platiOdData", "kurz", "kurzMnozstvi", "mena"];

/// Writes a customer, if the subsidiary has it.
pub(in crate::sample::vendors) fn write_customer(
    _company: &Company,
    customer: &Customer,
    table: &mut TextTable,
) -> Result<()> {
    if !is_in_flexi(customer) {
        return Ok(());
    }
    let number = customer.number();
    let domain = domain(customer);
    table
        .number(number)
        .text(&flexi_code(customer))
        .text(&other_name(customer))
        .format(format_args!("{:08}", 10_000_000 + number))
        .format(format_args!("{}{number:08}", country_code(customer)));
    match link(customer) {
        // Whom only the name links has an address that is everybody's.
        Link::Name => table.format(format_args!("c{number:06}@seznam.cz")),
        _ => table.format(format_args!("fakturace@{domain}")),
    };
    table.blank();
    match link(customer) {
        Link::Name => table.blank(),
        _ => table.format(format_args!("https://www.{domain}/")),
    };
    table
        .format(format_args!("code:{}", country_code(customer)))
        .format(format_args!("code:{}", customer.segment.name.to_uppercase().replace(' ', "-")))
        .text("typVztahu.odberatel")
        .text("code:PRAHA")
        .blank()
        .text("2025-01-01T08:00:00.000+01:00");
    table.end()
}

/// Writes the order that a customer's own costs are booked on.
pub(in crate::sample::vendors) fn write_order(
    _company: &Company,
    customer: &Customer,
    table: &mut TextTable,
) -> Result<()> {
    if !is_in_flexi(customer) {
        return Ok(());
    }
    table.text(&flexi_order(customer)).text("Péče o zákazníka").text(&flexi_relation(Some(customer)));
    table.end()
}

/// Writes the chart of accounts.
pub(in crate::sample::vendors) fn write_accounts(table: &mut TextTable) -> Result<()> {
    let balance = [
        ("311000", "Odběratelé", "aktivni"),
        ("321000", "Dodavatelé", "pasivni"),
        ("324000", "Přijaté zálohy", "pasivni"),
        ("331000", "Zaměstnanci", "pasivni"),
        ("343000", "DPH", "aktpasvy"),
    ];
    for (code, name, kind) in balance {
        table
            .text(code)
            .text(name)
            .text("typUctu.rozvahovy")
            .format(format_args!("druhUctu.{kind}"))
            .end()?;
    }
    for (category, code, _) in CLASSES {
        table.text(code).text(category).text("typUctu.vysledkovy").text("druhUctu.vynosy").end()?;
    }
    for (_, code, category, _) in expenses() {
        table.text(code).text(category).text("typUctu.vysledkovy").text("druhUctu.naklady").end()?;
    }
    Ok(())
}

/// Writes which account is of which category.
pub(in crate::sample::vendors) fn write_categories(table: &mut TextTable) -> Result<()> {
    for (category, code, _) in CLASSES {
        table.text(code).text(category).end()?;
    }
    for (_, code, category, _) in expenses() {
        table.text(code).text(category).end()?;
    }
    Ok(())
}

/// Writes the rates of the period, one a month for each currency.
pub(in crate::sample::vendors) fn write_rates(
    seed: u64,
    period: &Period,
    table: &mut TextTable,
) -> Result<()> {
    for month in 0..period.months {
        let day = add_months(period.first, month);
        for (code, _, _) in CURRENCIES {
            let rate = rate_of(seed, code, day);
            table
                .date(day)
                .format(format_args!("{}.{:03}", rate.rate / 1_000, rate.rate % 1_000))
                .format(format_args!("{}", rate.units))
                .format(format_args!("code:{code}"))
                .end()?;
        }
    }
    Ok(())
}
