//! The loops over whole arrays: two operands, of which either may be a scalar that is never expanded.
//!
//! Knows nothing of what is computed and of its errors; both are closures. Values under NULLs are computed like
//! all others, because that is faster than asking, but cannot fail.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrowPrimitiveType, AsArray, PrimitiveArray, make_array},
    buffer::{BooleanBuffer, NullBuffer},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::ColumnarValue,
};

use crate::numeric::both_valid;

/// One argument of a kernel.
enum Operand<'a, T: ArrowPrimitiveType> {
    Array(&'a PrimitiveArray<T>),
    Scalar(Option<T::Native>),
}

fn operand<T: ArrowPrimitiveType>(value: &ColumnarValue) -> Result<Operand<'_, T>> {
    Ok(match value {
        ColumnarValue::Array(array) => Operand::Array(array.as_primitive()),
        ColumnarValue::Scalar(scalar) => {
            let array = scalar.to_array()?;
            let array = array.as_primitive::<T>();
            Operand::Scalar((!array.is_null(0)).then(|| array.value(0)))
        }
    })
}

/// Computes a value for every pair; NULL if either is. `compute` gives `None` where it fails, and `failure` says why.
pub(crate) fn binary<L, R, O>(
    left: &ColumnarValue,
    right: &ColumnarValue,
    return_type: &DataType,
    compute: impl Fn(L::Native, R::Native) -> Option<O::Native>,
    failure: impl Fn(L::Native, R::Native) -> DataFusionError,
) -> Result<ColumnarValue>
where
    L: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    let array = match (operand::<L>(left)?, operand::<R>(right)?) {
        (Operand::Scalar(None), _) | (_, Operand::Scalar(None)) => {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from(return_type)?));
        }
        (Operand::Scalar(Some(left)), Operand::Scalar(Some(right))) => {
            let value = compute(left, right).ok_or_else(|| failure(left, right))?;
            let scalar = ScalarValue::new_primitive::<O>(Some(value), return_type)?;
            return Ok(ColumnarValue::Scalar(scalar));
        }
        (Operand::Array(left), Operand::Array(right)) => collect::<O>(
            left.values().iter().zip(right.values()).map(|(left, right)| compute(*left, *right)),
            both_valid(left, right),
            |row| failure(left.value(row), right.value(row)),
        )?,
        (Operand::Array(left), Operand::Scalar(Some(right))) => collect::<O>(
            left.values().iter().map(|left| compute(*left, right)),
            left.nulls().filter(|nulls| nulls.null_count() > 0).cloned(),
            |row| failure(left.value(row), right),
        )?,
        (Operand::Scalar(Some(left)), Operand::Array(right)) => collect::<O>(
            right.values().iter().map(|right| compute(left, *right)),
            right.nulls().filter(|nulls| nulls.null_count() > 0).cloned(),
            |row| failure(left, right.value(row)),
        )?,
    };
    Ok(ColumnarValue::Array(Arc::new(array.with_data_type(return_type.clone()))))
}

/// Gathers results, and looks for the guilty row only once something has failed.
fn collect<O: ArrowPrimitiveType>(
    results: impl Iterator<Item = Option<O::Native>> + Clone,
    nulls: Option<NullBuffer>,
    failure: impl Fn(usize) -> DataFusionError,
) -> Result<PrimitiveArray<O>> {
    let mut failed = false;
    let values: Vec<O::Native> = results
        .clone()
        .map(|value| {
            failed |= value.is_none();
            value.unwrap_or_default()
        })
        .collect();
    if failed {
        let is_valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        if let Some((row, _)) = results.enumerate().find(|(row, value)| value.is_none() && is_valid(*row)) {
            return Err(failure(row));
        }
    }
    Ok(PrimitiveArray::new(values.into(), nulls))
}

/// Puts NULL where `is_null` says so of the operand, which the result was computed from.
pub(crate) fn null_where<T: ArrowPrimitiveType>(
    result: ColumnarValue,
    operand_value: &ColumnarValue,
    is_null: impl Fn(T::Native) -> bool,
) -> Result<ColumnarValue> {
    match (operand::<T>(operand_value)?, result) {
        (Operand::Scalar(None), result) => Ok(result),
        (Operand::Scalar(Some(value)), result) => Ok(match is_null(value) {
            true => ColumnarValue::Scalar(ScalarValue::try_from(result.data_type())?),
            false => result,
        }),
        (Operand::Array(_), ColumnarValue::Scalar(result)) => Ok(ColumnarValue::Scalar(result)),
        (Operand::Array(array), ColumnarValue::Array(result)) => {
            let values = array.values();
            let kept =
                NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |row| !is_null(values[row])));
            if kept.null_count() == 0 {
                return Ok(ColumnarValue::Array(result));
            }
            let nulls = NullBuffer::union(result.nulls(), Some(&kept));
            let data = result.to_data().into_builder().nulls(nulls).build()?;
            Ok(ColumnarValue::Array(make_array(data)))
        }
    }
}
