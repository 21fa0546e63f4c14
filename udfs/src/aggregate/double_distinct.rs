//! DISTINCT for sums and means of doubles.

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::DataType,
};
use datafusion::{
    common::{HashMap, ScalarValue},
    error::Result,
    logical_expr::Accumulator,
};

use super::double::{DoubleAccumulator, for_each_value};

/// The distinct doubles of a group or frame, by their bits; 0 and -0 are one value, and so is every NaN.
#[derive(Debug)]
pub(super) struct DistinctDoubleAccumulator {
    occurrences: HashMap<u64, u64>,
    distinct: DoubleAccumulator,
}

fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

impl DistinctDoubleAccumulator {
    /// `distinct` is empty, and knows what is made of the sum.
    pub(super) fn new(distinct: DoubleAccumulator) -> Self {
        Self { occurrences: HashMap::default(), distinct }
    }

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
