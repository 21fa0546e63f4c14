//! `+ - * /` of decimals up to 38 digits and 64-bit integers, on units of `i128`.
//!
//! What does not fit 128 bits on the way is computed in 256; only a result of more than 38 digits fails.

use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Int64Type, i256};
use datafusion::{error::Result, logical_expr::ColumnarValue};

use crate::{
    decimal::{
        PRECISION_MAX, divide_rounded, divide_rounded_256, divide_scaled_256, fits_precision, format_units,
        pow10_256, pow10_i128,
    },
    kernel::binary,
    numeric::precision_and_scale,
};

use super::{failure::Place, operator::Arithmetic};

/// Computes on exact values of which neither is a 256-bit decimal; the result is a 128-bit one.
pub(crate) fn decimal_128_operation(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue> {
    let is_integer = |value: &ColumnarValue| value.data_type() == DataType::Int64;
    match (is_integer(left), is_integer(right)) {
        (true, true) => operation::<Int64Type, Int64Type>(operator, left, right, place),
        (true, false) => operation::<Int64Type, Decimal128Type>(operator, left, right, place),
        (false, true) => operation::<Decimal128Type, Int64Type>(operator, left, right, place),
        (false, false) => operation::<Decimal128Type, Decimal128Type>(operator, left, right, place),
    }
}

fn operation<L, R>(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue>
where
    L: ArrowPrimitiveType<Native: Into<i128>>,
    R: ArrowPrimitiveType<Native: Into<i128>>,
{
    let [left_scale, right_scale, scale] = [&left.data_type(), &right.data_type(), &place.return_type]
        .map(|data_type| precision_and_scale(data_type).1);
    let failure = |left: L::Native, right: R::Native| {
        let (left, right): (i128, i128) = (left.into(), right.into());
        if operator == Arithmetic::Divide && right == 0 {
            return place.division_by_zero(format_units(left, left_scale));
        }
        place.overflow(format_units(left, left_scale), format_units(right, right_scale))
    };
    // `scale` is the larger of both in sums, and at most the sum of both in products.
    let digits = |more: i8, fewer: i8| (more - fewer).unsigned_abs();
    let return_type = &place.return_type;
    match operator {
        Arithmetic::Add | Arithmetic::Subtract if left_scale == right_scale => {
            // The sign is a constant of the loop; the compiler makes two loops of it.
            let negate = operator == Arithmetic::Subtract;
            binary::<L, R, Decimal128Type>(
                left,
                right,
                return_type,
                |left, right| sum(left.into(), right.into(), negate),
                failure,
            )
        }
        Arithmetic::Add | Arithmetic::Subtract => {
            let negate = operator == Arithmetic::Subtract;
            let (left_factor, right_factor) =
                (pow10_i128(digits(scale, left_scale)), pow10_i128(digits(scale, right_scale)));
            binary::<L, R, Decimal128Type>(
                left,
                right,
                return_type,
                |left, right| sum_of_scaled(left.into(), left_factor, right.into(), right_factor, negate),
                failure,
            )
        }
        Arithmetic::Multiply if left_scale + right_scale == scale => binary::<L, R, Decimal128Type>(
            left,
            right,
            return_type,
            |left, right| multiply(left.into(), right.into()).and_then(fit),
            failure,
        ),
        Arithmetic::Multiply => {
            let cut = digits(left_scale + right_scale, scale);
            binary::<L, R, Decimal128Type>(
                left,
                right,
                return_type,
                |left, right| multiply_cut(left.into(), right.into(), cut),
                failure,
            )
        }
        Arithmetic::Divide => {
            let shift = i16::from(scale) - i16::from(left_scale) + i16::from(right_scale);
            binary::<L, R, Decimal128Type>(
                left,
                right,
                return_type,
                |left, right| divide(left.into(), right.into(), shift),
                failure,
            )
        }
    }
}

#[inline]
fn fit(units: i128) -> Option<i128> {
    fits_precision(units, PRECISION_MAX).then_some(units)
}

#[inline]
fn sum(left: i128, right: i128, negate: bool) -> Option<i128> {
    if negate { left.checked_sub(right) } else { left.checked_add(right) }.and_then(fit)
}

fn sum_of_scaled(
    left: i128,
    left_factor: i128,
    right: i128,
    right_factor: i128,
    negate: bool,
) -> Option<i128> {
    let scaled = || Some((multiply(left, left_factor)?, multiply(right, right_factor)?));
    if let Some((left, right)) = scaled() {
        return sum(left, right, negate);
    }
    // One of them has 39 digits by now, but their sum may have fewer.
    let wide = |units, factor| i256::from_i128(units).wrapping_mul(i256::from_i128(factor));
    let (left, right) = (wide(left, left_factor), wide(right, right_factor));
    if negate { left.checked_sub(right) } else { left.checked_add(right) }?.to_i128().and_then(fit)
}

/// A checked product. Most money fits 64 bits, and then one instruction does it.
#[inline]
fn multiply(left: i128, right: i128) -> Option<i128> {
    match (i64::try_from(left), i64::try_from(right)) {
        (Ok(left), Ok(right)) => Some(i128::from(left) * i128::from(right)),
        _ => left.checked_mul(right),
    }
}

/// A product that loses its last `cut` digits.
fn multiply_cut(left: i128, right: i128, cut: u8) -> Option<i128> {
    if cut <= PRECISION_MAX
        && let Some(product) = multiply(left, right)
    {
        return fit(divide_rounded(product, pow10_i128(cut)));
    }
    // Two times 38 digits fit 256 bits, so that this product is exact.
    let product = i256::from_i128(left).wrapping_mul(i256::from_i128(right));
    divide_rounded_256(product, pow10_256(cut)).to_i128().and_then(fit)
}

/// A rounded quotient of `shift` more decimals than the units give by themselves.
fn divide(left: i128, right: i128, shift: i16) -> Option<i128> {
    if right == 0 {
        return None;
    }
    let digits = u8::try_from(shift.unsigned_abs()).ok()?;
    if shift < 0 {
        let divisor = i256::from_i128(right).wrapping_mul(pow10_256(digits));
        return divide_rounded_256(i256::from_i128(left), divisor).to_i128().and_then(fit);
    }
    if digits <= PRECISION_MAX
        && let Some(numerator) = multiply(left, pow10_i128(digits))
    {
        return fit(divide_rounded(numerator, right));
    }
    divide_scaled_256(i256::from_i128(left), i256::from_i128(right), digits)?.to_i128().and_then(fit)
}
