//! Reads a raw table as its connector says: names, types, trimmed keys, and only rows that can be read.
//!
//! What the inspection found decides the plan: columns without flaws are read as they stand, so that filters reach the
//! files; a table without refused rows has no filter. The rows that are left out are those of [`refused`].

use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    common::{JoinType, ScalarValue},
    datasource::{MemTable, provider_as_source},
    functions_window::expr_fn::row_number,
    logical_expr::{
        Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, SortExpr, cast, ident, lit, when,
    },
};

use super::{
    columns::{Found, Raw, Reader, data_type, is_text},
    connector::{ColumnKind, RawTable},
    inspection::Inspection,
    plans::union_all,
};
use crate::error::{Error, Result};

/// The column with the file of each row.
pub(super) const SOURCE_FILE: &str = "source_file";
/// The column with the line of each row, where lines are read.
pub(super) const SOURCE_LINE: &str = "source_line";
/// The column with the whole row, where lines are read.
pub(super) const RAW_ROW: &str = "raw_row";
/// The place of a row among those of its natural key.
const PLACE: &str = " place";

/// A raw table that was inspected.
pub(super) struct Staging<'a> {
    pub(super) table: &'a RawTable,
    pub(super) found: &'a [Found<'a>],
    pub(super) inspection: &'a Inspection,
    pub(super) reader: Reader<'a>,
    /// Dates after this day, in days since 1970, are mistakes.
    pub(super) latest_day: i32,
}

/// Why a row is left out.
struct Refusal {
    condition: Expr,
    reason: &'static str,
    column: String,
    value: Expr,
}

