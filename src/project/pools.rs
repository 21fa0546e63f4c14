//! Pools of shared cost: what belongs to them, and how it reaches customers or other pools.

use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml::de::DeValue;

use super::{
    document::{Entry, Located, Section},
    keys, values,
};
use crate::error::{Error, Result};

/// A pool of shared cost. It has a driver, or other pools that it feeds, or neither: then its cost is not allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Which costs belong to it, as a SQL condition.
    pub condition: Located<String>,
    /// What its cost is shared by; none for a pool that feeds others, or is not allocated.
    pub driver: Option<Located<String>>,
    /// The minutes paid for per month, by the month from which they hold, oldest first; empty without capacity.
    pub capacities: Vec<Capacity>,
    /// The pools that it serves; empty for a pool with a driver.
    pub feeds: Vec<Feed>,
    /// Where it begins, in bytes of the file.
    pub span: Range<usize>,
}

/// The capacity of a pool from a month on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// The first day of the month from which it holds; none for one that holds always.
    pub valid_from: Option<NaiveDate>,
    /// Minutes per month.
    pub minutes: Decimal,
    /// Where it stands, in bytes of the file.
    pub span: Range<usize>,
}

/// How much of a service department's work another pool gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The pool that gets it.
    pub pool: String,
    /// Its part, in proportion to the other parts.
    pub weight: Decimal,
    /// Where it stands, in bytes of the file.
    pub span: Range<usize>,
}

/// Reads the pools of a project file.
pub(super) fn pools(root: &Section<'_>) -> Result<Vec<Pool>> {
    let Some(entry) = root.get("pools") else { return Ok(Vec::new()) };
    let sections = entry.sections(keys::POOL)?;
    let mut names: Vec<&str> = Vec::with_capacity(sections.len());
    for section in &sections {
        let entry = section.required("name", "name = \"support\"")?;
        let name = entry.text()?;
        if names.contains(&name) {
            return Err(Error::config(format!("there are two pools named `{name}`"))
                .at(entry.place())
                .hint("give each its own name; a cost belongs to the first pool whose condition holds"));
        }
        names.push(name);
    }
    sections.iter().zip(&names).map(|(section, name)| pool(section, name, &names)).collect()
}

fn pool(section: &Section<'_>, name: &str, names: &[&str]) -> Result<Pool> {
    let condition = section.required("where", "where = \"category LIKE 'support.%'\"")?.located_text()?;
    let capacities = match section.get("capacity_minutes") {
        Some(entry) => capacities(&entry)?,
        None => Vec::new(),
    };
    let feeds = match section.get("feeds") {
        Some(entry) => feeds(&entry, name, names)?,
        None => Vec::new(),
    };
    let driver = section.get("driver");
    // A pool without a driver is a decision: its cost stays visible as not allocated. What a capacity is measured in is not.
    if driver.is_none() && feeds.is_empty() && !capacities.is_empty() {
        return Err(Error::config(format!("pool `{name}` has `capacity_minutes` and no `driver`"))
            .at(section.place())
            .note("a driver says what the cost of a pool is shared by, and what uses its capacity")
            .hint("add a line such as `driver = \"handle_minutes\"`"));
    }
    if !feeds.is_empty() {
        // Either would be read and then have no effect.
        for key in ["driver", "capacity_minutes"] {
            if let Some(entry) = section.get(key) {
                return Err(Error::config(format!("pool `{name}` has both `feeds` and `{key}`"))
                    .at(entry.key_place())
                    .note(
                        "the whole cost of a pool with `feeds` goes to other pools, none of it to customers",
                    )
                    .hint("keep one of the two"));
            }
        }
    }
    let driver = driver.map(|entry| entry.located_text()).transpose()?;
    Ok(Pool { name: name.to_owned(), condition, driver, capacities, feeds, span: section.span.clone() })
}

fn capacities(entry: &Entry<'_>) -> Result<Vec<Capacity>> {
    if !matches!(entry.value, DeValue::Table(_)) {
        let minutes = values::positive(entry)?;
        return Ok(vec![Capacity { valid_from: None, minutes, span: entry.span.clone() }]);
    }
    let mut capacities = Vec::new();
    for item in entry.open_section(&[])?.entries() {
        let Some(month) = values::parse_month(item.key) else {
            return Err(Error::config(format!(
                "`{}` must be a month such as `2025-03`, not `{}`",
                entry.path, item.key
            ))
            .at(item.key_place())
            .hint("write for example capacity_minutes = { 2025-01 = 3750, 2025-07 = 4000 }"));
        };
        let minutes = values::positive(&item)?;
        capacities.push(Capacity { valid_from: Some(month), minutes, span: item.key_span });
    }
    if capacities.is_empty() {
        return Err(Error::config(format!("`{}` is empty", entry.path))
            .at(entry.place())
            .hint("write a number, or leave the key out if there is no idle capacity to show"));
    }
    capacities.sort_by_key(|capacity| capacity.valid_from);
    Ok(capacities)
}

fn feeds(entry: &Entry<'_>, name: &str, names: &[&str]) -> Result<Vec<Feed>> {
    if !matches!(entry.value, DeValue::Table(_)) {
        return Err(entry
            .must_be("a table of pools and proportions")
            .hint("write for example feeds = { support = 60, success = 40 }"));
    }
    let mut feeds = Vec::new();
    for item in entry.open_section(&[])?.entries() {
        if item.key == name {
            return Err(Error::config(format!("pool `{name}` feeds itself"))
                .at(item.key_place())
                .hint("leave it out: what a department does for itself changes nothing"));
        }
        if !names.contains(&item.key) {
            let others: Vec<_> = names.iter().copied().filter(|other| *other != name).collect();
            let error = Error::config(format!("pool `{name}` feeds `{}`, which is not a pool", item.key))
                .at(item.key_place());
            return Err(match others.is_empty() {
                true => error.hint("add the pool that it feeds"),
                false => error.hint(values::meant(item.key, &others)),
            });
        }
        let weight = values::positive(&item)?;
        feeds.push(Feed { pool: item.key.to_owned(), weight, span: item.key_span });
    }
    if feeds.is_empty() {
        return Err(Error::config(format!("the `feeds` of pool `{name}` are empty"))
            .at(entry.place())
            .hint("name the pools that it serves, or give it a `driver` instead"));
    }
    Ok(feeds)
}
