//! Compares the rows of a query with those of the plain road, cell by cell.
//!
//! Rows are counted by a digest of their cells, so that memory does not grow with their width; the first of them are also
//! kept, to be shown. Rows that are ordered must come in the same order. DOUBLE is compared in twelve digits: sums of
//! doubles depend on the order of their parts.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, RecordBatch},
        compute::cast,
        datatypes::DataType,
        util::display::{ArrayFormatter, FormatOptions},
    },
    common::tree_node::TreeNodeRecursion,
    error::DataFusionError,
    execution::context::SessionState,
    logical_expr::{DdlStatement, LogicalPlan},
};

use super::{diagnose::Diagnosis, plain_road::PlainTables, rows::Rows};
use crate::error::{Error, Result};

/// Rows of each side that a message shows.
const ROWS_SHOWN: usize = 3;

/// Rows that are kept as text, to be shown should they be nowhere on the plain road.
const ROWS_KEPT: usize = 100_000;

/// The query to be run again, and a tally of the rows it has given.
pub(super) struct Verification {
    plan: LogicalPlan,
    state: SessionState,
    tables: Arc<PlainTables>,
    diagnosis: Diagnosis,
    tally: Tally,
}

/// Whether a plan gives rows, of which two roads must give the same.
pub(super) fn is_query(plan: &LogicalPlan) -> bool {
    !matches!(
        plan,
        LogicalPlan::Ddl(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::DescribeTable(_)
    )
}

/// The query whose rows a statement writes.
pub(super) fn source_of(plan: &LogicalPlan) -> Option<LogicalPlan> {
    match plan {
        LogicalPlan::Copy(copy) => Some(copy.input.as_ref().clone()),
        LogicalPlan::Dml(dml) => Some(dml.input.as_ref().clone()),
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) => Some(table.input.as_ref().clone()),
        _ => None,
    }
}

impl Verification {
    pub(super) fn new(
        plan: LogicalPlan,
        state: SessionState,
        tables: Arc<PlainTables>,
        diagnosis: Diagnosis,
    ) -> Self {
        Self { plan, state, tables, diagnosis, tally: Tally::default() }
    }

    /// The session of both roads.
    pub(super) fn state(&self) -> SessionState {
        self.state.clone()
    }

    /// Counts rows of the result.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.tally.add(batch).map_err(|error| self.diagnosis.explain(error))
    }

    /// The rows of the plain road.
    pub(super) async fn plain_rows(&self) -> Result<Rows> {
        self.tables.rows(self.plan.clone(), &self.state, &self.diagnosis).await
    }

    /// Runs the query on the plain road and compares.
    ///
    /// # Errors
    /// Rows that differ; whatever goes wrong on the plain road.
    pub(super) async fn finish(mut self) -> Result<()> {
        let on_plain_road =
            |error: Error| error.note("it happened when the result was computed again, to be verified");
        let mut rows = self.plain_rows().await.map_err(on_plain_road)?;
        let mut comparison = Comparison::new(std::mem::take(&mut self.tally));
        while let Some(batch) = Box::pin(rows.next()).await.map_err(on_plain_road)? {
            comparison.add(&batch).map_err(|error| self.diagnosis.explain(error))?;
        }
        match comparison.difference(is_ordered(&self.plan)) {
            None => Ok(()),
            Some(error) if leaves_rows_to_chance(&self.plan) => Err(error.hint(
                "the statement has a LIMIT without ORDER BY, which keeps rows by chance: order them, and verify again",
            )),
            Some(error) => Err(error.hint(
                "do not use this result, and please report the statement: one of the two roads is wrong; window functions \
                 over rows that are equal in their ORDER BY may also differ by chance",
            )),
        }
    }
}

/// Whether the order of the rows is decided; ties were decided before.
fn is_ordered(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(sort) => sort.expr.len() >= sort.input.schema().fields().len(),
        LogicalPlan::Limit(limit) => is_ordered(&limit.input),
        LogicalPlan::SubqueryAlias(alias) => is_ordered(&alias.input),
        _ => false,
    }
}

fn leaves_rows_to_chance(plan: &LogicalPlan) -> bool {
    fn sorts(plan: &LogicalPlan) -> bool {
        match plan {
            LogicalPlan::Sort(_) => true,
            LogicalPlan::Projection(projection) => sorts(&projection.input),
            LogicalPlan::SubqueryAlias(alias) => sorts(&alias.input),
            _ => false,
        }
    }
    let mut found = false;
    let _ = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Limit(limit) if !sorts(&limit.input));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found
}

type Digest = [u8; 16];

/// How often each row came, and the digest of all rows in their order.
#[derive(Default)]
struct Tally {
    counts: HashMap<Digest, i64>,
    sequence: blake3::Hasher,
    rows: usize,
    /// The first rows.
    kept: Vec<(Digest, String)>,
}

impl Tally {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), DataFusionError> {
        for_each_row(batch, |digest, row| {
            *self.counts.entry(digest).or_default() += 1;
            self.sequence.update(&digest);
            self.rows += 1;
            if self.kept.len() < ROWS_KEPT {
                self.kept.push((digest, row.to_owned()));
            }
        })
    }
}

/// What is left of a tally when the rows of the plain road are taken from it.
struct Comparison {
    tally: Tally,
    sequence: blake3::Hasher,
    rows: usize,
    /// The first rows that the tally does not have, and how many there are.
    plain_only: Vec<String>,
    plain_only_count: usize,
}

