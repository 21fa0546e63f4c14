//! Looks at all rows of a raw table once: what cannot be read, what is missing, what is there twice.
//!
//! One pass over the files, and a second one for the natural key. What is found decides how `staging` reads the table: a
//! column without flaws is read as it stands, so that filters reach the files.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, AsArray, RecordBatch},
        compute::cast as cast_array,
        datatypes::{DataType, Int64Type},
    },
    common::ScalarValue,
    functions_aggregate::expr_fn::{count, max, min, sum},
    logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, ident, lit, not},
};
use marginql_udfs::MONEY_SCALE_MAX;
use serde::{Deserialize, Serialize};

use super::{
    columns::{Found, Raw, Reader, data_type, is_text},
    connector::{ColumnKind, RawTable},
};
use crate::{
    engine::Planner,
    error::{Error, Result},
    query::Text,
};

/// Natural keys that occur several times are kept up to this many; beyond, the whole table is searched each time.
const REPEATED_KEYS_MAX: usize = 50_000;

/// What was found in a raw table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Rows of the table.
    pub rows: u64,
    /// What was found in each column of the connector that the file has.
    pub columns: Vec<ColumnFindings>,
    /// Rows beyond the first of their natural key.
    pub repeated_rows: u64,
    /// The natural keys that occur several times, each value as text; none if there are too many.
    pub repeated_keys: Option<Vec<Vec<String>>>,
    /// Of the repeated rows, those whose natural key has rows that are not the same.
    pub differing_rows: u64,
    /// The first part of one such key.
    pub differing_example: Option<String>,
    /// Columns of the natural key that the file does not have, so that it could not be looked at.
    pub key_columns_missing: Vec<String>,
}

/// What was found in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFindings {
    /// The column of the connector.
    pub name: String,
    /// The header of the file.
    pub header: String,
    /// Values that had to be trimmed, or that stand for nothing.
    pub cleaned: u64,
    /// Values that cannot be read as what they should be, and the first of them in order.
    pub unreadable: Findings,
    /// Rows without a value that must have one.
    pub empty: u64,
    /// Dates far in the future, and the last of them.
    pub future: Findings,
    /// Dates that can be read in two ways, and the first of them.
    pub ambiguous: Findings,
    /// Amounts with more decimals than amounts usually have; the column keeps them.
    pub finer: u64,
    /// Values with more decimals than are kept.
    pub rounded: Findings,
    /// Other headers of the files that could be the column.
    pub passed_over: Vec<String>,
}

/// How many values, and an example.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// How many.
    pub count: u64,
    /// One of them.
    pub example: Option<String>,
}

impl Inspection {
    /// What was found in a column; nothing if the file does not have it.
    pub(super) fn column(&self, name: &str) -> Option<&ColumnFindings> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Refuses dates that can be read in two ways.
    ///
    /// # Errors
    /// A column that has such dates.
    pub(super) fn refuse_ambiguous(&self, table: &RawTable, source: &str) -> Result<()> {
        let Some(column) = self.columns.iter().find(|column| column.ambiguous.count > 0) else {
            return Ok(());
        };
        let example = column.ambiguous.example.clone().unwrap_or_default();
        Err(Error::data(format!(
            "`{example}` in column `{}` of `{source}.{}` can be read in two ways: day first or month first",
            column.header, table.name
        ))
        .note(format!("{} values of the column can be read in two ways", column.ambiguous.count))
        .hint(format!(
            "say which it is: `options = {{ date_order = \"day_first\" }}` or `\"month_first\"` in `[sources.{source}]`"
        )))
    }
}

impl ColumnFindings {
    /// Rows that cannot be used because of this column.
    pub(super) fn refused(&self) -> u64 {
        self.unreadable.count + self.empty + self.future.count
    }
}

/// What to look at.
pub(super) struct Subject<'a> {
    pub(super) planner: &'a Planner,
    pub(super) table: &'a RawTable,
    pub(super) found: &'a [Found<'a>],
    pub(super) raw: LogicalPlan,
    pub(super) reader: Reader<'a>,
    /// Dates after this day, in days since 1970, are mistakes.
    pub(super) latest_day: i32,
}

