//! Sums and means of doubles for GROUP BY.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, UInt64Array},
    buffer::{BooleanBuffer, NullBuffer},
    datatypes::{Float64Type, UInt64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{EmitTo, GroupsAccumulator},
};

use super::{
    column::valid_rows,
    double::{DoubleSum, Statistic},
};

/// A sum and a number of rows per group; none is NULL.
#[derive(Debug)]
pub(super) struct DoubleGroupsAccumulator {
    statistic: Statistic,
    sums: Vec<DoubleSum>,
    rows: Vec<u64>,
}

impl DoubleGroupsAccumulator {
    pub(super) fn new(statistic: Statistic) -> Self {
        Self { statistic, sums: Vec::new(), rows: Vec::new() }
    }

    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, DoubleSum::default());
        self.rows.resize(groups, 0);
    }

    fn take(&mut self, emit_to: EmitTo) -> (Vec<DoubleSum>, Vec<u64>, NullBuffer) {
        let sums = emit_to.take_needed(&mut self.sums);
        let rows = emit_to.take_needed(&mut self.rows);
        let present = BooleanBuffer::collect_bool(rows.len(), |group| rows[group] > 0);
        (sums, rows, NullBuffer::new(present))
    }
}

impl GroupsAccumulator for DoubleGroupsAccumulator {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.resize(total_num_groups);
        for array in values {
            let values = array.as_primitive::<Float64Type>().values();
            let mut add = |group: usize, value: f64| {
                self.sums[group].add(value);
                self.rows[group] += 1;
            };
            match valid_rows(array, opt_filter) {
                None => group_indices.iter().zip(values).for_each(|(group, value)| add(*group, *value)),
                Some(valid) => valid.set_indices().for_each(|row| add(group_indices[row], values[row])),
            }
        }
        Ok(())
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.resize(total_num_groups);
        let [sums, lost, rows] = values else { return Ok(()) };
        let (sums, lost) = (sums.as_primitive::<Float64Type>(), lost.as_primitive::<Float64Type>());
        let rows = rows.as_primitive::<UInt64Type>();
        for (row, group) in group_indices.iter().enumerate() {
            if rows.value(row) > 0 {
                self.sums[*group].add(sums.value(row));
                self.sums[*group].lost += lost.value(row);
                self.rows[*group] += rows.value(row);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let (sums, rows, nulls) = self.take(emit_to);
        let values = sums.iter().zip(&rows).map(|(sum, rows)| self.statistic.of(sum.value(), *rows));
        Ok(Arc::new(Float64Array::new(values.collect(), Some(nulls))))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let (sums, rows, nulls) = self.take(emit_to);
        let lost = sums.iter().map(DoubleSum::lost).collect();
        let sums = sums.iter().map(|sum| sum.sum).collect();
        Ok(vec![
            Arc::new(Float64Array::new(sums, Some(nulls))),
            Arc::new(Float64Array::new(lost, None)),
            Arc::new(UInt64Array::from(rows)),
        ])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let Some(array) = values.first() else { return Ok(Vec::new()) };
        let valid = valid_rows(array, opt_filter);
        let rows = match &valid {
            None => vec![1; array.len()],
            Some(valid) => valid.iter().map(u64::from).collect(),
        };
        let sums = array.as_primitive::<Float64Type>().values().clone();
        Ok(vec![
            Arc::new(Float64Array::new(sums, valid.map(NullBuffer::new))),
            Arc::new(Float64Array::from(vec![0.0; array.len()])),
            Arc::new(UInt64Array::from(rows)),
        ])
    }

    fn size(&self) -> usize {
        size_of_val(self)
            + self.sums.capacity() * size_of::<DoubleSum>()
            + self.rows.capacity() * size_of::<u64>()
    }
}
