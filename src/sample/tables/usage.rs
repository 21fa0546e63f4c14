//! `usage`: one row per user, day and feature. It falls off in the three months before a customer leaves.

use std::collections::HashSet;

use super::{Company, Customer, Day, Draw, Flush, Kind, Rows, Size, customer_id, user_number};
use crate::error::Result;

pub(super) const COLUMNS: &[(&str, Kind)] = &[
    ("customer_id", Kind::Text),
    ("user_id", Kind::Text),
    ("used_on", Kind::Date),
    ("feature", Kind::Text),
    ("events", Kind::Integer),
    ("source", Kind::Text),
];

const FEATURES: &[(u64, &str)] = &[
    (30, "dashboard"),
    (18, "orders"),
    (14, "inventory"),
    (10, "reports"),
    (8, "export"),
    (6, "api"),
    (5, "mobile"),
    (4, "alerts"),
    (3, "forecast"),
    (2, "audit_log"),
];

/// How often another user or feature is looked for when the one drawn already has its row for the day.
const TRIES: u32 = 16;

pub(super) fn write_day(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    rows: &mut Rows,
    flush: &mut Flush<'_>,
) -> Result<()> {
    each_use(company, size, day, draw, |customer, used| {
        write_row(customer, used, day, rows);
        flush(rows)
    })
}

/// What a user did with a feature on a day.
pub(in crate::sample) struct Use {
    pub user: u64,
    pub feature: &'static str,
    pub events: u64,
}

/// Tells who used what on a day.
pub(in crate::sample) fn each_use(
    company: &Company,
    size: &Size,
    day: Day,
    draw: &mut Draw,
    mut tell: impl FnMut(&Customer, &Use) -> Result<()>,
) -> Result<()> {
    // One day's rows only: the memory does not grow with the length of the table.
    let mut seen = HashSet::new();
    for _ in 0..size.usage.rows_on(day) {
        let found = (0..TRIES).find_map(|_| {
            let customer = company.worker(draw, day)?;
            let (user, feature) = (user_number(draw, &customer), draw.weighted(FEATURES));
            seen.insert((customer.index, user, feature)).then_some((customer, user, feature))
        });
        let Some((customer, user, feature)) = found else {
            continue;
        };
        tell(&customer, &Use { user, feature, events: 1 + draw.skewed() / 200 })?;
    }
    Ok(())
}

fn write_row(customer: &Customer, used: &Use, day: Day, rows: &mut Rows) {
    customer_id(rows, Some(customer));
    rows.format(format_args!("u{:03}@c{:06}.example", used.user, customer.number()));
    rows.date(day);
    rows.text(used.feature);
    rows.integer(used.events);
    rows.text("product");
}
