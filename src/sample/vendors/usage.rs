//! The product's own usage export, keyed by SYSPRO's customer code.

use super::{
    World,
    identity::{domain, product_account},
    text::TextTable,
};
use crate::{
    error::Result,
    sample::{
        calendar::Day,
        company::Customer,
        tables::{Table, usage},
    },
};

pub(super) const HEADER: &[&str] = &["account", "user_id", "used_on", "feature", "events"];

/// Tells who used what on a day.
pub(super) fn each_use(
    world: &World<'_>,
    day: Day,
    tell: impl FnMut(&Customer, &usage::Use) -> Result<()>,
) -> Result<()> {
    usage::each_use(world.company, world.size, day, &mut Table::Usage.draw(world.company, day), tell)
}

/// Writes the usage of a day.
pub(super) fn write(world: &World<'_>, day: Day, table: &mut TextTable) -> Result<()> {
    each_use(world, day, |customer, used| {
        table
            .text(&product_account(customer))
            .text(&user_id(customer, used.user))
            .date(day)
            .text(used.feature)
            .number(used.events);
        table.end()
    })
}

/// The address of a user.
pub(super) fn user_id(customer: &Customer, user: u64) -> String {
    format!("u{user:03}@{}", domain(customer))
}
