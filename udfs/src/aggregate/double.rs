//! Sums and means of doubles, for statistics. Money is never a double; see `exact`.
//!
//! Each sum carries what the additions lost, so that the order of the rows does not show in practice.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, UInt64Array},
    buffer::{BooleanBuffer, NullBuffer},
    datatypes::{DataType, Field, FieldRef, Float64Type, UInt64Type},
};
use datafusion::{
    common::{HashMap, ScalarValue},
    error::Result,
    logical_expr::{
        Accumulator, EmitTo, GroupsAccumulator, function::StateFieldsArgs, utils::format_state_name,
    },
};

use super::column::valid_rows;

/// What is made of a sum of doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    Sum,
    Mean,
}

impl Statistic {
    fn of(self, sum: f64, rows: u64) -> f64 {
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
    if distinct {
        Box::new(DistinctDoubleAccumulator { occurrences: HashMap::default(), distinct: all })
    } else {
        Box::new(all)
    }
}

/// The groups accumulator.
pub(super) fn groups_accumulator(statistic: Statistic) -> Box<dyn GroupsAccumulator> {
    Box::new(DoubleGroupsAccumulator { statistic, sums: Vec::new(), rows: Vec::new() })
}

/// A sum, and what its roundings have lost (Neumaier's summation).
#[derive(Debug, Clone, Copy, Default)]
struct DoubleSum {
    sum: f64,
    lost: f64,
}

impl DoubleSum {
    #[inline(always)]
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let value_part = sum - self.sum;
        self.lost += (self.sum - (sum - value_part)) + (value - value_part);
        self.sum = sum;
    }

    /// Infinities and NaN are in the sum; what was lost is meaningless then.
    fn value(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }

    fn lost(&self) -> f64 {
        if self.sum.is_finite() { self.lost } else { 0.0 }
    }
}

/// One group or frame. Values that are not finite are counted apart, so that they can leave a frame again.
#[derive(Debug)]
struct DoubleAccumulator {
    statistic: Statistic,
    finite: DoubleSum,
    rows: u64,
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
    fn add(&mut self, value: f64) {
        if value.is_finite() { self.finite.add(value) } else { *self.special(value) += 1 }
    }

    #[inline]
    fn subtract(&mut self, value: f64) {
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
fn for_each_value(array: &ArrayRef, mut visit: impl FnMut(f64)) -> u64 {
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

/// The distinct doubles of a group or frame, by their bits; 0 and -0 are one value, and so is every NaN.
#[derive(Debug)]
struct DistinctDoubleAccumulator {
    occurrences: HashMap<u64, u64>,
    distinct: DoubleAccumulator,
}

fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

impl DistinctDoubleAccumulator {
    fn add(&mut self, array: &ArrayRef) {
        for_each_value(array, |value| {
            let times = self.occurrences.entry(bits(value)).or_insert(0);
            if *times == 0 {
                self.distinct.add(value);
                self.distinct.rows += 1;
            }
            *times += 1;
        });
    }
}

impl Accumulator for DistinctDoubleAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().for_each(|array| self.add(array));
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for array in values {
            for_each_value(array, |value| {
                if let Some(times) = self.occurrences.get_mut(&bits(value)) {
                    *times -= 1;
                    if *times == 0 {
                        self.occurrences.remove(&bits(value));
                        self.distinct.subtract(value);
                        self.distinct.rows -= 1;
                    }
                }
            });
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        lists.as_list::<i32>().iter().flatten().for_each(|values| self.add(&values));
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values: Vec<_> =
            self.occurrences.keys().map(|bits| ScalarValue::Float64(Some(f64::from_bits(*bits)))).collect();
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Float64))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.distinct.evaluate()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.occurrences.capacity() * size_of::<(u64, u64)>()
    }
}

/// A sum and a number of rows per group; none is NULL.
#[derive(Debug)]
struct DoubleGroupsAccumulator {
    statistic: Statistic,
    sums: Vec<DoubleSum>,
    rows: Vec<u64>,
}

impl DoubleGroupsAccumulator {
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
