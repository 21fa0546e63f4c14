//! `+ - * /` of decimals of up to 76 digits. Rare, so that clarity goes before speed.

use arrow::datatypes::{Decimal256Type, i256};
use datafusion::{error::Result, logical_expr::ColumnarValue};

use crate::{
    decimal::{
        PRECISION_256_MAX, divide_rounded_256, divide_scaled_256, fits_precision_256, format_units_256,
        multiply_rounded_256, pow10_256, rescale_256,
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
    // At most two times 76 digits.
    let cut = digits(i16::from(left_scale) + i16::from(right_scale) - i16::from(scale));
    let compute = |left: i256, right: i256| {
        let units = match operator {
            Arithmetic::Add => {
                rescale_256(left, left_scale, scale)?.checked_add(rescale_256(right, right_scale, scale)?)
            }
            Arithmetic::Subtract => {
                rescale_256(left, left_scale, scale)?.checked_sub(rescale_256(right, right_scale, scale)?)
            }
            Arithmetic::Multiply => multiply_rounded_256(left, right, cut),
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

fn digits(count: i16) -> u8 {
    u8::try_from(count.unsigned_abs()).unwrap_or(u8::MAX)
}

/// A rounded quotient of `shift` more decimals than the units give by themselves.
fn divide(left: i256, right: i256, shift: i16) -> Option<i256> {
    if right == i256::ZERO {
        return None;
    }
    if shift < 0 {
        // A divisor beyond 256 bits leaves less than a half of any numerator.
        let divisor = right.checked_mul(pow10_256(digits(shift)));
        return Some(divisor.map_or(i256::ZERO, |divisor| divide_rounded_256(left, divisor)));
    }
    divide_scaled_256(left, right, digits(shift))
}