impl Subject<'_> {
    /// Looks at all rows.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(super) async fn inspect(&self) -> Result<Inspection> {
        let mut inspection = self.columns().await?;
        let missing = self.table.natural_key.iter().filter(|key| self.found_raw(key).is_none());
        inspection.key_columns_missing = missing.cloned().collect();
        if !self.table.natural_key.is_empty() && inspection.key_columns_missing.is_empty() {
            self.keys(&mut inspection).await?;
        }
        Ok(inspection)
    }

    fn found_raw(&self, name: &str) -> Option<&Found<'_>> {
        self.found.iter().find(|found| found.column.name == name && found.raw.is_some())
    }

    async fn columns(&self) -> Result<Inspection> {
        let mut questions = Questions::default();
        questions.ask_all(count(lit(1)));
        let mut asked = Vec::new();
        for found in self.found {
            let Some(raw) = found.raw.as_ref().map(Raw::with_all_decimals) else { continue };
            let (column, raw) = (found.column, &raw);
            let value = self.reader.value(column, raw)?;
            let given = self.reader.is_given(raw)?;
            let shown = cast(raw.expr.clone(), DataType::Utf8);
            let is_word = matches!(column.kind, ColumnKind::Key | ColumnKind::Text);
            let none = || lit(false);
            let cleaned = match is_word && is_text(&raw.data_type) {
                true => raw.expr.clone().is_not_null().and(is_distinct(value.clone(), raw.expr.clone())),
                false => none(),
            };
            let exact = value == raw.expr || (is_word && is_text(&raw.data_type));
            let unreadable = match exact {
                true => none(),
                false => given.clone().and(value.clone().is_null()),
            };
            let empty = match column.not_empty {
                true => not(given),
                false => none(),
            };
            let future = match column.not_future {
                true => {
                    cast(value.clone(), DataType::Date32).gt(lit(ScalarValue::Date32(Some(self.latest_day))))
                }
                false => none(),
            };
            let ambiguous = self.reader.is_ambiguous(column, raw)?.unwrap_or_else(none);
            let finer = match raw.staged_type(column.kind) {
                fine if fine != data_type(column.kind) => {
                    value.clone().not_eq(cast(value.clone(), data_type(column.kind)))
                }
                _ => none(),
            };
            let rounded = match &raw.data_type {
                DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale)
                    if column.kind == ColumnKind::Money && *scale > MONEY_SCALE_MAX =>
                {
                    value.clone().not_eq(raw.expr.clone())
                }
                _ => none(),
            };
            questions.count(cleaned)?;
            questions.count_and_show(unreadable, min(shown.clone()))?;
            questions.count(empty)?;
            questions.count_and_show(future, max(shown.clone()))?;
            questions.count_and_show(ambiguous, min(shown.clone()))?;
            questions.count(finer)?;
            questions.count_and_show(rounded, min(shown))?;
            asked.push((column.name.clone(), raw.header.clone(), found.passed_over.clone()));
        }
        let answers = self.ask(questions).await?;
        let mut answers = answers.into_iter();
        let rows = number(answers.next());
        let columns = asked
            .into_iter()
            .map(|(name, header, passed_over)| ColumnFindings {
                name,
                header,
                cleaned: number(answers.next()),
                unreadable: findings(&mut answers),
                empty: number(answers.next()),
                future: findings(&mut answers),
                ambiguous: findings(&mut answers),
                finer: number(answers.next()),
                rounded: findings(&mut answers),
                passed_over,
            })
            .collect();
        Ok(Inspection { rows, columns, ..Inspection::default() })
    }

    async fn ask(&self, questions: Questions) -> Result<Vec<Option<String>>> {
        // What nobody can answer with yes costs nothing: constant conditions are folded away.
        let plan = LogicalPlanBuilder::from(self.raw.clone())
            .aggregate(Vec::<Expr>::new(), questions.aggregates)
            .and_then(LogicalPlanBuilder::build)
            .map_err(cannot)?;
        let batches = self.planner.collect(&plan, &self.text()).await?;
        let Some(row) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok(Vec::new()) };
        row.columns().iter().map(|column| text_at(column, 0)).collect()
    }

    async fn keys(&self, inspection: &mut Inspection) -> Result<()> {
        let mut keys = Vec::new();
        for name in &self.table.natural_key {
            let Some(Found { column, raw: Some(raw), .. }) = self.found_raw(name) else { return Ok(()) };
            keys.push(self.reader.value(column, raw)?.alias(name));
        }
        let whole = self.table.natural_key.iter().map(|name| ident(name).is_not_null()).reduce(Expr::and);
        let repeated = LogicalPlanBuilder::from(self.raw.clone())
            .project(keys)
            .and_then(|plan| plan.filter(whole.unwrap_or_else(|| lit(true))))
            .and_then(|plan| {
                plan.aggregate(
                    self.table.natural_key.iter().map(ident).collect::<Vec<_>>(),
                    [count(lit(1)).alias(" rows")],
                )
            })
            .and_then(|plan| plan.filter(ident(" rows").gt(lit(1_i64))))
            .and_then(LogicalPlanBuilder::build)
            .map_err(cannot)?;
        let mut rows = self.planner.rows(&repeated, &self.text()).await?;
        let mut repeated_keys = Vec::new();
        while let Some(batch) = rows.next().await? {
            let counts = batch.column(batch.num_columns() - 1).as_primitive::<Int64Type>();
            for row in 0..batch.num_rows() {
                inspection.repeated_rows += u64::try_from(counts.value(row)).unwrap_or_default() - 1;
                if repeated_keys.len() <= REPEATED_KEYS_MAX {
                    repeated_keys.push(key_at(&batch, row)?);
                }
            }
        }
        repeated_keys.sort();
        inspection.repeated_keys = (repeated_keys.len() <= REPEATED_KEYS_MAX).then_some(repeated_keys);
        if inspection.repeated_rows > 0 {
            (inspection.differing_rows, inspection.differing_example) = self.differing_rows().await?;
        }
        Ok(())
    }

    /// How many rows too many there are with a natural key of which not all rows are the same.
    async fn differing_rows(&self) -> Result<(u64, Option<String>)> {
        let values = self.values()?;
        let names: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
        let key: Vec<Expr> = self.table.natural_key.iter().map(ident).collect();
        let whole = key.iter().map(|key| key.clone().is_not_null()).reduce(Expr::and);
        let plan = LogicalPlanBuilder::from(self.raw.clone())
            .project(values.into_iter().map(|(name, value)| value.alias(name)))
            .and_then(|plan| plan.filter(whole.unwrap_or_else(|| lit(true))))
            .and_then(|plan| plan.aggregate(names.iter().map(ident), [count(lit(1)).alias(" rows")]))
            .and_then(|plan| {
                plan.aggregate(key, [count(lit(1)).alias(" kinds"), sum(ident(" rows")).alias(" all")])
            })
            .and_then(|plan| plan.filter(ident(" kinds").gt(lit(1_i64))))
            .and_then(|plan| {
                let first = cast(ident(&self.table.natural_key[0]), DataType::Utf8);
                let answers =
                    [sum(ident(" all") - lit(1_i64)).alias(" differing"), min(first).alias(" first")];
                plan.aggregate(Vec::<Expr>::new(), answers)
            })
            .and_then(LogicalPlanBuilder::build)
            .map_err(cannot)?;
        let batches = self.planner.collect(&plan, &self.text()).await?;
        let Some(answer) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok((0, None)) };
        Ok((number(Some(text_at(answer.column(0), 0)?)), text_at(answer.column(1), 0)?))
    }

    /// The columns that the files have, by their names and as they are read.
    pub(super) fn values(&self) -> Result<Vec<(String, Expr)>> {
        let read = |found: &Found<'_>| {
            let raw = found.raw.as_ref()?;
            Some(self.reader.value(found.column, raw).map(|value| (found.column.name.clone(), value)))
        };
        self.found.iter().filter_map(read).collect()
    }

    pub(super) fn text(&self) -> Text {
        Text::new(self.table.name.as_str(), "")
    }
}

