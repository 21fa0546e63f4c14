//! Checked `+ - *` of two columns of the same integer type.

use arrow::{
    array::ArrowNativeTypeOp,
    datatypes::{
        ArrowPrimitiveType, DataType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
        UInt32Type, UInt64Type,
    },
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ColumnarValue,
};

use crate::kernel::binary;

use super::{failure::Place, operator::Arithmetic};

/// Computes on integers; the operands have the type of the result.
pub(crate) fn integer_operation(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue> {
    match place.return_type {
        DataType::Int8 => operation::<Int8Type>(operator, left, right, place),
        DataType::Int16 => operation::<Int16Type>(operator, left, right, place),
        DataType::Int32 => operation::<Int32Type>(operator, left, right, place),
        DataType::Int64 => operation::<Int64Type>(operator, left, right, place),
        DataType::UInt8 => operation::<UInt8Type>(operator, left, right, place),
        DataType::UInt16 => operation::<UInt16Type>(operator, left, right, place),
        DataType::UInt32 => operation::<UInt32Type>(operator, left, right, place),
        DataType::UInt64 => operation::<UInt64Type>(operator, left, right, place),
        ref other => {
            Err(DataFusionError::Plan(format!("`{}` does not compute {other}", operator.operator())))
        }
    }
}

fn operation<T: ArrowPrimitiveType>(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue> {
    let failure =
        |left: T::Native, right: T::Native| place.overflow(format!("{left:?}"), format!("{right:?}"));
    let return_type = &place.return_type;
    // One loop per operator, so that the choice is made once and not for every row.
    match operator {
        Arithmetic::Add => binary::<T, T, T>(left, right, return_type, |l, r| l.add_checked(r).ok(), failure),
        Arithmetic::Subtract => {
            binary::<T, T, T>(left, right, return_type, |l, r| l.sub_checked(r).ok(), failure)
        }
        Arithmetic::Multiply => {
            binary::<T, T, T>(left, right, return_type, |l, r| l.mul_checked(r).ok(), failure)
        }
        Arithmetic::Divide => {
            binary::<T, T, T>(left, right, return_type, |l, r| l.div_checked(r).ok(), failure)
        }
    }
}