impl Comparison {
    fn new(tally: Tally) -> Self {
        let (sequence, rows) = (blake3::Hasher::new(), 0);
        Self { tally, sequence, rows, plain_only: Vec::new(), plain_only_count: 0 }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), DataFusionError> {
        for_each_row(batch, |digest, row| {
            self.sequence.update(&digest);
            self.rows += 1;
            match self.tally.counts.get_mut(&digest) {
                Some(count) if *count > 0 => *count -= 1,
                _ => {
                    self.plain_only_count += 1;
                    if self.plain_only.len() < ROWS_SHOWN {
                        self.plain_only.push(row.to_owned());
                    }
                }
            }
        })
    }

    fn difference(self, is_ordered: bool) -> Option<Error> {
        let result_only_count: i64 = self.tally.counts.values().sum();
        let error = Error::query("the result is another one when it is computed on the plain road");
        if result_only_count == 0 && self.plain_only_count == 0 {
            let same_order = self.sequence.finalize() == self.tally.sequence.finalize();
            return (is_ordered && !same_order)
                .then(|| error.note("the rows are the same and come in another order"));
        }
        let mut left = self.tally.counts;
        let result_only: Vec<String> = self
            .tally
            .kept
            .into_iter()
            .filter_map(|(digest, row)| {
                let count = left.get_mut(&digest).filter(|count| **count > 0)?;
                *count -= 1;
                Some(row)
            })
            .take(ROWS_SHOWN)
            .collect();
        let error =
            error.note(format!("{} rows in the result, {} on the plain road", self.tally.rows, self.rows));
        let side = |error: Error, count: usize, place: &str, rows: &[String]| match count {
            0 => error,
            _ => error.note(format!("{count} only {place}, such as {}", rows.join(", "))),
        };
        let error =
            side(error, usize::try_from(result_only_count).unwrap_or(0), "in the result", &result_only);
        Some(side(error, self.plain_only_count, "on the plain road", &self.plain_only))
    }
}

/// Calls with the digest and the text of each row.
fn for_each_row(batch: &RecordBatch, mut act: impl FnMut(Digest, &str)) -> Result<(), DataFusionError> {
    let options = FormatOptions::new().with_null("NULL");
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        // Half precision has no spelling of its own.
        DataType::Float16 => Ok(cast(column, &DataType::Float64)?),
        _ => Ok(Arc::clone(column)),
    });
    let columns = columns.collect::<Result<Vec<_>, DataFusionError>>()?;
    let formatters = columns.iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
    let formatters = formatters.collect::<Result<Vec<_>, _>>()?;
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        text.clear();
        text.push('(');
        for (position, (column, formatter)) in columns.iter().zip(&formatters).enumerate() {
            if position > 0 {
                text.push_str(", ");
            }
            let is_text =
                matches!(column.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            let written = match column.data_type() {
                _ if column.is_null(row) => write!(text, "NULL"),
                data_type if data_type.is_floating() => {
                    let number = formatter.value(row).to_string();
                    write!(text, "{}", twelve_digits(&number))
                }
                _ if is_text => write!(text, "{:?}", formatter.value(row).to_string()),
                _ => write!(text, "{}", formatter.value(row)),
            };
            written.map_err(|_| DataFusionError::Execution("a value cannot be written".to_owned()))?;
        }
        text.push(')');
        let mut digest = Digest::default();
        digest.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
        act(digest, &text);
    }
    Ok(())
}

/// A number as it is told apart from others: in twelve digits, and without the sign of zero.
fn twelve_digits(number: &str) -> String {
    match number.parse::<f64>() {
        // The other zero is matched too.
        Ok(0.0) => "0".to_owned(),
        Ok(number) if number.is_finite() => format!("{number:.11e}"),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{Float64Array, Int64Array};

    use super::*;

    fn batch(ids: &[i64], amounts: &[f64]) -> RecordBatch {
        let ids: Arc<dyn Array> = Arc::new(Int64Array::from(ids.to_vec()));
        let amounts: Arc<dyn Array> = Arc::new(Float64Array::from(amounts.to_vec()));
        RecordBatch::try_from_iter([("id", ids), ("amount", amounts)]).expect("columns of one length")
    }

    fn difference(result: &[RecordBatch], plain: &[RecordBatch], is_ordered: bool) -> Option<String> {
        let mut tally = Tally::default();
        result.iter().for_each(|batch| tally.add(batch).expect("adds"));
        let mut comparison = Comparison::new(tally);
        plain.iter().for_each(|batch| comparison.add(batch).expect("adds"));
        comparison.difference(is_ordered).map(|error| error.notes().join("; "))
    }

    #[test]
    fn the_same_rows_in_other_batches_do_not_differ() {
        let result = [batch(&[1, 2], &[0.5, -0.0]), batch(&[2], &[0.1 + 0.2])];
        let plain = [batch(&[1], &[0.5]), batch(&[2, 2], &[0.0, 0.3])];
        assert_eq!(difference(&result, &plain, true), None);
    }

    #[test]
    fn another_order_matters_only_where_rows_are_ordered() {
        let (result, plain) = ([batch(&[1, 2], &[1.0, 1.0])], [batch(&[2, 1], &[1.0, 1.0])]);
        assert_eq!(difference(&result, &plain, false), None);
        assert_eq!(
            difference(&result, &plain, true).as_deref(),
            Some("the rows are the same and come in another order")
        );
    }

    #[test]
    fn rows_of_both_sides_are_shown_as_often_as_they_are_too_many() {
        let (result, plain) = ([batch(&[1, 1, 2], &[1.0, 1.0, 3.0])], [batch(&[1, 2], &[1.0, 4.0])]);
        let found = difference(&result, &plain, false).expect("a difference");
        assert!(found.contains("3 rows in the result, 2 on the plain road"), "{found}");
        assert!(found.contains("2 only in the result, such as (1, "), "{found}");
        assert!(found.contains("1 only on the plain road, such as (2, 4.0"), "{found}");
    }
}
