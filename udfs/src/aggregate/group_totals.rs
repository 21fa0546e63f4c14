//! The sums of one argument for all groups: the hot loop of every exact aggregate.
//!
//! The carries of `total` are kept for all groups as soon as one group needs one; money never does, so that
//! a group costs the 16 bytes of its sum. Knows nothing of NULL groups, see `presence`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Decimal128Array, Decimal256Array, Int64Array},
    buffer::NullBuffer,
    datatypes::i256,
};
use datafusion::logical_expr::EmitTo;

use super::{
    argument::Argument,
    column::{Column, narrow_values},
    total::{Total, Units, carry_of},
};

/// The sums of one argument for all groups, in 128 or 256 bits.
#[derive(Debug)]
pub(super) enum GroupTotals {
    Narrow(Totals<i128>),
    Wide(Totals<i256>),
}

/// A wrapped sum per group, and its carry.
#[derive(Debug, Default)]
pub(super) struct Totals<U> {
    pub(super) sums: Vec<U>,
    /// As long as `sums`, or empty as long as nothing wrapped.
    pub(super) carries: Vec<i64>,
}

impl<U: Units> Totals<U> {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, U::default());
        if !self.carries.is_empty() {
            self.carries.resize(groups, 0);
        }
    }

    #[inline(always)]
    fn add_one(&mut self, group: usize, value: U) {
        let sum = &mut self.sums[group];
        let (units, wrapped) = sum.overflowing_add(value);
        *sum = units;
        if wrapped {
            self.carry(group, carry_of(value));
        }
    }

    #[cold]
    #[inline(never)]
    fn carry(&mut self, group: usize, carry: i64) {
        self.carries.resize(self.sums.len(), 0);
        self.carries[group] += carry;
    }

    fn add<T: Copy>(&mut self, group_indices: &[usize], values: &[T], column: &Column<'_>)
    where
        U: From<T>,
    {
        let Some(valid) = column.valid() else {
            for (group, value) in group_indices.iter().zip(values) {
                self.add_one(*group, U::from(*value));
            }
            return;
        };
        // Adding zero for a NULL costs less than a branch that the processor cannot guess.
        let chunks = group_indices.chunks(64).zip(values.chunks(64));
        for ((groups, values), mask) in chunks.zip(valid.bit_chunks().iter_padded()) {
            for (bit, (group, value)) in groups.iter().zip(values).enumerate() {
                let value = if (mask >> bit) & 1 == 1 { U::from(*value) } else { U::default() };
                self.add_one(*group, value);
            }
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Self {
        let sums = emit_to.take_needed(&mut self.sums);
        let carries =
            if self.carries.is_empty() { Vec::new() } else { emit_to.take_needed(&mut self.carries) };
        Self { sums, carries }
    }

    fn total(&self, group: usize) -> Total {
        self.sums[group].total(self.carries.get(group).copied().unwrap_or(0))
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<U>() + self.carries.capacity() * size_of::<i64>()
    }
}

impl GroupTotals {
    pub(super) fn new(argument: &Argument) -> Self {
        if argument.wide { Self::Wide(Totals::default()) } else { Self::Narrow(Totals::default()) }
    }

    /// Adds the column's values that count to their groups.
    pub(super) fn add_column(&mut self, group_indices: &[usize], column: &Column<'_>, groups: usize) {
        match self {
            Self::Narrow(totals) => {
                totals.resize(groups);
                narrow_values!(column, values => totals.add(group_indices, values, column));
            }
            Self::Wide(totals) => {
                totals.resize(groups);
                totals.add(group_indices, column.wide_values(), column);
            }
        }
    }

    /// Adds the carries of partial states.
    pub(super) fn add_carries(&mut self, group_indices: &[usize], carries: &[i64]) {
        for (group, carry) in group_indices.iter().zip(carries) {
            if *carry != 0 {
                match self {
                    Self::Narrow(totals) => totals.carry(*group, *carry),
                    Self::Wide(totals) => totals.carry(*group, *carry),
                }
            }
        }
    }

    /// Takes the first groups away; those that stay move to the front.
    pub(super) fn take(&mut self, emit_to: EmitTo) -> Self {
        match self {
            Self::Narrow(totals) => Self::Narrow(totals.take(emit_to)),
            Self::Wide(totals) => Self::Wide(totals.take(emit_to)),
        }
    }

    pub(super) fn total(&self, group: usize) -> Total {
        match self {
            Self::Narrow(totals) => totals.total(group),
            Self::Wide(totals) => totals.total(group),
        }
    }

    pub(super) fn groups(&self) -> usize {
        match self {
            Self::Narrow(totals) => totals.sums.len(),
            Self::Wide(totals) => totals.sums.len(),
        }
    }

    pub(super) fn has_carries(&self) -> bool {
        let carries = match self {
            Self::Narrow(totals) => &totals.carries,
            Self::Wide(totals) => &totals.carries,
        };
        carries.iter().any(|carry| *carry != 0)
    }

    /// The sums as a decimal array, and the carries where the state has them.
    pub(super) fn into_state(self, nulls: Option<NullBuffer>, argument: &Argument) -> Vec<ArrayRef> {
        let groups = self.groups();
        let (sums, mut carries): (ArrayRef, _) = match self {
            Self::Narrow(Totals { sums, carries }) => {
                let sums = Decimal128Array::new(sums.into(), nulls).with_data_type(argument.sum_type());
                (Arc::new(sums), carries)
            }
            Self::Wide(Totals { sums, carries }) => {
                let sums = Decimal256Array::new(sums.into(), nulls).with_data_type(argument.sum_type());
                (Arc::new(sums), carries)
            }
        };
        if !argument.carries {
            return vec![sums];
        }
        carries.resize(groups, 0);
        vec![sums, Arc::new(Int64Array::from(carries))]
    }

    /// Bytes allocated.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Narrow(totals) => totals.size(),
            Self::Wide(totals) => totals.size(),
        }
    }
}
