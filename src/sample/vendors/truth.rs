//! The canonical tables that must come out of the exports, to the cent.
//!
//! Written from the same documents, tickets and chats as the exports, never from the exports' text. Next: `project`.

use std::collections::BTreeMap;

use super::{
    World, drift, flexi, hubspot,
    identity::{known_id, legal_name, matched_id, syspro_code},
    syspro, usage,
};
use crate::{
    error::Result,
    sample::{
        calendar::{Day, add_months, date_of, month_number},
        company::{Company, Customer, Money},
        random::mix,
        rows::{Kind, Rows},
        tables::Flush,
    },
};

/// A table of the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) enum TruthTable {
    Customers,
    Revenue,
    Costs,
    Interactions,
    Surveys,
    Usage,
    Subscriptions,
}

impl TruthTable {
    pub(in crate::sample) const ALL: [TruthTable; 7] = [
        TruthTable::Customers,
        TruthTable::Revenue,
        TruthTable::Costs,
        TruthTable::Interactions,
        TruthTable::Surveys,
        TruthTable::Usage,
        TruthTable::Subscriptions,
    ];

    pub(in crate::sample) fn name(self) -> &'static str {
        match self {
            TruthTable::Customers => "customers",
            TruthTable::Revenue => "revenue",
            TruthTable::Costs => "costs",
            TruthTable::Interactions => "interactions",
            TruthTable::Surveys => "surveys",
            TruthTable::Usage => "usage",
            TruthTable::Subscriptions => "subscriptions",
        }
    }

    pub(in crate::sample) fn columns(self) -> &'static [(&'static str, Kind)] {
        match self {
            TruthTable::Customers => CUSTOMERS,
            TruthTable::Revenue => REVENUE,
            TruthTable::Costs => COSTS,
            TruthTable::Interactions => INTERACTIONS,
            TruthTable::Surveys => SURVEYS,
            TruthTable::Usage => USAGE,
            TruthTable::Subscriptions => SUBSCRIPTIONS,
        }
    }

    /// Writes the rows of a day.
    pub(in crate::sample) fn write_day(
        self,
        world: &World<'_>,
        day: Day,
        rows: &mut Rows,
        flush: &mut Flush<'_>,
    ) -> Result<()> {
        match self {
            TruthTable::Revenue => write_revenue(world, day, rows, flush),
            TruthTable::Costs => write_costs(world, day, rows, flush),
            TruthTable::Interactions => write_interactions(world, day, rows, flush),
            TruthTable::Surveys => write_surveys(world, day, rows, flush),
            TruthTable::Usage => write_usage(world, day, rows, flush),
            TruthTable::Customers | TruthTable::Subscriptions => Ok(()),
        }
    }

    /// Writes the rows of a customer.
    pub(in crate::sample) fn write_customer(
        self,
        world: &World<'_>,
        customer: &Customer,
        rows: &mut Rows,
    ) -> Result<()> {
        match self {
            TruthTable::Customers => {
                write_customer(world.company, customer, rows);
                Ok(())
            }
            TruthTable::Subscriptions => write_subscriptions(world, customer, rows),
            _ => Ok(()),
        }
    }
}

