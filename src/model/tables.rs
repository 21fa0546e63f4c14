//! Small tables in memory that the views read: what the project says, and what was found in its files.

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::{
    arrow::{
        array::{
            ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
        },
        datatypes::{DataType, Date32Type, Field, Schema},
    },
    catalog::TableProvider,
    datasource::{MemTable, empty::EmptyTable},
};
use rust_decimal::Decimal;

use super::{connected::Connected, connector::ColumnKind, inspection::Findings, settings::Settings};
use crate::error::{Error, Result};
use crate::sources::Importance;

/// A table without rows.
pub(super) fn empty(columns: &[(&str, DataType)]) -> Result<Arc<dyn TableProvider>> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true)).collect();
    Ok(Arc::new(EmptyTable::new(Arc::new(Schema::new(fields)))))
}

fn table(columns: Vec<(&str, ArrayRef)>) -> Result<Arc<dyn TableProvider>> {
    let cannot = |error| Error::query("a table of the project cannot be made").caused_by(error);
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)
        .map_err(|error| Error::query("a table of the project cannot be made").caused_by(error))?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]]).map_err(cannot)?))
}

fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(StringViewArray::from_iter(values))
}

fn numbers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn days(values: impl IntoIterator<Item = Option<NaiveDate>>) -> ArrayRef {
    let days = values.into_iter().map(|value| value.map(Date32Type::from_naive_date));
    Arc::new(Date32Array::from_iter(days))
}

fn decimals(values: impl IntoIterator<Item = Decimal>, precision: u8, scale: u32) -> Result<ArrayRef> {
    let units = |value: Decimal| {
        let exact = value.normalize();
        let Some(missing) = scale.checked_sub(exact.scale()) else {
            return Err(Error::config(format!("`{value}` has more than {scale} decimals")));
        };
        let units = 10_i128.checked_pow(missing).and_then(|power| exact.mantissa().checked_mul(power));
        let fits = |units: &i128| units.unsigned_abs() < 10_u128.pow(u32::from(precision));
        units.filter(fits).ok_or_else(|| {
            let digits = u32::from(precision) - scale;
            Error::config(format!("`{value}` has more than {digits} digits before the point"))
        })
    };
    let units = values.into_iter().map(units).collect::<Result<Vec<_>>>()?;
    let scale = i8::try_from(scale).unwrap_or_default();
    let array = Decimal128Array::from_iter_values(units).with_precision_and_scale(precision, scale);
    Ok(Arc::new(array.map_err(|error| Error::config("an amount is too large").caused_by(error))?))
}

/// `sources` (source, position, connector, currency).
pub(super) fn sources(sources: &[Arc<Connected>]) -> Result<Arc<dyn TableProvider>> {
    table(vec![
        ("source", texts(sources.iter().map(|source| Some(&source.name)))),
        ("position", numbers((1..).take(sources.len()))),
        ("connector", texts(sources.iter().map(|source| Some(&source.connector.name)))),
        ("currency", texts(sources.iter().map(|source| Some(source.currency())))),
    ])
}

/// `match_rules` (position, rule).
pub(super) fn match_rules(settings: &Settings) -> Result<Arc<dyn TableProvider>> {
    let rules = &settings.project.customers.matchers;
    table(vec![
        ("position", numbers((1..).take(rules.len()))),
        ("rule", texts(rules.iter().map(|rule| Some(rule.name())))),
    ])
}

/// `controls` (source, month, what, amount).
pub(super) fn controls(settings: &Settings) -> Result<Arc<dyn TableProvider>> {
    let controls = &settings.project.controls;
    table(vec![
        ("source", texts(controls.iter().map(|control| Some(&control.source)))),
        ("month", days(controls.iter().map(|control| control.month))),
        ("what", texts(controls.iter().map(|control| Some(&control.what)))),
        ("amount", decimals(controls.iter().map(|control| control.amount), 18, 4)?),
    ])
}

