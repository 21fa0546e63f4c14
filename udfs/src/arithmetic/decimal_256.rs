//! `+ - * /` of decimals of up to 76 digits. Rare, so that clarity goes before speed.

use arrow::datatypes::{Decimal256Type, i256};
use datafusion::{error::Result, logical_expr::ColumnarValue};

use crate::{
    decimal::{
        PRECISION_256_MAX, divide_rounded_256, divide_scaled_256, fits_precision_256, format_units_256,
        pow10_256, rescale_256,
    },
    kernel::binary,
    numeric::precision_and_scale,
};

use super::{failure::Place, operator::Arithmetic};

/// Computes on two 256-bit decimals.
pub(crate) fn decimal_256_operation(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue> {
    let [left_scale, right_scale, scale] = [&left.data_type(), &right.data_type(), &place.return_type]
        .map(|data_type| precision_and_scale(data_type).1);
    let failure = |left: i256, right: i256| {
        if operator == Arithmetic::Divide && right == i256::ZERO {
            return place.division_by_zero(format_units_256(left, left_scale));
        }
        place.overflow(format_units_256(left, left_scale), format_units_256(right, right_scale))
    };
    let compute = |left: i256, right: i256| {
        let units = match operator {
            Arithmetic::Add => {
                rescale_256(left, left_scale, scale)?.checked_add(rescale_256(right, right_scale, scale)?)
            }
            Arithmetic::Subtract => {
                rescale_256(left, left_scale, scale)?.checked_sub(rescale_256(right, right_scale, scale)?)
            }
            Arithmetic::Multiply => multiply(
                left,
                right,
                digits(i16::from(left_scale) + i16::from(right_scale) - i16::from(scale)),
            ),
            Arithmetic::Divide => {
                divide(left, right, i16::from(scale) - i16::from(left_scale) + i16::from(right_scale))
            }
        };
        units.filter(|units| fits_precision_256(*units, PRECISION_256_MAX))
    };
    binary::<Decimal256Type, Decimal256Type, Decimal256Type>(
        left,
        right,
        &place.return_type,
        compute,
        failure,
    )
}

fn digits(count: i16) -> u32 {
    u32::from(count.unsigned_abs())
}

/// A product that loses its last `cut` digits.
fn multiply(left: i256, right: i256, cut: u32) -> Option<i256> {
    let unit = power(cut)?;
    if let Some(product) = left.checked_mul(right) {
        return Some(divide_rounded_256(product, unit));
    }
    // (a·u + b)(c·u + d) / u = (a·u + b)·c + a·d + b·d/u. The remainders have the signs of the factors, so that
    // rounding the last term rounds the whole.
    let (left_whole, left_rest) = (left.checked_div(unit)?, left.wrapping_rem(unit));
    let (right_whole, right_rest) = (right.checked_div(unit)?, right.wrapping_rem(unit));
    let last = divide_rounded_256(left_rest.checked_mul(right_rest)?, unit);
    left.checked_mul(right_whole)?.checked_add(left_whole.checked_mul(right_rest)?)?.checked_add(last)
}

fn power(exponent: u32) -> Option<i256> {
    u8::try_from(exponent).ok().filter(|exponent| *exponent <= PRECISION_256_MAX).map(pow10_256)
}

/// A rounded quotient of `shift` more decimals than the units give by themselves.
fn divide(left: i256, right: i256, shift: i16) -> Option<i256> {
    if right == i256::ZERO {
        return None;
    }
    if shift < 0 {
        // A divisor beyond 256 bits leaves less than a half of any numerator.
        let divisor = power(digits(shift)).and_then(|factor| right.checked_mul(factor));
        return Some(divisor.map_or(i256::ZERO, |divisor| divide_rounded_256(left, divisor)));
    }
    divide_scaled_256(left, right, u8::try_from(shift).ok()?)
}