const CUSTOMERS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("name", Kind::Text),
    ("parent_id", Kind::Text),
    ("segment", Kind::Text),
    ("region", Kind::Text),
    ("acquired_on", Kind::Date),
    ("source", Kind::Text),
];
const REVENUE: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("billed_customer_id", Kind::Text),
    ("posted_on", Kind::Date),
    ("category", Kind::Text),
    ("amount", Kind::Money),
    ("product", Kind::Text),
    ("document", Kind::Text),
    ("document_type", Kind::Text),
    ("local_amount", Kind::Money),
    ("local_currency", Kind::Text),
    ("original_amount", Kind::Money),
    ("original_currency", Kind::Text),
    ("source", Kind::Text),
];
const COSTS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("posted_on", Kind::Date),
    ("category", Kind::Text),
    ("amount", Kind::Money),
    ("account", Kind::Text),
    ("department", Kind::Text),
    ("local_amount", Kind::Money),
    ("local_currency", Kind::Text),
    ("source", Kind::Text),
];
const INTERACTIONS: &[(&str, Kind)] = &[
    ("interaction_id", Kind::Text),
    ("customer_id", Kind::Text),
    ("share", Kind::Share),
    ("channel", Kind::Text),
    ("opened_at", Kind::Timestamp),
    ("closed_at", Kind::Timestamp),
    ("handle_minutes", Kind::Minutes),
    ("handle_method", Kind::Text),
    ("category", Kind::Text),
    ("priority", Kind::Text),
    ("agent", Kind::Text),
    ("source", Kind::Text),
];
const SURVEYS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("answered_at", Kind::Timestamp),
    ("kind", Kind::Text),
    ("score", Kind::Integer),
    ("scale_max", Kind::Integer),
    ("source", Kind::Text),
];
const USAGE: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("user_id", Kind::Text),
    ("used_on", Kind::Date),
    ("feature", Kind::Text),
    ("events", Kind::Integer),
    ("source", Kind::Text),
];
const SUBSCRIPTIONS: &[(&str, Kind)] = &[
    ("subscription_id", Kind::Text),
    ("customer_id", Kind::Text),
    ("plan", Kind::Text),
    ("started_on", Kind::Date),
    ("ended_on", Kind::Date),
    ("mrr", Kind::Money),
    ("local_mrr", Kind::Money),
    ("local_currency", Kind::Text),
    ("source", Kind::Text),
];

/// Dollars for a crown on a day, in units of 0.0001: the quote of the month, within 2 % of 0.0434.
pub(super) fn crown_rate(seed: u64, day: Day) -> i64 {
    let month = u64::try_from(month_number(day)).unwrap_or(0);
    434 * (980 + i64::try_from(mix(mix(seed, 107), month) % 41).unwrap_or(20)) / 1_000
}

/// Crowns in dollars, rounded half away from zero to cents, once.
pub(super) fn dollars(world: &World<'_>, crowns: Money, day: Day) -> Money {
    // Both have four decimals, so their product has eight: six more than cents.
    let product = i128::from(crowns) * i128::from(crown_rate(world.company.seed, day));
    let cents = (product.abs() + 500_000) / 1_000_000 * product.signum();
    i64::try_from(cents).unwrap_or(i64::MAX / 100) * 100
}

/// The months that contracts may have begun before the period.
const MONTHS_BEFORE: i32 = 48;

/// The first days of the months for which crowns are quoted.
pub(super) fn quoted_days(company: &Company) -> impl Iterator<Item = Day> + use<> {
    let period = company.period;
    (-MONTHS_BEFORE..period.months).map(move |month| add_months(period.first, month))
}

fn write_customer(company: &Company, customer: &Customer, rows: &mut Rows) {
    rows.text(&syspro_code(customer));
    rows.text(&legal_name(customer));
    match company.parent(customer) {
        Some(parent) => rows.text(&syspro_code(&company.customer(parent))),
        None => rows.null(),
    }
    rows.text(customer.segment.name);
    rows.text(customer.country.region);
    rows.date(customer.acquired);
    rows.text("erp");
}