/// `pools` (pool, position, driver, has_capacity).
pub(super) fn pools(settings: &Settings) -> Result<Arc<dyn TableProvider>> {
    let pools = &settings.project.pools;
    let has_capacity = pools.iter().map(|pool| Some(!pool.capacities.is_empty()));
    table(vec![
        ("pool", texts(pools.iter().map(|pool| Some(&pool.name)))),
        ("position", numbers((1..).take(pools.len()))),
        ("driver", texts(pools.iter().map(|pool| pool.driver.as_ref().map(|driver| &driver.value)))),
        ("has_capacity", Arc::new(BooleanArray::from_iter(has_capacity))),
    ])
}

/// `pool_capacities` (pool, valid_from, valid_before, minutes).
pub(super) fn pool_capacities(settings: &Settings) -> Result<Arc<dyn TableProvider>> {
    let mut rows = Vec::new();
    for pool in &settings.project.pools {
        for (index, capacity) in pool.capacities.iter().enumerate() {
            let before = pool.capacities.get(index + 1).and_then(|next| next.valid_from);
            rows.push((&pool.name, capacity.valid_from, before, capacity.minutes));
        }
    }
    table(vec![
        ("pool", texts(rows.iter().map(|row| Some(row.0)))),
        ("valid_from", days(rows.iter().map(|row| row.1))),
        ("valid_before", days(rows.iter().map(|row| row.2))),
        ("minutes", decimals(rows.iter().map(|row| row.3), 18, 6)?),
    ])
}

/// `pool_feeds` (from_pool, to_pool, share).
pub(super) fn pool_feeds(settings: &Settings) -> Result<Arc<dyn TableProvider>> {
    let feeds = &settings.project.effective_feeds;
    table(vec![
        ("from_pool", texts(feeds.iter().map(|feed| Some(&feed.from_pool)))),
        ("to_pool", texts(feeds.iter().map(|feed| Some(&feed.to_pool)))),
        ("share", decimals(feeds.iter().map(|feed| feed.share), 19, 18)?),
    ])
}

/// `decisions` (source, option, value, reason).
pub(super) async fn decisions(sources: &[Arc<Connected>]) -> Result<Arc<dyn TableProvider>> {
    let mut rows = Vec::new();
    for source in sources {
        for decision in source.decisions().await? {
            rows.push((&source.name, decision));
        }
    }
    table(vec![
        ("source", texts(rows.iter().map(|(source, _)| Some(source)))),
        ("option", texts(rows.iter().map(|(_, decision)| Some(&decision.option)))),
        ("value", texts(rows.iter().map(|(_, decision)| Some(&decision.value)))),
        ("reason", texts(rows.iter().map(|(_, decision)| Some(&decision.reason)))),
    ])
}

/// One finding of an inspection.
struct Finding {
    source: String,
    table: String,
    check: &'static str,
    severity: &'static str,
    rows: u64,
    column: Option<String>,
    example: Option<String>,
}

/// An example of a value that cannot be read, with the option that reads it if there is one.
fn unreadable(kind: Option<ColumnKind>, findings: &Findings) -> Option<String> {
    let example = findings.example.clone()?;
    let is_number = matches!(kind, Some(ColumnKind::Money | ColumnKind::Number | ColumnKind::Integer));
    let is_date = matches!(kind, Some(ColumnKind::Date | ColumnKind::Timestamp));
    Some(match () {
        () if is_number && example.contains(',') => {
            format!("{example}; if the comma stands before decimals: options = {{ decimal_comma = true }}")
        }
        () if is_date => {
            format!("{example}; if it is a date, say its form: options = {{ date_format = \"%d.%m.%y\" }}")
        }
        () => example,
    })
}

