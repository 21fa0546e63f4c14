//! DISTINCT for `sum` and `avg`: each value counts once. Remembers every value, so it costs memory per value.
//!
//! The planner rewrites most such queries into a GROUP BY; this is for the rest, and for windows.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::i256,
};
use datafusion::{
    common::{HashMap, ScalarValue},
    error::Result,
    logical_expr::Accumulator,
};

use super::{
    argument::Argument,
    column::{Column, Values, narrow_values},
    exact::ExactAggregate,
    total::{RunningSum, Units},
};

/// Makes the accumulator for the argument's bits.
pub(super) fn distinct_accumulator(
    aggregate: Arc<ExactAggregate>,
    argument: Argument,
) -> Box<dyn Accumulator> {
    if argument.wide {
        Box::new(DistinctAccumulator::<i256>::new(aggregate, argument))
    } else {
        Box::new(DistinctAccumulator::<i128>::new(aggregate, argument))
    }
}

/// The distinct values of a group or frame, how often each occurs, and their exact sum.
#[derive(Debug)]
struct DistinctAccumulator<U> {
    aggregate: Arc<ExactAggregate>,
    argument: Argument,
    occurrences: HashMap<U, u64>,
    sum: RunningSum<U>,
}

/// Reads units of either width out of a column.
pub(super) trait DistinctUnits: Units {
    fn visit(column: &Column<'_>, visit: impl FnMut(Self));
}

impl DistinctUnits for i128 {
    fn visit(column: &Column<'_>, visit: impl FnMut(Self)) {
        narrow_values!(column, values => RunningSum::<i128>::for_each(values, column, visit));
    }
}

impl DistinctUnits for i256 {
    fn visit(column: &Column<'_>, visit: impl FnMut(Self)) {
        if let Values::Int256(values) = &column.values {
            RunningSum::<i256>::for_each(values, column, visit);
        }
    }
}

impl<U: DistinctUnits> DistinctAccumulator<U> {
    fn new(aggregate: Arc<ExactAggregate>, argument: Argument) -> Self {
        Self { aggregate, argument, occurrences: HashMap::default(), sum: RunningSum::default() }
    }

    fn add(&mut self, array: &ArrayRef) -> Result<()> {
        let column = Column::new(array, None, self.aggregate.function)?;
        let Self { occurrences, sum, .. } = self;
        U::visit(&column, |value| {
            let times = occurrences.entry(value).or_insert(0);
            if *times == 0 {
                sum.add(value);
            }
            *times += 1;
        });
        Ok(())
    }
}

impl<U: DistinctUnits> Accumulator for DistinctAccumulator<U> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |array| self.add(array))
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(array) = values.first() else { return Ok(()) };
        let column = Column::new(array, None, self.aggregate.function)?;
        let Self { occurrences, sum, .. } = self;
        U::visit(&column, |value| {
            if let Some(times) = occurrences.get_mut(&value) {
                *times -= 1;
                if *times == 0 {
                    sum.subtract(value);
                    occurrences.remove(&value);
                }
            }
        });
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        lists.as_list::<i32>().iter().flatten().try_for_each(|values| self.add(&values))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let scale = self.argument.scale;
        let values: Vec<_> = self.occurrences.keys().map(|value| U::scalar(Some(*value), scale)).collect();
        let list = ScalarValue::new_list_nullable(&values, &self.argument.sum_type());
        Ok(vec![ScalarValue::List(list)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        match self.occurrences.len() as u64 {
            0 => Ok(self.aggregate.scalar(None)),
            values => self.aggregate.value(&[self.sum.total()], values),
        }
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.occurrences.capacity() * size_of::<(U, u64)>()
    }
}
