//! The accumulator of an exact aggregate: one group, windows, and sliding frames.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{Int64Type, UInt64Type},
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::Accumulator};

use super::{
    column::{Column, rows_with_any_value},
    exact::ExactAggregate,
    total::{ArgumentSum, Total},
};

/// Exact sums of all arguments over one group or frame.
#[derive(Debug)]
pub(super) struct ExactAccumulator {
    aggregate: Arc<ExactAggregate>,
    sums: Vec<ArgumentSum>,
    /// Rows in which some argument has a value; none of them is NULL, not zero.
    rows: u64,
    totals: Vec<Total>,
}

impl ExactAccumulator {
    pub(super) fn new(aggregate: Arc<ExactAggregate>) -> Self {
        let sums = aggregate.arguments.iter().map(ArgumentSum::new).collect();
        let totals = Vec::with_capacity(aggregate.arguments.len());
        Self { aggregate, sums, rows: 0, totals }
    }

    fn columns<'a>(&self, values: &'a [ArrayRef]) -> Result<Vec<Column<'a>>> {
        values.iter().map(|array| Column::new(array, None, self.aggregate.function)).collect()
    }
}

fn count_rows(columns: &[Column<'_>], rows: usize) -> u64 {
    rows_with_any_value(columns).map_or(rows, |any| any.count_set_bits()) as u64
}

impl Accumulator for ExactAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let columns = self.columns(values)?;
        for (sum, column) in self.sums.iter_mut().zip(&columns) {
            sum.add_column(column);
        }
        self.rows += count_rows(&columns, values.first().map_or(0, |array| array.len()));
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let columns = self.columns(values)?;
        for (sum, column) in self.sums.iter_mut().zip(&columns) {
            sum.subtract_column(column);
        }
        self.rows -= count_rows(&columns, values.first().map_or(0, |array| array.len()));
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let aggregate = Arc::clone(&self.aggregate);
        let mut states = states.iter();
        let mut columns = Vec::with_capacity(self.sums.len());
        let mut rows = 0;
        for (sum, argument) in self.sums.iter_mut().zip(&aggregate.arguments) {
            let Some(state) = states.next() else { break };
            rows = state.len();
            let column = Column::new(state, None, aggregate.function)?;
            sum.add_column(&column);
            columns.push(column);
            if argument.carries
                && let Some(carries) = states.next()
            {
                sum.add_carries(carries.as_primitive::<Int64Type>().values());
            }
        }
        self.rows += match states.next() {
            Some(counts) => counts.as_primitive::<UInt64Type>().values().iter().sum(),
            None => count_rows(&columns, rows),
        };
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut state = Vec::new();
        for (sum, argument) in self.sums.iter().zip(&self.aggregate.arguments) {
            let (units, carry) = sum.state(self.rows > 0, argument.scale);
            state.push(units);
            if argument.carries {
                state.push(ScalarValue::Int64(Some(carry)));
            } else if carry != 0 {
                return Err(self.aggregate.overflow());
            }
        }
        if self.aggregate.counted {
            state.push(ScalarValue::UInt64(Some(self.rows)));
        }
        Ok(state)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.rows == 0 {
            return Ok(self.aggregate.scalar(None));
        }
        self.totals.clear();
        self.totals.extend(self.sums.iter().map(ArgumentSum::total));
        self.aggregate.value(&self.totals, self.rows)
    }

    fn size(&self) -> usize {
        size_of_val(self)
            + self.sums.capacity() * size_of::<ArgumentSum>()
            + self.totals.capacity() * size_of::<Total>()
    }
}