impl Staging<'_> {
    /// The rows that can be read, with the connector's names and types.
    ///
    /// `first` are the rows of [`Staging::first_of_repeated`], which are few and found once.
    ///
    /// # Errors
    /// A plan that cannot be built.
    pub(super) fn readable(&self, raw: LogicalPlan, first: Option<LogicalPlan>) -> Result<LogicalPlan> {
        let plan = self.cleaned(raw)?;
        let plan = match (&self.inspection.repeated_keys, first) {
            (Some(keys), Some(first)) => {
                let names = self.table.natural_key.clone();
                let plan = plan.build().map_err(cannot)?;
                let others = self.join_keys(plan, &names, keys, JoinType::RightAnti)?;
                others.union(first).map_err(cannot)?
            }
            _ if self.inspection.repeated_rows == 0 => plan,
            _ => self.first_of_each(plan)?,
        };
        plan.build().map_err(cannot)
    }

    /// The first row of each natural key that occurs several times; none if no key does, or too many to name them.
    ///
    /// # Errors
    /// A plan that cannot be built.
    pub(super) fn first_of_repeated(&self, raw: LogicalPlan) -> Result<Option<LogicalPlan>> {
        let Some(keys) = self.inspection.repeated_keys.as_ref().filter(|keys| !keys.is_empty()) else {
            return Ok(None);
        };
        let repeated = self.of_keys(raw, keys)?;
        self.first_of_each(self.cleaned(repeated)?)?.build().map(Some).map_err(cannot)
    }

    fn cleaned(&self, raw: LogicalPlan) -> Result<LogicalPlanBuilder> {
        let plan = LogicalPlanBuilder::from(raw);
        let kept = self.refusals()?.into_iter().map(|refusal| is_not_true(refusal.condition));
        let plan = match kept.reduce(Expr::and) {
            Some(kept) => plan.filter(kept).map_err(cannot)?,
            None => plan,
        };
        plan.project(self.columns()?).map_err(cannot)
    }

    /// The rows of a raw table whose natural key is one of the given. Of the others, nothing but the key is read.
    fn of_keys(&self, raw: LogicalPlan, keys: &[Vec<String>]) -> Result<LogicalPlan> {
        let names: Vec<String> = self.table.natural_key.iter().map(|name| format!("  {name}")).collect();
        let mut columns: Vec<Expr> = raw.schema().columns().into_iter().map(Expr::Column).collect();
        for (key, name) in self.table.natural_key.iter().zip(&names) {
            let found = self.found.iter().find(|found| found.column.name == *key);
            if let Some(Found { column, raw: Some(raw), .. }) = found {
                columns.push(self.reader.value(column, raw)?.alias(name));
            }
        }
        let plan = LogicalPlanBuilder::from(raw).project(columns).and_then(LogicalPlanBuilder::build);
        let rows = self.join_keys(plan.map_err(cannot)?, &names, keys, JoinType::RightSemi)?;
        rows.build().map_err(cannot)
    }

    /// The rows that are left out; none if there are none. They have their lines if the raw table knows them.
    ///
    /// # Errors
    /// A plan that cannot be built.
    pub(super) fn refused(&self, source: &str, raw: LogicalPlan) -> Result<Option<LogicalPlan>> {
        let refusals = self.refusals()?;
        let is_numbered = raw.schema().has_column_with_unqualified_name(SOURCE_LINE);
        if refusals.is_empty() && self.inspection.repeated_rows == 0 {
            return Ok(None);
        }
        let mut parts = Vec::new();
        let kept = refusals.iter().map(|refusal| is_not_true(refusal.condition.clone())).reduce(Expr::and);
        if let Some(kept) = &kept {
            let refused = LogicalPlanBuilder::from(raw.clone())
                .filter(is_not_true(kept.clone()))
                .and_then(|plan| {
                    plan.project(self.described(source, Why::Refusals(&refusals), is_numbered)?)
                })
                .and_then(LogicalPlanBuilder::build)
                .map_err(cannot)?;
            parts.push(refused);
        }
        if self.inspection.repeated_rows > 0 {
            let plan = match &self.inspection.repeated_keys {
                Some(keys) => self.of_keys(raw, keys)?,
                None => raw,
            };
            let plan = LogicalPlanBuilder::from(plan);
            let plan = match kept {
                Some(kept) => plan.filter(kept).map_err(cannot)?,
                None => plan,
            };
            let mut columns = self.columns()?;
            let mut then = vec![SOURCE_FILE];
            if is_numbered {
                columns.extend([ident(SOURCE_LINE), ident(RAW_ROW)]);
                then.push(SOURCE_LINE);
            }
            let plan = plan.project(columns).map_err(cannot)?;
            let plan = self
                .numbered_in_key(plan, &then)?
                .filter(ident(PLACE).gt(lit(1_u64)).and(self.has_whole_key()))
                .and_then(|plan| plan.project(self.described(source, Why::Repeated, is_numbered)?))
                .and_then(LogicalPlanBuilder::build)
                .map_err(cannot)?;
            parts.push(plan);
        }
        union_all(parts).map_err(cannot)
    }

    /// The columns of the staged table, read from the raw one.
    fn columns(&self) -> Result<Vec<Expr>> {
        let mut columns = Vec::with_capacity(self.found.len() + 1);
        for found in self.found {
            let value = match &found.raw {
                None => lit(null(&data_type(found.column.kind))?),
                Some(raw) => self.value(found, raw)?,
            };
            columns.push(value.alias(&found.column.name));
        }
        columns.push(ident(SOURCE_FILE));
        Ok(columns)
    }

    fn value(&self, found: &Found<'_>, raw: &Raw) -> Result<Expr> {
        let column = found.column;
        let is_word = matches!(column.kind, ColumnKind::Key | ColumnKind::Text);
        let is_clean = self.inspection.column(&column.name).is_some_and(|findings| findings.cleaned == 0);
        match is_word && is_text(&raw.data_type) && is_clean {
            true if raw.data_type == DataType::Utf8View => Ok(raw.expr.clone()),
            true => Ok(cast(raw.expr.clone(), DataType::Utf8View)),
            false => self.reader.value(column, raw),
        }
    }

    /// Why rows are left out, for the columns in which the inspection found such rows.
    fn refusals(&self) -> Result<Vec<Refusal>> {
        let mut refusals = Vec::new();
        for found in self.found {
            let (column, Some(raw)) = (found.column, &found.raw) else { continue };
            let Some(findings) =
                self.inspection.column(&column.name).filter(|findings| findings.refused() > 0)
            else {
                continue;
            };
            let value = self.reader.value(column, raw)?;
            let given = self.reader.is_given(raw)?;
            let mut add = |condition, reason| {
                refusals.push(Refusal {
                    condition,
                    reason,
                    column: findings.header.clone(),
                    value: cast(raw.expr.clone(), DataType::Utf8View),
                });
            };
            if findings.unreadable.count > 0 {
                let reason = match column.kind {
                    ColumnKind::Date | ColumnKind::Timestamp => "unreadable date",
                    ColumnKind::Money => "unreadable amount",
                    _ => "unreadable value",
                };
                add(given.clone().and(value.clone().is_null()), reason);
            }
            if findings.empty > 0 {
                add(given.is_not_true(), "no value");
            }
            if findings.future.count > 0 {
                let latest = lit(ScalarValue::Date32(Some(self.latest_day)));
                add(cast(value, DataType::Date32).gt(latest), "date in the future");
            }
        }
        Ok(refusals)
    }

    fn first_of_each(&self, plan: LogicalPlanBuilder) -> Result<LogicalPlanBuilder> {
        let mut names: Vec<Expr> = self.found.iter().map(|found| ident(&found.column.name)).collect();
        names.push(ident(SOURCE_FILE));
        // Rows without a whole key are not the same row.
        self.numbered_in_key(plan, &[SOURCE_FILE])?
            .filter(ident(PLACE).eq(lit(1_u64)).or(self.has_whole_key().is_not_true()))
            .and_then(|plan| plan.project(names))
            .map_err(cannot)
    }

    fn has_whole_key(&self) -> Expr {
        let given = self.table.natural_key.iter().map(|name| ident(name).is_not_null());
        given.reduce(Expr::and).unwrap_or_else(|| lit(true))
    }

    /// Adds the place of each row among those of its natural key; which is first is decided by the values alone.
    fn numbered_in_key(&self, plan: LogicalPlanBuilder, then: &[&str]) -> Result<LogicalPlanBuilder> {
        let values = self.found.iter().map(|found| found.column.name.as_str());
        let order: Vec<SortExpr> =
            values.chain(then.iter().copied()).map(|name| ident(name).sort(true, false)).collect();
        let key = self.table.natural_key.iter().map(ident).collect();
        let place = row_number().partition_by(key).order_by(order).build().map_err(cannot)?;
        plan.window([place.alias(PLACE)]).map_err(cannot)
    }

    /// Keeps or leaves out the rows whose natural key, in columns of these names, is one of the given.
    fn join_keys(
        &self,
        plan: LogicalPlan,
        key_columns: &[String],
        keys: &[Vec<String>],
        join: JoinType,
    ) -> Result<LogicalPlanBuilder> {
        let names: Vec<String> = self.table.natural_key.iter().map(|name| format!(" {name}")).collect();
        let fields: Vec<Field> = names.iter().map(|name| Field::new(name, DataType::Utf8, false)).collect();
        let arrays: Vec<ArrayRef> = (0..names.len())
            .map(|index| {
                Arc::new(StringArray::from_iter_values(keys.iter().map(|key| &key[index]))) as ArrayRef
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)
            .map_err(|error| Error::query("repeated keys cannot be kept").caused_by(error))?;
        let table = MemTable::try_new(schema, vec![vec![batch]]).map_err(cannot)?;
        let types: BTreeMap<&str, DataType> = self
            .found
            .iter()
            .map(|found| (found.column.name.as_str(), data_type(found.column.kind)))
            .collect();
        let typed = self.table.natural_key.iter().zip(&names).map(|(key, name)| {
            cast(ident(name), types.get(key.as_str()).cloned().unwrap_or(DataType::Utf8View)).alias(name)
        });
        let keys = LogicalPlanBuilder::scan(" repeated", provider_as_source(Arc::new(table)), None)
            .and_then(|keys| keys.project(typed.collect::<Vec<_>>()))
            .map_err(cannot)?;
        let left: Vec<_> = names.iter().map(datafusion::common::Column::from_name).collect();
        let right: Vec<_> = key_columns.iter().map(datafusion::common::Column::from_name).collect();
        keys.join(plan, join, (left, right), None).map_err(cannot)
    }

    /// The columns of `quarantine`.
    fn described(
        &self,
        source: &str,
        why: Why<'_>,
        is_numbered: bool,
    ) -> std::result::Result<Vec<Expr>, datafusion::error::DataFusionError> {
        let (reason, column, value) = match why {
            Why::Repeated => (
                lit("repeated natural key"),
                lit(self.table.natural_key.join(", ")),
                lit(ScalarValue::Utf8View(None)),
            ),
            Why::Refusals(refusals) => (
                first_true(refusals, |refusal| lit(refusal.reason))?,
                first_true(refusals, |refusal| lit(refusal.column.clone()))?,
                first_true(refusals, |refusal| refusal.value.clone())?,
            ),
        };
        let is_staged = matches!(why, Why::Repeated);
        // The column that every row must have, else the first of its kind, says what a row is about.
        let read = |wanted: fn(ColumnKind) -> bool| {
            let given = || self.found.iter().filter(|found| found.raw.is_some() && wanted(found.column.kind));
            let found = given().find(|found| found.column.not_empty).or_else(|| given().next());
            match (found, is_staged) {
                (Some(found), true) => Some(ident(&found.column.name)),
                (Some(found), false) => {
                    found.raw.as_ref().and_then(|raw| self.reader.value(found.column, raw).ok())
                }
                (None, _) => None,
            }
        };
        let day = read(|kind| matches!(kind, ColumnKind::Date | ColumnKind::Timestamp));
        let amount = read(|kind| kind == ColumnKind::Money);
        let text = |expr: Expr| cast(expr, DataType::Utf8View);
        Ok(vec![
            text(lit(source)).alias("source"),
            text(lit(self.table.name.clone())).alias("table_name"),
            text(ident(SOURCE_FILE)).alias(SOURCE_FILE),
            match is_numbered {
                true => cast(ident(SOURCE_LINE), DataType::Int64),
                false => lit(ScalarValue::Int64(None)),
            }
            .alias("line"),
            text(reason).alias("reason"),
            text(column).alias("column_name"),
            text(value).alias("value"),
            cast(day.unwrap_or_else(|| lit(ScalarValue::Date32(None))), DataType::Date32).alias("day"),
            match amount {
                Some(amount) => amount,
                None => lit(ScalarValue::try_from(data_type(ColumnKind::Money))?),
            }
            .alias("amount"),
            match is_numbered {
                true => text(ident(RAW_ROW)),
                false => lit(ScalarValue::Utf8View(None)),
            }
            .alias(RAW_ROW),
        ])
    }
}