fn write_revenue(world: &World<'_>, day: Day, rows: &mut Rows, flush: &mut Flush<'_>) -> Result<()> {
    syspro::each_document(world, day, |document| {
        for line in document.lines.iter().filter(|_| !document.is_junk()) {
            rows.text(&known_id(document.delivered.customer()));
            rows.text(&known_id(document.billed.customer()));
            rows.date(day);
            rows.text(line.category);
            rows.money(line.net);
            rows.text(&syspro::stock_code(line.product));
            rows.text(&document.invoice);
            rows.text(document.kind.name());
            rows.money(line.net);
            rows.text("USD");
            rows.money(line.original);
            rows.text(document.currency.code);
            rows.text("erp");
            flush(rows)?;
        }
        Ok(())
    })?;
    flexi::each_document(world, day, |document| {
        let is_credit = document.kind == flexi::DocumentKind::CreditNote;
        for line in document.lines.iter().filter(|line| document.counts() && !line.is_deduction) {
            let customer_id = known_id(document.customer.as_ref());
            rows.text(&customer_id);
            rows.text(&customer_id);
            rows.date(day);
            rows.text(line.category);
            rows.money(dollars(world, line.net, day));
            match (document.has_no_lines, line.price_list) {
                (true, _) => rows.null(),
                (false, "") => rows.text(line.name),
                (false, code) => rows.text(code),
            }
            rows.text(&document.code);
            rows.text(if is_credit { "credit_note" } else { "invoice" });
            rows.money(line.net);
            rows.text("CZK");
            rows.money(line.original);
            rows.text(document.rate.code);
            rows.text("flexi");
            flush(rows)?;
        }
        Ok(())
    })
}

fn write_costs(world: &World<'_>, day: Day, rows: &mut Rows, flush: &mut Flush<'_>) -> Result<()> {
    // What was sold had a cost, and the line that sold it says whose it is; no journal has it again.
    syspro::each_document(world, day, |document| {
        for line in document.lines.iter().filter(|line| line.cost != 0 && !document.is_junk()) {
            match document.delivered {
                syspro::Party::Blank => rows.null(),
                _ => rows.text(&known_id(document.delivered.customer())),
            }
            rows.date(day);
            rows.text("cogs.product");
            rows.money(line.cost);
            rows.null();
            rows.null();
            rows.money(line.cost);
            rows.text("USD");
            rows.text("erp");
            flush(rows)?;
        }
        Ok(())
    })?;
    syspro::journal::each_cost(world, day, |cost| {
        rows.null();
        rows.date(day);
        rows.text(cost.category);
        rows.money(cost.amount);
        rows.text(cost.account);
        rows.null();
        rows.money(cost.amount);
        rows.text("USD");
        rows.text("erp");
        flush(rows)
    })?;
    flexi::journal::each_cost(world, day, |cost| {
        match &cost.customer {
            Some(customer) => rows.text(&syspro_code(customer)),
            None => rows.null(),
        }
        rows.date(day);
        rows.text(cost.category);
        rows.money(dollars(world, cost.amount, day));
        rows.text(cost.account);
        rows.text(cost.department);
        rows.money(cost.amount);
        rows.text("CZK");
        rows.text("flexi");
        flush(rows)
    })
}

fn write_interactions(world: &World<'_>, day: Day, rows: &mut Rows, flush: &mut Flush<'_>) -> Result<()> {
    hubspot::each_ticket(world, day, |ticket| {
        if ticket.is_deleted {
            return Ok(());
        }
        for part in ticket.shares() {
            rows.format(format_args!("{}", ticket.id));
            rows.text(&part.customer_id);
            rows.units(part.share);
            rows.text(ticket.channel);
            rows.timestamp(ticket.opened);
            match ticket.closed {
                Some(closed) => rows.timestamp(closed),
                None => rows.null(),
            }
            match ticket.minutes() {
                // A millionth of a minute times a whole number of minutes: nothing is rounded.
                Some(minutes) => {
                    rows.units(minutes * part.share);
                    rows.text("elapsed");
                }
                None => {
                    rows.null();
                    rows.null();
                }
            }
            rows.text(ticket.topic);
            rows.text(ticket.priority);
            rows.text(ticket.agent);
            rows.text("desk");
            flush(rows)?;
        }
        Ok(())
    })?;
    drift::each_conversation(world, day, |chat| {
        rows.format(format_args!("{}", chat.id));
        rows.text(&chat.customer_id());
        rows.units(1_000_000);
        rows.text("chat");
        rows.timestamp(chat.opened);
        rows.timestamp(chat.ended());
        rows.units(chat.minutes() * 1_000_000);
        rows.text("messages");
        rows.null();
        rows.null();
        rows.text(chat.agent);
        rows.text("chat");
        flush(rows)
    })?;
    flexi::contracts::each_visit(world, day, |visit| {
        rows.format(format_args!("{}", visit.id));
        rows.text(&syspro_code(&visit.customer));
        rows.units(1_000_000);
        rows.text("visit");
        rows.timestamp(visit.started);
        rows.timestamp(visit.ended);
        rows.units(visit.minutes() * 1_000_000);
        rows.text("measured");
        rows.null();
        rows.null();
        rows.text(visit.agent);
        rows.text("flexi");
        flush(rows)
    })
}