/// Aggregates to compute in one pass, in the order of their answers.
#[derive(Default)]
struct Questions {
    aggregates: Vec<Expr>,
}

impl Questions {
    fn ask_all(&mut self, aggregate: Expr) {
        let name = format!("{}", self.aggregates.len());
        self.aggregates.push(aggregate.alias(name));
    }

    fn count(&mut self, condition: Expr) -> Result<()> {
        self.ask_all(count(lit(1)).filter(condition).build().map_err(cannot)?);
        Ok(())
    }

    fn count_and_show(&mut self, condition: Expr, example: Expr) -> Result<()> {
        self.count(condition.clone())?;
        self.ask_all(example.filter(condition).build().map_err(cannot)?);
        Ok(())
    }
}

fn is_distinct(left: Expr, right: Expr) -> Expr {
    use datafusion::logical_expr::{Operator, binary_expr};
    binary_expr(left, Operator::IsDistinctFrom, right)
}

fn findings(answers: &mut impl Iterator<Item = Option<String>>) -> Findings {
    let count = number(answers.next());
    Findings { count, example: answers.next().flatten() }
}

fn number(answer: Option<Option<String>>) -> u64 {
    answer.flatten().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn key_at(batch: &RecordBatch, row: usize) -> Result<Vec<String>> {
    let keys = &batch.columns()[..batch.num_columns() - 1];
    keys.iter().map(|column| Ok(text_at(column, row)?.unwrap_or_default())).collect()
}

/// A value as text; none if it is NULL.
pub(super) fn text_at(column: &Arc<dyn Array>, row: usize) -> Result<Option<String>> {
    let text = cast_array(&column.slice(row, 1), &DataType::Utf8)
        .map_err(|error| Error::query("a value cannot be shown").caused_by(error))?;
    let text = text.as_string::<i32>();
    Ok(text.is_valid(0).then(|| text.value(0).to_owned()))
}

fn cannot(error: datafusion::error::DataFusionError) -> Error {
    Error::query("a raw table cannot be inspected").caused_by(error)
}
