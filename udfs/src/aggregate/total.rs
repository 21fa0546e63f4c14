//! Sums that cannot overflow: wrapping 128 or 256 bits, and a count of how often they wrapped.
//!
//! Only the final total is checked against the result's digits, so neither the result nor the error depends on
//! the order of the rows. Knows nothing of groups (`group_totals`) and of what a total is used for (`exact`).

use std::{fmt::Debug, hash::Hash};

use arrow::datatypes::i256;
use datafusion::common::ScalarValue;

use super::{argument::Argument, column::Column};
use crate::decimal::{PRECISION_256_MAX, PRECISION_MAX};

/// The integers a sum is kept in.
pub(super) trait Units: Copy + Default + Debug + Eq + Hash + Send + Sync + 'static {
    /// The wrapped sum, and whether it wrapped.
    fn overflowing_add(self, other: Self) -> (Self, bool);
    /// The wrapped difference, and whether it wrapped.
    fn overflowing_sub(self, other: Self) -> (Self, bool);
    fn is_negative(self) -> bool;
    /// What a wrapped sum and its carry stand for.
    fn total(self, carry: i64) -> Total;
    fn scalar(value: Option<Self>, scale: i8) -> ScalarValue;
}

impl Units for i128 {
    #[inline(always)]
    fn overflowing_add(self, other: Self) -> (Self, bool) {
        i128::overflowing_add(self, other)
    }

    #[inline(always)]
    fn overflowing_sub(self, other: Self) -> (Self, bool) {
        i128::overflowing_sub(self, other)
    }

    #[inline(always)]
    fn is_negative(self) -> bool {
        self < 0
    }

    fn total(self, carry: i64) -> Total {
        match carry {
            0 => Total::Narrow(self),
            // self + carry × 2^128: the low half as it is, the high half with the sign of the low one.
            _ => Total::Wide(i256::from_parts(self as u128, i128::from(carry) + (self >> 127))),
        }
    }

    fn scalar(value: Option<Self>, scale: i8) -> ScalarValue {
        ScalarValue::Decimal128(value, PRECISION_MAX, scale)
    }
}

impl Units for i256 {
    #[inline(always)]
    fn overflowing_add(self, other: Self) -> (Self, bool) {
        i256::overflowing_add(self, other)
    }

    #[inline(always)]
    fn overflowing_sub(self, other: Self) -> (Self, bool) {
        i256::overflowing_sub(self, other)
    }

    #[inline(always)]
    fn is_negative(self) -> bool {
        i256::is_negative(self)
    }

    fn total(self, carry: i64) -> Total {
        if carry == 0 { Total::Wide(self) } else { Total::Beyond }
    }

    fn scalar(value: Option<Self>, scale: i8) -> ScalarValue {
        ScalarValue::Decimal256(value, PRECISION_256_MAX, scale)
    }
}

/// An exact total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Total {
    Narrow(i128),
    Wide(i256),
    /// More than 256 bits, and thus more than any decimal.
    Beyond,
}

impl Total {
    /// The total, unless it leaves 256 bits.
    pub(super) fn wide(self) -> Option<i256> {
        match self {
            Total::Narrow(units) => Some(i256::from_i128(units)),
            Total::Wide(units) => Some(units),
            Total::Beyond => None,
        }
    }
}

/// A sum of one column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RunningSum<U> {
    units: U,
    carry: i64,
}

impl<U: Units> RunningSum<U> {
    #[inline(always)]
    pub(super) fn add(&mut self, value: U) {
        let (units, wrapped) = self.units.overflowing_add(value);
        self.units = units;
        if wrapped {
            self.carry += carry_of(value);
        }
    }

    #[inline(always)]
    pub(super) fn subtract(&mut self, value: U) {
        let (units, wrapped) = self.units.overflowing_sub(value);
        self.units = units;
        if wrapped {
            self.carry -= carry_of(value);
        }
    }

    pub(super) fn total(&self) -> Total {
        self.units.total(self.carry)
    }

    /// Calls with every value that is not NULL.
    pub(super) fn for_each<T: Copy>(values: &[T], column: &Column<'_>, mut visit: impl FnMut(U))
    where
        U: From<T>,
    {
        match column.valid() {
            None => values.iter().for_each(|value| visit(U::from(*value))),
            Some(valid) => valid.set_indices().for_each(|row| visit(U::from(values[row]))),
        }
    }

    /// Calls with every value, and with zero for a NULL: cheaper than a branch that the processor cannot guess.
    fn for_each_or_zero<T: Copy>(values: &[T], column: &Column<'_>, mut visit: impl FnMut(U))
    where
        U: From<T>,
    {
        let Some(valid) = column.valid() else {
            return values.iter().for_each(|value| visit(U::from(*value)));
        };
        for (values, mask) in values.chunks(64).zip(valid.bit_chunks().iter_padded()) {
            for (bit, value) in values.iter().enumerate() {
                visit(if (mask >> bit) & 1 == 1 { U::from(*value) } else { U::default() });
            }
        }
    }
}

/// What wrapping after adding `value` stands for: only a negative value can wrap downwards.
#[inline(always)]
pub(super) fn carry_of<U: Units>(value: U) -> i64 {
    if value.is_negative() { -1 } else { 1 }
}

/// The sum of one argument, in the bits its type asks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum ArgumentSum {
    Narrow(RunningSum<i128>),
    Wide(RunningSum<i256>),
}

impl ArgumentSum {
    pub(super) fn new(argument: &Argument) -> Self {
        if argument.wide { Self::Wide(RunningSum::default()) } else { Self::Narrow(RunningSum::default()) }
    }

    /// Adds the column's values that are not NULL.
    pub(super) fn add_column(&mut self, column: &Column<'_>) {
        match self {
            Self::Narrow(sum) => {
                super::column::narrow_values!(column, values =>
                    RunningSum::for_each_or_zero(values, column, |value| sum.add(value)));
            }
            Self::Wide(sum) => {
                RunningSum::for_each_or_zero(column.wide_values(), column, |value| sum.add(value));
            }
        }
    }

    /// Takes away what [`Self::add_column`] added.
    pub(super) fn subtract_column(&mut self, column: &Column<'_>) {
        match self {
            Self::Narrow(sum) => {
                super::column::narrow_values!(column, values =>
                    RunningSum::for_each_or_zero(values, column, |value| sum.subtract(value)));
            }
            Self::Wide(sum) => {
                RunningSum::for_each_or_zero(column.wide_values(), column, |value| sum.subtract(value));
            }
        }
    }

    pub(super) fn add_carries(&mut self, carries: &[i64]) {
        let added: i64 = carries.iter().sum();
        match self {
            Self::Narrow(sum) => sum.carry += added,
            Self::Wide(sum) => sum.carry += added,
        }
    }

    pub(super) fn total(&self) -> Total {
        match self {
            Self::Narrow(sum) => sum.total(),
            Self::Wide(sum) => sum.total(),
        }
    }

    /// The wrapped sum as a decimal of the argument's scale (NULL if there was no value), and its carry.
    pub(super) fn state(&self, any_value: bool, scale: i8) -> (ScalarValue, i64) {
        match self {
            Self::Narrow(sum) => (i128::scalar(any_value.then_some(sum.units), scale), sum.carry),
            Self::Wide(sum) => (i256::scalar(any_value.then_some(sum.units), scale), sum.carry),
        }
    }
}
