//! What numeric columns are read as: every width of integer, decimal and double becomes one of a few exact types.
//!
//! `coerce_types` of a function asks [`readable_type`] for what the planner must cast to; the kernel then turns
//! doubles into decimals with [`exact`]. Knows no function by name and does no arithmetic; `kernel` has the loops.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrowPrimitiveType, AsArray, Decimal128Array, PrimitiveArray},
    buffer::NullBuffer,
    datatypes::{DataType, Decimal128Type, Float32Type, Float64Type},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::ColumnarValue,
};

use crate::{
    FunctionError,
    decimal::{FLOAT_SCALE, PRECISION_256_MAX, PRECISION_MAX, round_float, round_float32},
};

/// The type a numeric column is cast to before a kernel reads it. `None` if the type is no number.
///
/// Stays the same when applied to its own result. 64-bit integers, wide decimals and doubles are read in place,
/// because a cast of a whole column costs as much as the arithmetic after it.
pub(crate) fn readable_type(data_type: &DataType) -> Option<DataType> {
    use DataType::*;
    Some(match data_type {
        Dictionary(_, value) => return readable_type(value),
        RunEndEncoded(_, values) => return readable_type(values.data_type()),
        Null | Int64 => Int64,
        Int8 | UInt8 => Decimal128(3, 0),
        Int16 | UInt16 => Decimal128(5, 0),
        Int32 | UInt32 => Decimal128(10, 0),
        UInt64 => Decimal128(20, 0),
        Decimal32(precision, scale) | Decimal64(precision, scale) | Decimal128(precision, scale) => {
            let (precision, scale) = whole_scale(*precision, *scale, PRECISION_MAX);
            Decimal128(precision, scale)
        }
        Decimal256(precision, scale) => {
            let (precision, scale) = whole_scale(*precision, *scale, PRECISION_256_MAX);
            Decimal256(precision, scale)
        }
        Float16 | Float32 => Float32,
        Float64 => Float64,
        _ => return None,
    })
}

/// A negative scale (thousands) is read as whole numbers, so that no kernel has to think of it.
fn whole_scale(precision: u8, scale: i8, precision_max: u8) -> (u8, i8) {
    if scale >= 0 {
        return (precision, scale);
    }
    (precision.saturating_add(scale.unsigned_abs()).min(precision_max), 0)
}

/// [`readable_type`], or an error that names the function and the type.
pub(crate) fn require_readable(data_type: &DataType, function: &str) -> Result<DataType> {
    readable_type(data_type).ok_or_else(|| {
        DataFusionError::from(
            FunctionError::new(format!("`{function}` takes numbers, not {data_type}"))
                .with_help("cast text with `money(…)` or `CAST(… AS DECIMAL(18,4))`"),
        )
    })
}

/// The type of [`exact`] values of a readable type: doubles become decimals.
pub(crate) fn exact_type(readable: &DataType) -> DataType {
    match readable {
        DataType::Float32 | DataType::Float64 => DataType::Decimal128(PRECISION_MAX, FLOAT_SCALE),
        other => other.clone(),
    }
}

/// Digits and decimals of an exact type; a 64-bit integer counts as 20 digits, as it does in DataFusion.
pub(crate) fn precision_and_scale(exact: &DataType) -> (u8, i8) {
    match exact {
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            (*precision, *scale)
        }
        _ => (20, 0),
    }
}

/// Turns doubles into decimals, rounded half away from zero; other readable values pass as they are.
pub(crate) fn exact(value: &ColumnarValue, function: &str) -> Result<ColumnarValue> {
    let array = match value {
        ColumnarValue::Array(array) => Arc::clone(array),
        ColumnarValue::Scalar(scalar @ (ScalarValue::Float32(_) | ScalarValue::Float64(_))) => {
            scalar.to_array()?
        }
        ColumnarValue::Scalar(scalar) => return Ok(ColumnarValue::Scalar(scalar.clone())),
    };
    let exact = match array.data_type() {
        DataType::Float64 => {
            round_all(array.as_primitive::<Float64Type>(), |value| round_float(value, FLOAT_SCALE, function))?
        }
        DataType::Float32 => round_all(array.as_primitive::<Float32Type>(), |value| {
            round_float32(value, FLOAT_SCALE, function)
        })?,
        _ => return Ok(value.clone()),
    };
    Ok(match value {
        ColumnarValue::Array(_) => ColumnarValue::Array(Arc::new(exact)),
        ColumnarValue::Scalar(_) => ColumnarValue::Scalar(ScalarValue::try_from_array(&exact, 0)?),
    })
}

fn round_all<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    round: impl Fn(T::Native) -> Result<i128>,
) -> Result<Decimal128Array> {
    // What lies under a NULL may be a NaN, and is nobody's business.
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let units = match nulls {
        None => array.values().iter().map(|value| round(*value)).collect::<Result<Vec<_>>>()?,
        Some(nulls) => array
            .values()
            .iter()
            .zip(nulls.iter())
            .map(|(value, valid)| if valid { round(*value) } else { Ok(0) })
            .collect::<Result<Vec<_>>>()?,
    };
    let data_type = DataType::Decimal128(PRECISION_MAX, FLOAT_SCALE);
    Ok(PrimitiveArray::<Decimal128Type>::new(units.into(), nulls.cloned()).with_data_type(data_type))
}

/// An exact value as 256-bit decimals of the same scale.
pub(crate) fn widen(value: &ColumnarValue) -> Result<ColumnarValue> {
    let (precision, scale) = precision_and_scale(&value.data_type());
    value.cast_to(&DataType::Decimal256(precision, scale), None)
}

/// Whether this is a number, or something the planner can read as one (dictionaries of numbers, NULL).
pub(crate) fn is_numeric(data_type: &DataType) -> bool {
    readable_type(data_type).is_some()
}

/// The rows where both are valid.
pub(crate) fn both_valid(left: &dyn Array, right: &dyn Array) -> Option<NullBuffer> {
    NullBuffer::union(left.nulls(), right.nulls()).filter(|nulls| nulls.null_count() > 0)
}

/// The exact types of two operands of one operation: of the same width.
pub(crate) fn exact_pair_types(left: &DataType, right: &DataType) -> [DataType; 2] {
    let types = [exact_type(left), exact_type(right)];
    if !types.iter().any(is_wide) {
        return types;
    }
    types.map(|data_type| {
        let (precision, scale) = precision_and_scale(&data_type);
        DataType::Decimal256(precision, scale)
    })
}

/// Two operands as exact values of the same width.
pub(crate) fn exact_pair(
    left: &ColumnarValue,
    right: &ColumnarValue,
    function: &str,
) -> Result<[ColumnarValue; 2]> {
    let pair = [exact(left, function)?, exact(right, function)?];
    if !pair.iter().any(|value| is_wide(&value.data_type())) {
        return Ok(pair);
    }
    Ok([widen(&pair[0])?, widen(&pair[1])?])
}

/// Whether the units need 256 bits.
pub(crate) fn is_wide(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal256(_, _))
}