enum Why<'a> {
    Refusals(&'a [Refusal]),
    Repeated,
}

fn first_true(
    refusals: &[Refusal],
    then: impl Fn(&Refusal) -> Expr,
) -> std::result::Result<Expr, datafusion::error::DataFusionError> {
    let mut refusals = refusals.iter();
    let Some(first) = refusals.next() else { return Ok(lit(ScalarValue::Utf8View(None))) };
    let mut case = when(first.condition.clone(), then(first));
    for refusal in refusals {
        case = case.when(refusal.condition.clone(), then(refusal));
    }
    case.end()
}

fn is_not_true(condition: Expr) -> Expr {
    condition.is_not_true()
}

fn null(data_type: &DataType) -> Result<ScalarValue> {
    ScalarValue::try_from(data_type).map_err(cannot)
}

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("a staged table cannot be planned").caused_by(error)
}

/// The columns of files of which nothing is known, because they have no row: all that the connector knows, as text.
pub(super) fn unknown_schema(table: &RawTable) -> Schema {
    let header =
        |column: &super::connector::RawColumn| column.headers.first().unwrap_or(&column.name).clone();
    let fields = table.columns.iter().map(|column| Field::new(header(column), DataType::Utf8View, true));
    Schema::new(fields.chain([Field::new(SOURCE_FILE, DataType::Utf8View, false)]).collect::<Vec<_>>())
}

/// The columns of a staged table of which there is no file.
pub(super) fn staged_schema(table: &RawTable) -> Schema {
    let mut fields: Vec<Field> =
        table.columns.iter().map(|column| Field::new(&column.name, data_type(column.kind), true)).collect();
    fields.push(Field::new(SOURCE_FILE, DataType::Utf8View, true));
    Schema::new(fields)
}
