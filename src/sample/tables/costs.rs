//! `costs`: one row per ledger line: what the company shares (no customer), and what one customer caused.

use super::{Company, Customer, Day, Draw, Flush, Kind, Rows, Size, customer_id, document, source_file};
use crate::{
    error::Result,
    sample::{
        calendar::{date_of, is_business_day},
        company::{Money, ONE},
        contract::{convert, exchange_rate, round_to, terms},
    },
};

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("posted_on", Kind::Date),
    ("category", Kind::Text),
    ("amount", Kind::Money),
    ("account", Kind::Text),
    ("department", Kind::Text),
    ("document", Kind::Text),
    ("source", Kind::Text),
    ("source_file", Kind::Text),
];

/// What an average customer's contract brings in a month, and an average order, in whole dollars:
/// costs are measured against both.
const CONTRACT_REVENUE: u64 = 1_300;
const ORDER_REVENUE: u64 = 550;

/// A kind of cost, with its place in the books.
#[derive(Clone, Copy)]
pub(in crate::sample) struct Kindred {
    pub category: &'static str,
    pub account: &'static str,
    pub department: &'static str,
    /// Its size in thousandths of the revenue.
    per_mille: Money,
    /// Posted at once on the last business day, as payroll is.
    is_payroll: bool,
}

const fn shared(
    category: &'static str,
    account: &'static str,
    department: &'static str,
    per_mille: Money,
    is_payroll: bool,
) -> Kindred {
    Kindred { category, account, department, per_mille, is_payroll }
}

/// Costs that no customer caused alone.
pub(super) const SHARED: &[Kindred] = &[
    shared("support.salaries", "6200", "Support", 62, true),
    shared("support.benefits", "6210", "Support", 14, true),
    shared("support.training", "6220", "Support", 6, false),
    shared("support.software", "6230", "Support", 9, false),
    shared("support.infrastructure", "6240", "Support", 7, false),
    shared("support.other", "6290", "Support", 4, false),
    shared("success.salaries", "6300", "Customer Success", 58, true),
    shared("success.software", "6330", "Customer Success", 6, false),
    shared("acquisition.marketing", "6400", "Marketing", 85, false),
    shared("acquisition.sales", "6500", "Sales", 60, true),
    shared("cogs.hosting", "5100", "Operations", 50, false),
    shared("cogs.licences", "5200", "Operations", 38, false),
    shared("overhead.administration", "6800", "Administration", 62, true),
    shared("overhead.rent", "6810", "Administration", 27, false),
];

/// Costs that carry their customer, by how often they occur.
const DIRECT: &[(u64, Kindred)] = &[
    (50, shared("cogs.hosting", "5110", "Operations", 40, false)),
    (20, shared("support.other", "6280", "Support", 20, false)),
    (15, shared("success.travel", "6340", "Customer Success", 20, false)),
    (15, shared("success.onboarding", "6350", "Customer Success", 35, false)),
];

/// A cost line without its day.
pub(in crate::sample) struct Line<'a> {
    pub customer: Option<&'a Customer>,
    pub cost: &'a Kindred,
    pub amount: Money,
}

pub(super) fn write_day(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    rows: &mut Rows,
    flush: &mut Flush<'_>,
) -> Result<()> {
    let mut number = 0;
    each_line(company, size, day, draw, |line| {
        number += 1;
        write_line(day, number, line, rows);
        flush(rows)
    })
}

