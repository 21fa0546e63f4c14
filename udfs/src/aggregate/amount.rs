//! Amounts that are computed with before they are added: units of one scale, in 128 or 256 bits.
//!
//! `column` reads the array. Knows nothing of what is computed, see `movement` and `whale_peak_pct`.

use std::{borrow::Cow, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, Decimal128Array, Decimal256Array},
    datatypes::{DataType, i256},
};
use datafusion::error::{DataFusionError, Result};

use super::{
    argument::Argument,
    column::{Column, Values},
};
use crate::{
    FunctionError,
    decimal::{FLOAT_SCALE, PRECISION_256_MAX, PRECISION_MAX, rescale, rescale_256},
};

/// The digits of the largest 64-bit integer.
const INTEGER_PRECISION: u8 = 20;

/// Units with a digit to spare, so that the difference of two has a place.
pub(super) trait Amount: Copy + Ord + 'static {
    const ZERO: Self;
    const ONE: Self;

    fn minus(self, other: Self) -> Self;
    /// The units of a column, as they are.
    fn units<'a>(column: &Column<'a>) -> Cow<'a, [Self]>;
    fn rescaled(self, from: i8, to: i8) -> Option<Self>;
    fn array(units: Vec<Self>, data_type: &DataType) -> ArrayRef;
}

impl Amount for i128 {
    const ZERO: Self = 0;
    const ONE: Self = 1;

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn units<'a>(column: &Column<'a>) -> Cow<'a, [Self]> {
        match column.values {
            Values::Int128(values) => Cow::Borrowed(values),
            _ => Cow::Owned(column.to_narrow_units()),
        }
    }

    fn rescaled(self, from: i8, to: i8) -> Option<Self> {
        rescale(self, from, to)
    }

    fn array(units: Vec<Self>, data_type: &DataType) -> ArrayRef {
        Arc::new(Decimal128Array::new(units.into(), None).with_data_type(data_type.clone()))
    }
}

impl Amount for i256 {
    const ZERO: Self = i256::ZERO;
    const ONE: Self = i256::ONE;

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    fn units<'a>(column: &Column<'a>) -> Cow<'a, [Self]> {
        match column.values {
            Values::Int256(values) => Cow::Borrowed(values),
            _ => Cow::Owned(column.to_narrow_units().into_iter().map(i256::from_i128).collect()),
        }
    }

    fn rescaled(self, from: i8, to: i8) -> Option<Self> {
        rescale_256(self, from, to)
    }

    fn array(units: Vec<Self>, data_type: &DataType) -> ArrayRef {
        Arc::new(Decimal256Array::new(units.into(), None).with_data_type(data_type.clone()))
    }
}

/// The decimal type whose units a number's are.
pub(super) fn amount_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        decimal if decimal.is_decimal() => decimal.clone(),
        DataType::Float32 | DataType::Float64 => DataType::Decimal128(PRECISION_MAX, FLOAT_SCALE),
        _ => DataType::Decimal128(INTEGER_PRECISION, 0),
    }
}

/// A column at this scale, which is not less than its own; rows that are NULL or do not pass the filter are zero.
pub(super) fn amounts<'a, A: Amount>(
    array: &'a ArrayRef,
    filter: Option<&BooleanArray>,
    scale: i8,
    function: &str,
) -> Result<Cow<'a, [A]>> {
    let column = Column::new(array, filter, function)?;
    let mut amounts = A::units(&column);
    if let Some(valid) = column.valid() {
        let chunks = amounts.to_mut().chunks_mut(64).zip(valid.bit_chunks().iter_padded());
        for (amounts, mask) in chunks {
            for (bit, amount) in amounts.iter_mut().enumerate() {
                *amount = if (mask >> bit) & 1 == 1 { *amount } else { A::ZERO };
            }
        }
    }
    let from = Argument::of(array.data_type()).map_or(scale, |argument| argument.scale);
    if from != scale {
        let rescaled = |amount: &A| amount.rescaled(from, scale).ok_or_else(|| too_large(function, scale));
        amounts = Cow::Owned(amounts.iter().map(rescaled).collect::<Result<_>>()?);
    }
    Ok(amounts)
}

fn too_large(function: &str, scale: i8) -> DataFusionError {
    FunctionError::new(format!(
        "`{function}` met an amount that has more than {PRECISION_256_MAX} digits with {scale} decimals"
    ))
    .with_help("cast the arguments to decimals of the same scale, for example `cast(x as decimal(18, 4))`")
    .into()
}