/// `inspections` (source, table_name, check_name, severity, rows, column_name, example): what was found in all raw tables.
pub(super) async fn inspections(sources: &[Arc<Connected>]) -> Result<Arc<dyn TableProvider>> {
    let mut findings = Vec::new();
    for source in sources {
        for raw in source.given_tables() {
            let opened = source.open(raw).await?;
            let inspection = &opened.inspection;
            let overlap = source.overlap(raw).await?;
            let mut add = |check, severity, rows, column: Option<&str>, example: Option<&String>| {
                findings.push(Finding {
                    source: source.name.clone(),
                    table: raw.name.clone(),
                    check,
                    severity,
                    rows,
                    column: column.map(str::to_owned),
                    example: example.cloned(),
                });
            };
            add("rows", "info", inspection.rows, None, None);
            for warning in &opened.warnings {
                let (check, severity) = match warning.importance {
                    Importance::Fault => ("files: totals are wrong with this", "error"),
                    _ => ("files: guessed or left out", "warning"),
                };
                let help = warning.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
                add(check, severity, 1, None, Some(&format!("{}{help}", warning.message)));
            }
            if let Some(overlap) = overlap {
                let severity = if overlap.has_numbers { "error" } else { "warning" };
                add("rows that stand in two files", severity, overlap.rows, None, Some(&overlap.example));
            }
            for column in &inspection.columns {
                let header = Some(column.header.as_str());
                let kind = raw.columns.iter().find(|known| known.name == column.name).map(|known| known.kind);
                let found = |check, severity, findings: &Findings| {
                    (check, severity, findings.count, findings.example.clone())
                };
                let all = [
                    (
                        "unreadable value",
                        "error",
                        column.unreadable.count,
                        unreadable(kind, &column.unreadable),
                    ),
                    ("no value", "error", column.empty, None),
                    found("date in the future", "error", &column.future),
                    found("rounded to 10 decimals", "warning", &column.rounded),
                    ("trimmed or empty text", "info", column.cleaned, None),
                ];
                if !column.passed_over.is_empty() {
                    let others: Vec<_> =
                        column.passed_over.iter().map(|other| format!("`{other}`")).collect();
                    let example = format!(
                        "`{}` is read as {}, and not {}",
                        column.header,
                        column.name,
                        others.join(", ")
                    );
                    // Of two amounts one may be gross; a number beside a name is sure.
                    let severity = if kind == Some(ColumnKind::Money) { "warning" } else { "info" };
                    add("two headers for one column", severity, inspection.rows, header, Some(&example));
                }
                for (check, severity, rows, example) in all.into_iter().filter(|found| found.2 > 0) {
                    add(check, severity, rows, header, example.as_ref());
                }
            }
            let key = raw.natural_key.join(", ");
            let first = inspection.repeated_keys.as_ref().and_then(|keys| keys.first());
            let example = first.map(|key| key.join(", "));
            let alike = inspection.repeated_rows - inspection.differing_rows;
            let differing = inspection.differing_example.as_ref();
            for (check, severity, rows, example) in [
                ("repeated natural key", "error", inspection.differing_rows, differing),
                ("the same row again: it counts once", "info", alike, example.as_ref()),
            ] {
                if rows > 0 {
                    add(check, severity, rows, Some(&key), example);
                }
            }
            for column in &inspection.key_columns_missing {
                add(
                    "natural key not checked: column missing",
                    "warning",
                    inspection.rows,
                    Some(column),
                    None,
                );
            }
        }
    }
    table(vec![
        ("source", texts(findings.iter().map(|finding| Some(&finding.source)))),
        ("table_name", texts(findings.iter().map(|finding| Some(&finding.table)))),
        ("check_name", texts(findings.iter().map(|finding| Some(finding.check)))),
        ("severity", texts(findings.iter().map(|finding| Some(finding.severity)))),
        ("rows", numbers(findings.iter().map(|finding| i64::try_from(finding.rows).unwrap_or(i64::MAX)))),
        ("column_name", texts(findings.iter().map(|finding| finding.column.as_ref()))),
        ("example", texts(findings.iter().map(|finding| finding.example.as_ref()))),
    ])
}
