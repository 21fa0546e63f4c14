//! The groups accumulator of an exact aggregate: GROUP BY, without a box per group.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal256Array, Int64Array, UInt64Array,
    },
    buffer::ScalarBuffer,
    datatypes::{Decimal128Type, Decimal256Type, Int64Type, UInt64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{EmitTo, GroupsAccumulator},
};

use super::{
    argument::Argument,
    column::{Column, Values, rows_with_any_value},
    exact::ExactAggregate,
    group_totals::GroupTotals,
    presence::Presence,
};

/// Exact sums of all arguments per group.
#[derive(Debug)]
pub(super) struct ExactGroupsAccumulator {
    aggregate: Arc<ExactAggregate>,
    totals: Vec<GroupTotals>,
    presence: Presence,
}

impl ExactGroupsAccumulator {
    pub(super) fn new(aggregate: Arc<ExactAggregate>) -> Self {
        let totals = aggregate.arguments.iter().map(GroupTotals::new).collect();
        let presence = Presence::new(aggregate.counted);
        Self { aggregate, totals, presence }
    }
}

impl GroupsAccumulator for ExactGroupsAccumulator {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let mut columns = Vec::with_capacity(values.len());
        for (totals, array) in self.totals.iter_mut().zip(values) {
            let column = Column::new(array, opt_filter, self.aggregate.function)?;
            totals.add_column(group_indices, &column, total_num_groups);
            columns.push(column);
        }
        self.presence.mark(group_indices, rows_with_any_value(&columns).as_ref(), total_num_groups);
        Ok(())
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        let mut states = values.iter();
        let mut columns = Vec::with_capacity(self.totals.len());
        for (totals, argument) in self.totals.iter_mut().zip(&self.aggregate.arguments) {
            let Some(state) = states.next() else { break };
            let column = Column::new(state, None, self.aggregate.function)?;
            totals.add_column(group_indices, &column, total_num_groups);
            columns.push(column);
            if argument.carries
                && let Some(carries) = states.next()
            {
                totals.add_carries(group_indices, carries.as_primitive::<Int64Type>().values());
            }
        }
        match states.next() {
            Some(counts) => {
                let counts = counts.as_primitive::<UInt64Type>().values();
                self.presence.add_counts(group_indices, counts, total_num_groups);
            }
            None => {
                self.presence.mark(group_indices, rows_with_any_value(&columns).as_ref(), total_num_groups)
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let totals = self.totals.iter_mut().map(|totals| totals.take(emit_to)).collect();
        let present = self.presence.take(emit_to);
        self.aggregate.group_values(totals, present.nulls.as_ref(), present.counts.as_deref())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let present = self.presence.take(emit_to);
        let mut state = Vec::new();
        for (totals, argument) in self.totals.iter_mut().zip(&self.aggregate.arguments) {
            let totals = totals.take(emit_to);
            if !argument.carries && totals.has_carries() {
                return Err(self.aggregate.overflow());
            }
            state.extend(totals.into_state(present.nulls.clone(), argument));
        }
        if let Some(counts) = present.counts {
            state.push(Arc::new(UInt64Array::from(counts)));
        }
        Ok(state)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let mut state = Vec::new();
        let mut columns = Vec::with_capacity(values.len());
        for (array, argument) in values.iter().zip(&self.aggregate.arguments) {
            let column = Column::new(array, opt_filter, self.aggregate.function)?;
            state.push(as_sums(array, &column, argument));
            if argument.carries {
                state.push(Arc::new(Int64Array::from(vec![0; array.len()])));
            }
            columns.push(column);
        }
        if self.aggregate.counted {
            let rows = values.first().map_or(0, |array| array.len());
            let counts = match rows_with_any_value(&columns) {
                None => vec![1; rows],
                Some(any) => any.iter().map(u64::from).collect(),
            };
            state.push(Arc::new(UInt64Array::from(counts)));
        }
        Ok(state)
    }

    fn size(&self) -> usize {
        size_of_val(self)
            + self.totals.capacity() * size_of::<GroupTotals>()
            + self.totals.iter().map(GroupTotals::size).sum::<usize>()
            + self.presence.size()
    }
}

/// A column as the sums of one row each: a decimal that has the bits already is not copied.
fn as_sums(array: &ArrayRef, column: &Column<'_>, argument: &Argument) -> ArrayRef {
    let nulls = column.nulls();
    match &column.values {
        Values::Int256(_) => {
            let values = array.as_primitive::<Decimal256Type>().values().clone();
            Arc::new(Decimal256Array::new(values, nulls).with_data_type(argument.sum_type()))
        }
        Values::Int128(_) => {
            let values = array.as_primitive::<Decimal128Type>().values().clone();
            Arc::new(Decimal128Array::new(values, nulls).with_data_type(argument.sum_type()))
        }
        _ => {
            let values = ScalarBuffer::from(column.to_narrow_units());
            Arc::new(Decimal128Array::new(values, nulls).with_data_type(argument.sum_type()))
        }
    }
}
