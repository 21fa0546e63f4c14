//! `smlouva`, `smlouva-polozka` and `udalost`: contracts with their items, and visits to customers.

use super::CLASSES;
use crate::{
    error::Result,
    sample::{
        calendar::Day,
        company::{Company, Customer, Money, ONE},
        contract::{ADD_ON, Term, round_to, terms},
        names::{AGENTS, pick},
        random::Draw,
        vendors::{
            World,
            flaws::{plantings, some_customer},
            identity::{flexi_code, flexi_relation, is_in_flexi},
            text::TextTable,
        },
    },
};

/// The stream of chance of visits.
const STREAM: u64 = 103;

pub(in crate::sample::vendors) const HEADER: &[&str] = &[
    "kod",
    "nazev",
    "firma",
    "firmaFakt",
    "smlouvaOd",
    "smlouvaDo",
    "frekFakt",
    "datVypoz",
    "typSml",
    "stavSml",
    "autoProdl",
    "stredisko",
];

pub(in crate::sample::vendors) const ITEM_HEADER: &[&str] = &[
    "id",
    "smlouva",
    "cenik",
    "platiOdData",
    "platiDoData",
    "frekFakt",
    "mnozMj",
    "cenaMj",
    "cenaCelkem",
    "sleva",
    "typCenyDphK",
];

pub(in crate::sample::vendors) const VISIT_HEADER: &[&str] = &[
    "id",
    "firma",
    "predmet",
    "zahajeni",
    "dokonceni",
    "celodenni",
    "typAkt",
    "stavUdalK",
    "prioritaK",
    "zodpPrac",
];

/// An item of a contract in one of its years.
pub(in crate::sample::vendors) struct Item {
    pub id: String,
    pub contract: String,
    /// The code in the price list, which is the plan of the subscription.
    pub price_list: &'static str,
    pub term: Term,
    /// CZK a month, in whole crowns.
    pub monthly: Money,
    pub months: i32,
}

/// Tells the items of a customer's contract.
pub(in crate::sample::vendors) fn each_item(
    company: &Company,
    customer: &Customer,
    mut tell: impl FnMut(&Item) -> Result<()>,
) -> Result<()> {
    if !is_in_flexi(customer) {
        return Ok(());
    }
    for term in terms(company, *customer) {
        let main = (CLASSES[0].2, Some(term.price));
        let add_on = (CLASSES[2].2, term.add_on);
        for (position, (price_list, price)) in [main, add_on].into_iter().enumerate() {
            let Some(price) = price else { continue };
            // Contracts are kept in crowns at a fixed rate, whatever is invoiced.
            let crowns = price / customer.country.currency.price_level * 23;
            tell(&Item {
                id: format!("{}{:02}{position}", customer.number(), term.year + 1),
                contract: format!("SML{:06}", customer.number()),
                price_list,
                term,
                monthly: round_to(crowns, ONE).max(ONE),
                months: customer.billing_months,
            })?;
        }
    }
    Ok(())
}

/// Writes a customer's contract.
pub(in crate::sample::vendors) fn write(
    company: &Company,
    customer: &Customer,
    table: &mut TextTable,
) -> Result<()> {
    if !is_in_flexi(customer) || terms(company, *customer).next().is_none() {
        return Ok(());
    }
    let firm = flexi_relation(Some(customer));
    table
        .format(format_args!("SML{:06}", customer.number()))
        .format(format_args!("{} {ADD_ON}", flexi_code(customer)))
        .text(&firm)
        .text(&firm)
        .date(customer.acquired);
    match customer.churned {
        Some(day) => table.date(day - 1),
        None => table.blank(),
    };
    table.format(format_args!("{}", customer.billing_months));
    match customer.churned {
        Some(day) => table.date(day - 1),
        None => table.blank(),
    };
    table
        .text("code:ODBERATELSKA")
        .text(if customer.churned.is_some() { "code:UKONCENA" } else { "code:PLATNA" })
        .boolean(customer.churned.is_none())
        .text("code:PRAHA");
    table.end()
}

/// Writes the items of a customer's contract.
pub(in crate::sample::vendors) fn write_items(
    company: &Company,
    customer: &Customer,
    table: &mut TextTable,
) -> Result<()> {
    each_item(company, customer, |item| {
        let price = item.monthly * Money::from(item.months);
        table
            .text(&item.id)
            .format(format_args!("code:{}", item.contract))
            .format(format_args!("code:{}", item.price_list))
            .date(item.term.start);
        match item.term.last {
            Some(last) => table.date(last),
            None => table.blank(),
        };
        table
            .format(format_args!("{}", item.months))
            .text("1.0")
            .money(price)
            .money(price)
            .text("0.0")
            .text("typCeny.bezDph");
        table.end()
    })
}

/// A visit to a customer.
pub(in crate::sample::vendors) struct Visit {
    pub id: u64,
    pub customer: Customer,
    pub started: i64,
    pub ended: i64,
    pub is_all_day: bool,
    pub agent: &'static str,
}

impl Visit {
    /// How long it took; a whole day counts eight hours.
    pub(in crate::sample::vendors) fn minutes(&self) -> i64 {
        if self.is_all_day { 480 } else { (self.ended - self.started) / 60 }
    }
}

/// Tells the visits of a day.
pub(in crate::sample::vendors) fn each_visit(
    world: &World<'_>,
    day: Day,
    mut tell: impl FnMut(&Visit) -> Result<()>,
) -> Result<()> {
    let mut draw = Draw::new(world.company.seed, STREAM, u64::try_from(day).unwrap_or(0));
    let day_number = u64::try_from(day - world.company.period.first).unwrap_or(0) + 1;
    let planted = 2 * plantings(&world.company.period, world.size.revenue_rows, day);
    for number in 0..world.size.interactions.rows_on(day) / 40 + planted {
        let Some(customer) = some_customer(world.company, &mut draw, day, is_in_flexi) else { continue };
        let is_all_day = number % 8 == 1;
        let midnight = i64::from(day) * 86_400;
        let start = midnight + if is_all_day { 0 } else { (8 + signed(draw.below(8))) * 3_600 };
        let minutes = if is_all_day { 24 * 60 } else { 30 + 15 * signed(draw.below(12)) };
        tell(&Visit {
            id: day_number * 1_000_000 + number,
            customer,
            started: start,
            ended: start + minutes * 60,
            is_all_day,
            agent: pick(AGENTS, draw.below(AGENTS.len() as u64)),
        })?;
    }
    Ok(())
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(0)
}

/// Writes the visits of a day.
pub(in crate::sample::vendors) fn write_visits(
    world: &World<'_>,
    day: Day,
    table: &mut TextTable,
) -> Result<()> {
    each_visit(world, day, |visit| {
        table
            .number(visit.id)
            .text(&flexi_relation(Some(&visit.customer)))
            .text("Návštěva u zákazníka")
            .timestamp(visit.started)
            .timestamp(visit.ended)
            .boolean(visit.is_all_day)
            .text("code:NAVSTEVA")
            .text("stavUdal.dokonceno")
            .text("priorita.stredni")
            .format(format_args!("code:{}", visit.agent));
        table.end()
    })
}