/// Tells the cost lines of a day, shared ones first.
pub(in crate::sample) fn each_line(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    mut tell: impl FnMut(&Line<'_>) -> Result<()>,
) -> Result<()> {
    for cost in SHARED {
        for _ in 0..shared_lines_on(company, size, cost, day) {
            // Between 90 and 110 percent of an equal share of the month's pool.
            let per_mille = 900 + Money::try_from(draw.below(201)).unwrap_or(100);
            let equal =
                monthly_pool(company, size, cost, day) / Money::try_from(size.shared_cost_lines).unwrap_or(1);
            let amount = round_to(equal / 1_000 * per_mille, ONE / 100);
            tell(&Line { customer: None, cost, amount })?;
        }
    }
    for customer in company.customers_billed_on(date_of(day).day) {
        if let Some(amount) = commission(company, &customer, day) {
            let cost = &shared("acquisition.sales", "6510", "Sales", 0, false);
            tell(&Line { customer: Some(&customer), cost, amount })?;
        }
    }
    for _ in 0..size.direct_costs.rows_on(day) {
        let cost = draw.weighted(DIRECT);
        let is_hosting = cost.category == "cogs.hosting";
        let customer = if is_hosting { company.buyer(draw, day) } else { company.caller(draw, day) };
        let amount = direct_amount(company, size, &cost, customer.as_ref(), draw, day);
        tell(&Line { customer: customer.as_ref(), cost: &cost, amount })?;
    }
    Ok(())
}

/// What a kind of cost comes to in the month of a day.
fn monthly_pool(company: &Company, size: &Size, cost: &Kindred, day: Day) -> Money {
    let months = u64::try_from(company.period.months).unwrap_or(1);
    let revenue = company.customers * CONTRACT_REVENUE + size.orders.rows() * ORDER_REVENUE / months;
    let growth = 100 + Money::from(company.period.month_of(day));
    Money::try_from(revenue).unwrap_or(1) * ONE / 1_000 * cost.per_mille / 100 * growth
}

/// How many of a month's lines of a shared cost are posted on a day: they are spread over its business days.
fn shared_lines_on(company: &Company, size: &Size, cost: &Kindred, day: Day) -> u64 {
    if !is_business_day(day) {
        return 0;
    }
    let lines = size.shared_cost_lines;
    let month = company.period.days_of_month(company.period.month_of(day));
    let business_days = |days: std::ops::Range<Day>| days.filter(|day| is_business_day(*day)).count() as u64;
    let (before, all) = (business_days(month.start..day), business_days(month));
    match (cost.is_payroll, before + 1 == all) {
        (true, is_last) => lines * u64::from(is_last),
        (false, _) => lines * (before + 1) / all - lines * before / all,
    }
}

/// What the sale of a new contract earned the seller: 8 % of its first year.
fn commission(company: &Company, customer: &Customer, day: Day) -> Option<Money> {
    if customer.acquired != day {
        return None;
    }
    let term = terms(company, *customer).next()?;
    let first_year = convert(term.price * 12, exchange_rate(company, &customer.country.currency, day));
    Some(round_to(first_year / 100 * 8, ONE / 100))
}

/// A few customers cause large costs; hosting follows the size of the customer.
fn direct_amount(
    company: &Company,
    size: &Size,
    cost: &Kindred,
    customer: Option<&Customer>,
    draw: &mut Draw,
    day: Day,
) -> Money {
    let frequency =
        DIRECT.iter().find(|(_, kind)| kind.account == cost.account).map_or(1, |(weight, _)| *weight);
    let month = company.period.days_of_month(company.period.month_of(day));
    let all_lines = size.direct_costs.rows_before(month.end) - size.direct_costs.rows_before(month.start);
    let lines = Money::try_from(all_lines * frequency / 100).unwrap_or(1).max(1);
    let factor = Money::try_from(draw.skewed()).unwrap_or(1_000);
    let weight = match (cost.category, customer) {
        // In thousandths; the average buyer, large customers buying more often, is near list price.
        ("cogs.hosting", Some(customer)) => customer.segment.order_size,
        _ => 1_000,
    };
    // The mean of the factor is 1.7 times its median.
    let amount = monthly_pool(company, size, cost, day) / lines / 1_700 * factor / 1_000 * weight;
    round_to(amount, ONE / 100).max(ONE / 100)
}

fn write_line(day: Day, number: u64, line: &Line<'_>, rows: &mut Rows) {
    customer_id(rows, line.customer);
    rows.date(day);
    rows.text(line.cost.category);
    rows.money(line.amount);
    rows.text(line.cost.account);
    rows.text(line.cost.department);
    document(rows, "GL", day, number);
    rows.text("erp");
    source_file(rows, "gl", day);
}
