//! The canonical tables of the sample: which there are, how long they are, and who writes their rows.
//!
//! One file per table, with its columns and its rows. Next: any of them; `revenue` is the richest.

pub(super) mod costs;
mod customers;
pub(super) mod interactions;
pub(super) mod revenue;
mod subscriptions;
pub(super) mod surveys;
pub(super) mod usage;

use super::{
    calendar::{Date, Day, Workload, date_of},
    company::{Company, Customer},
    random::Draw,
    rows::{Kind, Rows},
};
use crate::error::Result;

/// A table of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Customers,
    Revenue,
    Costs,
    Interactions,
    Surveys,
    Usage,
    Subscriptions,
}

/// What a table writes full batches with.
pub(super) type Flush<'a> = dyn FnMut(&mut Rows) -> Result<()> + 'a;

impl Table {
    pub(super) const ALL: [Table; 7] = [
        Table::Customers,
        Table::Revenue,
        Table::Costs,
        Table::Interactions,
        Table::Surveys,
        Table::Usage,
        Table::Subscriptions,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Customers => "customers",
            Table::Revenue => "revenue",
            Table::Costs => "costs",
            Table::Interactions => "interactions",
            Table::Surveys => "surveys",
            Table::Usage => "usage",
            Table::Subscriptions => "subscriptions",
        }
    }

    pub(super) fn columns(self) -> &'static [(&'static str, Kind)] {
        match self {
            Table::Customers => customers::COLUMNS,
            Table::Revenue => revenue::COLUMNS,
            Table::Costs => costs::COLUMNS,
            Table::Interactions => interactions::COLUMNS,
            Table::Surveys => surveys::COLUMNS,
            Table::Usage => usage::COLUMNS,
            Table::Subscriptions => subscriptions::COLUMNS,
        }
    }

    /// About how many rows a customer has in a table that is written by customer.
    pub(super) fn rows_per_customer(self) -> u64 {
        if self == Table::Subscriptions { 3 } else { 1 }
    }

    /// The stream of chance of a day of the table.
    pub(super) fn draw(self, company: &Company, day: Day) -> Draw {
        Draw::new(company.seed, self as u64, u64::try_from(day).unwrap_or(0))
    }

    /// Writes the rows of a day; `flush` is called after each.
    pub(super) fn write_day(
        self,
        company: &Company,
        size: &Size,
        day: Day,
        rows: &mut Rows,
        flush: &mut Flush<'_>,
    ) -> Result<()> {
        let mut draw = self.draw(company, day);
        match self {
            Table::Revenue => revenue::write_day(company, size, day, &mut draw, rows, flush),
            Table::Costs => costs::write_day(company, size, day, &mut draw, rows, flush),
            Table::Interactions => interactions::write_day(company, size, day, &mut draw, rows, flush),
            Table::Surveys => surveys::write_day(company, size, day, &mut draw, rows, flush),
            Table::Usage => usage::write_day(company, size, day, &mut draw, rows, flush),
            Table::Customers | Table::Subscriptions => Ok(()),
        }
    }

    /// Writes the rows of a customer.
    pub(super) fn write_customer(self, company: &Company, index: u64, rows: &mut Rows) {
        let customer = company.customer(index);
        match self {
            Table::Customers => customers::write_customer(company, &customer, rows),
            Table::Subscriptions => subscriptions::write_customer(company, customer, rows),
            _ => {}
        }
    }
}

/// How many rows there are, and how they are spread over the days.
pub(super) struct Size {
    /// Revenue beside the invoices of contracts, which fall where they fall.
    orders: Workload,
    pub(super) revenue_rows: u64,
    direct_costs: Workload,
    /// Lines a month for each kind of shared cost.
    shared_cost_lines: u64,
    pub(super) interactions: Workload,
    surveys: Workload,
    usage: Workload,
}

impl Size {
    pub(super) fn new(company: &Company, revenue_rows: u64) -> Self {
        let period = &company.period;
        // A company of many customers and few orders may have more contract lines than rows were asked for.
        let orders = revenue_rows.saturating_sub(revenue::contract_lines(company));
        let cost_rows = revenue_rows / 10;
        let months = u64::try_from(period.months).unwrap_or(1);
        Self {
            orders: Workload::new(period, orders, 8),
            revenue_rows,
            direct_costs: Workload::new(period, cost_rows * 6 / 10, 8),
            shared_cost_lines: (cost_rows * 4 / 10 / months / costs::SHARED.len() as u64).max(1),
            interactions: Workload::new(period, revenue_rows * 6 / 10, 20),
            surveys: Workload::new(period, revenue_rows / 10, 30),
            usage: Workload::new(period, revenue_rows * 15 / 10, 15),
        }
    }

    /// How a table's rows are spread over days, and about how many there are; `None` for a table by customer.
    pub(super) fn workload(&self, table: Table) -> Option<(&Workload, u64)> {
        match table {
            Table::Revenue => Some((&self.orders, self.revenue_rows)),
            Table::Costs => Some((&self.direct_costs, self.revenue_rows / 10)),
            Table::Interactions => Some((&self.interactions, self.revenue_rows * 6 / 10)),
            Table::Surveys => Some((&self.surveys, self.revenue_rows / 10)),
            Table::Usage => Some((&self.usage, self.revenue_rows * 15 / 10)),
            Table::Customers | Table::Subscriptions => None,
        }
    }
}

/// Writes a customer's id, or NULL where an entry has no customer.
fn customer_id(rows: &mut Rows, customer: Option<&Customer>) {
    match customer {
        Some(customer) => rows.format(format_args!("C{:06}", customer.number())),
        None => rows.null(),
    }
}

/// Writes the number of a document: what it is, its day, and its number on that day.
fn document(rows: &mut Rows, kind: &str, day: Day, number: u64) {
    let Date { year, month, day } = date_of(day);
    rows.format(format_args!("{kind}-{year}{month:02}{day:02}-{number:05}"));
}

/// Writes the name of the export that an entry came in.
fn source_file(rows: &mut Rows, export: &str, day: Day) {
    let Date { year, month, .. } = date_of(day);
    rows.format(format_args!("{export}_{year}-{month:02}.csv"));
}

/// The second of a day at which something happens, mostly in office hours.
fn second_of(draw: &mut Draw, day: Day) -> i64 {
    let hour = if draw.chance(900) { 8 + draw.below(10) } else { draw.below(24) };
    let second = hour * 3_600 + draw.below(3_600);
    i64::from(day) * 86_400 + i64::try_from(second).unwrap_or(0)
}

/// The number of one of a customer's users; the first ones are the busiest.
fn user_number(draw: &mut Draw, customer: &Customer) -> u64 {
    let seats = customer.segment.seats;
    let reach = 1 + draw.below(seats);
    1 + draw.below(reach)
}
