//! Sums and means of doubles, for statistics. Money is never a double; see `exact`.
//!
//! `double_distinct` has DISTINCT, `double_groups` GROUP BY. Each sum carries what the additions lost, so that the order of the rows does not show in practice.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Field, FieldRef, Float64Type, UInt64Type},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{Accumulator, GroupsAccumulator, function::StateFieldsArgs, utils::format_state_name},
};

use super::{
    column::valid_rows, double_distinct::DistinctDoubleAccumulator, double_groups::DoubleGroupsAccumulator,
};

/// What is made of a sum of doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    Sum,
    Mean,
}

impl Statistic {
    pub(super) fn of(self, sum: f64, rows: u64) -> f64 {
        match self {
            Self::Sum => sum,
            Self::Mean => sum / rows as f64,
        }
    }
}

/// The columns of the partial state.
pub(super) fn state_fields(args: &StateFieldsArgs<'_>) -> Vec<FieldRef> {
    let name = |column| format_state_name(args.name, column);
    if args.is_distinct {
        let item = Field::new_list_field(DataType::Float64, true);
        return vec![Arc::new(Field::new_list(name("distinct values"), item, true))];
    }
    vec![
        Arc::new(Field::new(name("sum"), DataType::Float64, true)),
        Arc::new(Field::new(name("lost"), DataType::Float64, true)),
        Arc::new(Field::new(name("rows"), DataType::UInt64, true)),
    ]
}

/// The accumulator for one group, windows and sliding frames.
pub(super) fn accumulator(statistic: Statistic, distinct: bool) -> Box<dyn Accumulator> {
    let all = DoubleAccumulator { statistic, ..DoubleAccumulator::default() };
    if distinct { Box::new(DistinctDoubleAccumulator::new(all)) } else { Box::new(all) }
}

/// The groups accumulator.
pub(super) fn groups_accumulator(statistic: Statistic) -> Box<dyn GroupsAccumulator> {
    Box::new(DoubleGroupsAccumulator::new(statistic))
}

/// A sum, and what its roundings have lost (Neumaier's summation).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DoubleSum {
    pub(super) sum: f64,
    pub(super) lost: f64,
}

impl DoubleSum {
    #[inline(always)]
    pub(super) fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let value_part = sum - self.sum;
        self.lost += (self.sum - (sum - value_part)) + (value - value_part);
        self.sum = sum;
    }

    /// Infinities and NaN are in the sum; what was lost is meaningless then.
    pub(super) fn value(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }

    pub(super) fn lost(&self) -> f64 {
        if self.sum.is_finite() { self.lost } else { 0.0 }
    }
}

/// One group or frame. Values that are not finite are counted apart, so that they can leave a frame again.
#[derive(Debug)]
pub(super) struct DoubleAccumulator {
    statistic: Statistic,
    finite: DoubleSum,
    pub(super) rows: u64,
    not_a_number: u64,
    infinite: u64,
    minus_infinite: u64,
}

impl Default for DoubleAccumulator {
    fn default() -> Self {
        Self {
            statistic: Statistic::Sum,
            finite: DoubleSum::default(),
            rows: 0,
            not_a_number: 0,
            infinite: 0,
            minus_infinite: 0,
        }
    }
}

impl DoubleAccumulator {
    fn special(&mut self, value: f64) -> &mut u64 {
        if value.is_nan() {
            &mut self.not_a_number
        } else if value > 0.0 {
            &mut self.infinite
        } else {
            &mut self.minus_infinite
        }
    }

    #[inline]
    pub(super) fn add(&mut self, value: f64) {
        if value.is_finite() { self.finite.add(value) } else { *self.special(value) += 1 }
    }

    #[inline]
    pub(super) fn subtract(&mut self, value: f64) {
        if value.is_finite() { self.finite.add(-value) } else { *self.special(value) -= 1 }
    }

    fn sum(&self) -> f64 {
        match (self.not_a_number > 0, self.infinite > 0, self.minus_infinite > 0) {
            (true, _, _) | (_, true, true) => f64::NAN,
            (_, true, _) => f64::INFINITY,
            (_, _, true) => f64::NEG_INFINITY,
            _ => self.finite.value(),
        }
    }
}

/// Calls with every value that is not NULL, and returns how many there are.
pub(super) fn for_each_value(array: &ArrayRef, mut visit: impl FnMut(f64)) -> u64 {
    let values = array.as_primitive::<Float64Type>().values();
    match valid_rows(array, None) {
        None => values.iter().for_each(|value| visit(*value)),
        Some(valid) => valid.set_indices().for_each(|row| visit(values[row])),
    }
    (array.len() - array.null_count()) as u64
}

impl Accumulator for DoubleAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for array in values {
            self.rows += for_each_value(array, |value| self.add(value));
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for array in values {
            self.rows -= for_each_value(array, |value| self.subtract(value));
        }
        if self.rows == 0 {
            // Nothing is left in the frame, so nothing can have been lost.
            self.finite = DoubleSum::default();
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [sums, lost, rows] = states else { return Ok(()) };
        for_each_value(sums, |value| self.add(value));
        for_each_value(lost, |value| self.finite.lost += value);
        self.rows += rows.as_primitive::<UInt64Type>().values().iter().sum::<u64>();
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let sum = self.sum();
        let whole = DoubleSum { sum: if sum.is_finite() { self.finite.sum } else { sum }, ..self.finite };
        Ok(vec![
            ScalarValue::Float64((self.rows > 0).then_some(whole.sum)),
            ScalarValue::Float64(Some(whole.lost())),
            ScalarValue::UInt64(Some(self.rows)),
        ])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64((self.rows > 0).then(|| self.statistic.of(self.sum(), self.rows))))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