fn write_surveys(world: &World<'_>, day: Day, rows: &mut Rows, flush: &mut Flush<'_>) -> Result<()> {
    hubspot::each_answer(world, day, |answer| {
        rows.text(&matched_id(answer.customer.as_ref()));
        rows.timestamp(answer.answered);
        rows.text(answer.kind);
        rows.integer(answer.score);
        rows.integer(answer.highest);
        rows.text("desk");
        flush(rows)
    })
}

fn write_usage(world: &World<'_>, day: Day, rows: &mut Rows, flush: &mut Flush<'_>) -> Result<()> {
    usage::each_use(world, day, |customer, used| {
        rows.text(&matched_id(Some(customer)));
        rows.text(&usage::user_id(customer, used.user));
        rows.date(day);
        rows.text(used.feature);
        rows.integer(used.events);
        rows.text("product");
        flush(rows)
    })
}

fn write_subscriptions(world: &World<'_>, customer: &Customer, rows: &mut Rows) -> Result<()> {
    flexi::contracts::each_item(world.company, customer, |item| {
        rows.text(&item.id);
        rows.text(&syspro_code(customer));
        rows.text(item.price_list);
        rows.date(item.term.start);
        match item.term.last {
            Some(last) => rows.date(last),
            None => rows.null(),
        }
        rows.money(dollars(world, item.monthly, item.term.start));
        rows.money(item.monthly);
        rows.text("CZK");
        rows.text("flexi");
        Ok(())
    })
}

/// What the truth comes to: the control totals of a month, in the currency of the books.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub erp_revenue: Money,
    pub erp_costs: Money,
    pub flexi_revenue: Money,
    pub flexi_costs: Money,
    /// What contract items that begin in the month bring in each month.
    pub flexi_subscriptions: Money,
}

/// The totals of each month: of the period, and before it of those in which contracts began.
pub(super) fn totals(world: &World<'_>) -> Result<BTreeMap<String, Totals>> {
    let period = world.company.period;
    let mut months: BTreeMap<String, Totals> = BTreeMap::new();
    for month in 0..period.months {
        let days = period.days_of_month(month);
        let mut totals = Totals::default();
        let name = month_name(days.start);
        for day in days {
            add_day(world, day, &mut totals)?;
        }
        months.insert(name, totals);
    }
    for index in 0..world.company.customers {
        flexi::contracts::each_item(world.company, &world.company.customer(index), |item| {
            months.entry(month_name(item.term.start)).or_default().flexi_subscriptions += item.monthly;
            Ok(())
        })?;
    }
    Ok(months)
}

fn month_name(day: Day) -> String {
    let date = date_of(day);
    format!("{}-{:02}", date.year, date.month)
}

fn add_day(world: &World<'_>, day: Day, totals: &mut Totals) -> Result<()> {
    syspro::each_document(world, day, |document| {
        if !document.is_junk() {
            totals.erp_revenue += document.lines.iter().map(|line| line.net).sum::<Money>();
            totals.erp_costs += document.lines.iter().map(|line| line.cost).sum::<Money>();
        }
        Ok(())
    })?;
    flexi::each_document(world, day, |document| {
        for line in document.lines.iter().filter(|line| document.counts() && !line.is_deduction) {
            totals.flexi_revenue += line.net;
        }
        Ok(())
    })?;
    syspro::journal::each_cost(world, day, |cost| {
        totals.erp_costs += cost.amount;
        Ok(())
    })?;
    flexi::journal::each_cost(world, day, |cost| {
        totals.flexi_costs += cost.amount;
        Ok(())
    })
}
