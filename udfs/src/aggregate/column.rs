//! Reads an argument's array as units, without copying where the array has them already.
//!
//! `valid` is the array's NULLs and the FILTER in one mask. Knows nothing of sums.

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray},
    buffer::{BooleanBuffer, NullBuffer},
    datatypes::{
        DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float32Type, Float64Type,
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
    },
};
use datafusion::error::Result;

use crate::{
    FunctionError,
    decimal::{FLOAT_SCALE, round_float, round_float32},
};

/// The values of an argument, and which rows count.
#[derive(Debug)]
pub(crate) struct Column<'a> {
    pub(crate) values: Values<'a>,
    valid: Option<BooleanBuffer>,
}

/// The values of a column in the integers they came in; those of rows that do not count are meaningless.
#[derive(Debug)]
pub(crate) enum Values<'a> {
    Int8(&'a [i8]),
    Int16(&'a [i16]),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    Int128(&'a [i128]),
    Int256(&'a [i256]),
    UInt8(&'a [u8]),
    UInt16(&'a [u16]),
    UInt32(&'a [u32]),
    UInt64(&'a [u64]),
    /// Doubles, rounded.
    Rounded(Vec<i128>),
}

/// Runs the expression with the slice that a column of at most 128 bits has.
macro_rules! narrow_values {
    ($column:expr, $values:ident => $body:expr) => {
        match &$column.values {
            $crate::aggregate::column::Values::Int8($values) => $body,
            $crate::aggregate::column::Values::Int16($values) => $body,
            $crate::aggregate::column::Values::Int32($values) => $body,
            $crate::aggregate::column::Values::Int64($values) => $body,
            $crate::aggregate::column::Values::Int128($values) => $body,
            $crate::aggregate::column::Values::UInt8($values) => $body,
            $crate::aggregate::column::Values::UInt16($values) => $body,
            $crate::aggregate::column::Values::UInt32($values) => $body,
            $crate::aggregate::column::Values::UInt64($values) => $body,
            $crate::aggregate::column::Values::Rounded(rounded) => {
                let $values = rounded.as_slice();
                $body
            }
            // An argument of 256 bits is added in 256 bits, see `Argument::of`.
            $crate::aggregate::column::Values::Int256(_) => {
                unreachable!("a 256-bit column in a 128-bit sum")
            }
        }
    };
}
pub(crate) use narrow_values;

impl<'a> Column<'a> {
    /// Reads the array; rows where the filter is false or NULL do not count.
    pub(crate) fn new(array: &'a ArrayRef, filter: Option<&BooleanArray>, function: &str) -> Result<Self> {
        let valid = valid_rows(array, filter);
        let values = match array.data_type() {
            DataType::Int8 => Values::Int8(array.as_primitive::<Int8Type>().values()),
            DataType::Int16 => Values::Int16(array.as_primitive::<Int16Type>().values()),
            DataType::Int32 => Values::Int32(array.as_primitive::<Int32Type>().values()),
            DataType::Int64 => Values::Int64(array.as_primitive::<Int64Type>().values()),
            DataType::UInt8 => Values::UInt8(array.as_primitive::<UInt8Type>().values()),
            DataType::UInt16 => Values::UInt16(array.as_primitive::<UInt16Type>().values()),
            DataType::UInt32 => Values::UInt32(array.as_primitive::<UInt32Type>().values()),
            DataType::UInt64 => Values::UInt64(array.as_primitive::<UInt64Type>().values()),
            DataType::Decimal32(..) => Values::Int32(array.as_primitive::<Decimal32Type>().values()),
            DataType::Decimal64(..) => Values::Int64(array.as_primitive::<Decimal64Type>().values()),
            DataType::Decimal128(..) => Values::Int128(array.as_primitive::<Decimal128Type>().values()),
            DataType::Decimal256(..) => Values::Int256(array.as_primitive::<Decimal256Type>().values()),
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>().values();
                Values::Rounded(rounded(values, valid.as_ref(), |value| {
                    round_float32(value, FLOAT_SCALE, function)
                })?)
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().values();
                Values::Rounded(rounded(values, valid.as_ref(), |value| {
                    round_float(value, FLOAT_SCALE, function)
                })?)
            }
            other => {
                return Err(
                    FunctionError::new(format!("`{function}` adds numbers, but met `{other}`")).into()
                );
            }
        };
        Ok(Self { values, valid })
    }

    /// Which rows count; `None` if all do.
    pub(crate) fn valid(&self) -> Option<&BooleanBuffer> {
        self.valid.as_ref()
    }

    /// The values of a column of 256 bits.
    pub(crate) fn wide_values(&self) -> &[i256] {
        match &self.values {
            Values::Int256(values) => values,
            // A narrower argument is added in 128 bits, see `Argument::of`.
            _ => unreachable!("a narrower column in a 256-bit sum"),
        }
    }

    /// The values of a column of at most 128 bits, copied.
    pub(crate) fn to_narrow_units(&self) -> Vec<i128> {
        narrow_values!(self, values => widened(values))
    }

    /// The mask of the rows that count, as an array's NULLs.
    pub(crate) fn nulls(&self) -> Option<NullBuffer> {
        self.valid.clone().map(NullBuffer::new)
    }
}

fn widened<T: Copy>(values: &[T]) -> Vec<i128>
where
    i128: From<T>,
{
    values.iter().map(|value| i128::from(*value)).collect()
}

fn rounded<T: Copy>(
    values: &[T],
    valid: Option<&BooleanBuffer>,
    round: impl Fn(T) -> Result<i128>,
) -> Result<Vec<i128>> {
    match valid {
        None => values.iter().map(|value| round(*value)).collect(),
        Some(valid) => {
            let mut units = vec![0; values.len()];
            for row in valid.set_indices() {
                units[row] = round(values[row])?;
            }
            Ok(units)
        }
    }
}

/// The rows that are not NULL and pass the filter; `None` if all do.
pub(crate) fn valid_rows(array: &ArrayRef, filter: Option<&BooleanArray>) -> Option<BooleanBuffer> {
    let not_null = array.nulls().filter(|nulls| nulls.null_count() > 0).map(NullBuffer::inner);
    match (not_null, filter) {
        (None, None) => None,
        (Some(not_null), None) => Some(not_null.clone()),
        (None, Some(filter)) => Some(passing(filter)),
        (Some(not_null), Some(filter)) => Some(not_null & &passing(filter)),
    }
}

fn passing(filter: &BooleanArray) -> BooleanBuffer {
    match filter.nulls() {
        None => filter.values().clone(),
        Some(not_null) => filter.values() & not_null.inner(),
    }
}

/// The rows in which at least one column has a value; `None` if all have one.
pub(crate) fn rows_with_any_value(columns: &[Column<'_>]) -> Option<BooleanBuffer> {
    let mut masks = columns.iter().map(Column::valid);
    let first = masks.next().flatten()?.clone();
    masks.try_fold(first, |any, mask| mask.map(|mask| &any | mask))
}
