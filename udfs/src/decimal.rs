//! All rounding: division, change of scale, doubles. No other file rounds.
//!
//! Amounts are whole units (`i128`, or `i256` where 38 digits do not suffice) and a scale; rounding is half
//! away from zero. Knows nothing of arrays and of SQL: `numeric` reads columns, `arithmetic` has the operators.

use arrow::datatypes::i256;
use datafusion::error::Result;

use crate::{FunctionError, wide::Wide};

/// Digits of a DECIMAL(38, _), the widest that 128 bits hold.
pub(crate) const PRECISION_MAX: u8 = 38;

/// Digits of the widest decimal there is, that of 256 bits.
pub(crate) const PRECISION_256_MAX: u8 = 76;

/// Money in canonical tables is DECIMAL(18, 4): four decimals are what unit prices and exchange rates of
/// exports have, and 18 digits leave 20 for the sum of a column.
pub(crate) const MONEY_PRECISION: u8 = 18;
/// The decimals of money in canonical tables, unless a source has finer amounts.
pub const MONEY_SCALE: i8 = 4;

/// Documents are written in cents.
pub(crate) const CENTS_SCALE: i8 = 2;

/// The most decimals that an amount keeps: prices by call, byte or token have six to nine.
pub const MONEY_SCALE_MAX: i8 = 10;

/// The digits of an amount with this many decimals: always the same number before the point.
pub(crate) const fn money_precision(scale: i8) -> u8 {
    MONEY_PRECISION + scale.unsigned_abs() - MONEY_SCALE.unsigned_abs()
}

/// Percentages have four decimals: 0.0001 % of ten million is a tenner, below what anyone acts upon.
pub(crate) const PCT_SCALE: i8 = 4;

/// Rates, retentions and quotients of sums have six decimals, which as a percentage are the four of [`PCT_SCALE`].
pub(crate) const RATE_SCALE: i8 = 6;

/// Doubles are rounded to six decimals: money has four and exchange rates of six are common, while the noise of
/// binary fractions (0.1 + 0.2 = 0.30000000000000004) stays below the sixth up to some billions.
pub const FLOAT_SCALE: i8 = 6;

/// A quotient has at least ten decimals, so that a ratio multiplied by a billion is still right to the unit.
pub(crate) const RATIO_SCALE_MIN: i8 = 10;

/// Neither products nor quotients have more than 18 decimals. 20 digits are then left before the point, so that
/// `pool * x / y * z / w` does not run out of digits however long the chain is.
pub(crate) const PRODUCT_SCALE_MAX: i8 = 18;

const POW10: [i128; 39] = {
    let mut table = [1; 39];
    let mut exponent = 1;
    while exponent < table.len() {
        table[exponent] = table[exponent - 1] * 10;
        exponent += 1;
    }
    table
};

/// 10 to the power of `exponent`, which is at most 38.
pub(crate) const fn pow10_i128(exponent: u8) -> i128 {
    POW10[exponent as usize]
}

/// 10 to the power of `exponent`, which is at most 76.
pub(crate) const fn pow10_256(exponent: u8) -> i256 {
    i256::from_i128(10).wrapping_pow(exponent as u32)
}

/// Whether the units are those of a decimal of this precision (at most 38 digits).
pub(crate) fn fits_precision(units: i128, precision: u8) -> bool {
    units.unsigned_abs() < pow10_i128(precision).unsigned_abs()
}

/// Whether the units are those of a decimal of this precision (at most 76 digits).
pub(crate) fn fits_precision_256(units: i256, precision: u8) -> bool {
    let limit = pow10_256(precision);
    units < limit && units > limit.wrapping_neg()
}

/// Divides, half away from zero. The denominator is not zero.
///
/// `i128::MIN / -1` is `i128::MAX`: no decimal has such units, and [`fits_precision`] refuses both.
#[inline]
pub(crate) fn divide_rounded(numerator: i128, denominator: i128) -> i128 {
    // Two thirds of the time of a 128-bit division is saved where 64 bits suffice, as they do for most money.
    if let (Ok(small_numerator), Ok(small_denominator)) =
        (i64::try_from(numerator), i64::try_from(denominator))
        && small_numerator != i64::MIN
    {
        let (quotient, remainder) =
            (small_numerator / small_denominator, small_numerator % small_denominator);
        let (rest, whole) = (remainder.unsigned_abs(), small_denominator.unsigned_abs());
        let step = i64::from(rest >= whole - rest);
        return i128::from(if (small_numerator < 0) == (small_denominator < 0) {
            quotient + step
        } else {
            quotient - step
        });
    }
    let Some(quotient) = numerator.checked_div(denominator) else { return i128::MAX };
    // The remainder without a second division of 128 bits.
    let rest = numerator.wrapping_sub(quotient.wrapping_mul(denominator)).unsigned_abs();
    let step = i128::from(rest >= denominator.unsigned_abs() - rest);
    if (numerator < 0) == (denominator < 0) { quotient + step } else { quotient - step }
}

/// Divides, half away from zero. The denominator is not zero; `i256::MIN / -1` is `i256::MAX`.
pub(crate) fn divide_rounded_256(numerator: i256, denominator: i256) -> i256 {
    let Some(quotient) = numerator.checked_div(denominator) else { return i256::MAX };
    let remainder = numerator.wrapping_rem(denominator);
    // Negative magnitudes, because the smallest i256 has no positive one.
    let minus = |value: i256| if value.is_negative() { value } else { value.wrapping_neg() };
    let (rest, whole) = (minus(remainder), minus(denominator));
    if rest > whole.wrapping_sub(rest) {
        return quotient;
    }
    let step = if numerator.is_negative() == denominator.is_negative() { i256::ONE } else { i256::MINUS_ONE };
    quotient.wrapping_add(step)
}

/// A hundred percent in units of [`PCT_SCALE`].
const HUNDRED_PCT: i128 = pow10_i128(2 + PCT_SCALE as u8);

/// `part` as a percentage of `base`, in units of [`PCT_SCALE`]. `None` if that has more than 38 digits; the base
/// is not zero.
#[inline]
pub(crate) fn percentage(part: i128, base: i128) -> Option<i128> {
    match part.checked_mul(HUNDRED_PCT) {
        Some(numerator) => Some(divide_rounded(numerator, base)),
        None => {
            let numerator = i256::from_i128(part).wrapping_mul(i256::from_i128(HUNDRED_PCT));
            divide_rounded_256(numerator, i256::from_i128(base)).to_i128()
        }
    }
    .filter(|units| fits_precision(*units, PRECISION_MAX))
}

/// [`percentage`] of 256-bit units.
pub(crate) fn percentage_256(part: i256, base: i256) -> Option<i128> {
    divide_scaled_256(part, base, 2 + PCT_SCALE.unsigned_abs())?
        .to_i128()
        .filter(|units| fits_precision(*units, PRECISION_MAX))
}

/// The margin in percent of a positive revenue, whatever the scales are, in units of [`PCT_SCALE`]. `None` if it has
/// more than 38 digits.
pub(crate) fn margin_percentage_256(
    revenue: i256,
    revenue_scale: i8,
    cost: i256,
    cost_scale: i8,
) -> Option<i128> {
    let scale = revenue_scale.max(cost_scale);
    let narrow = || {
        let revenue = rescale_256(revenue, revenue_scale, scale)?;
        percentage_256(revenue.checked_sub(rescale_256(cost, cost_scale, scale)?)?, revenue)
    };
    if let Some(percentage) = narrow() {
        return Some(percentage);
    }
    let common = |units, of: i8| Wide::new(units).scaled(u32::from((scale - of).unsigned_abs()));
    let (base, cost_units) = (common(revenue, revenue_scale)?, common(cost, cost_scale)?);
    let loss = !cost.is_negative() && cost_units > base;
    let part = match (cost.is_negative(), loss) {
        (true, _) => base.plus(cost_units)?,
        (false, true) => cost_units.minus(base),
        (false, false) => base.minus(cost_units),
    };
    let percentage = part.scaled(u32::from(2 + PCT_SCALE.unsigned_abs()))?.divide_rounded(base)?.to_i128()?;
    fits_precision(percentage, PRECISION_MAX).then_some(if loss { -percentage } else { percentage })
}

/// A product that loses its last `cut` digits, rounded half away from zero. `None` if it does not fit an `i256`.
pub(crate) fn multiply_rounded_256(left: i256, right: i256, cut: u8) -> Option<i256> {
    if cut <= PRECISION_256_MAX
        && let Some(product) = left.checked_mul(right)
    {
        return Some(divide_rounded_256(product, pow10_256(cut)));
    }
    let magnitude = Wide::product(left, right).divide_rounded(Wide::pow10(cut.into())?)?;
    Some(if left.is_negative() == right.is_negative() { magnitude } else { magnitude.wrapping_neg() })
}

/// Divides after multiplying the numerator by 10 to the power of `digits`, half away from zero. `None` if the
/// quotient does not fit an `i256`; the denominator is not zero.
pub(crate) fn divide_scaled_256(numerator: i256, denominator: i256, digits: u8) -> Option<i256> {
    let factor = (digits <= PRECISION_256_MAX).then(|| pow10_256(digits));
    if let Some(scaled) = factor.and_then(|factor| numerator.checked_mul(factor)) {
        return Some(divide_rounded_256(scaled, denominator));
    }
    let magnitude = Wide::new(numerator).scaled(digits.into())?.divide_rounded(Wide::new(denominator))?;
    let positive = numerator.is_negative() == denominator.is_negative();
    Some(if positive { magnitude } else { magnitude.wrapping_neg() })
}

/// A quotient of two decimals at a scale, half away from zero. `None` if it has more than 38 digits, or no way to it
/// fits 256 bits; the denominator is not zero.
pub(crate) fn quotient(
    (numerator, numerator_scale): (i256, i16),
    (denominator, denominator_scale): (i256, i16),
    scale: i8,
) -> Option<i128> {
    let digits = i16::from(scale) + denominator_scale - numerator_scale;
    let more = u8::try_from(digits.unsigned_abs()).ok()?;
    let units = if digits >= 0 {
        divide_scaled_256(numerator, denominator, more)?
    } else {
        let factor = (more <= PRECISION_256_MAX).then(|| pow10_256(more))?;
        divide_rounded_256(numerator, denominator.checked_mul(factor)?)
    };
    units.to_i128().filter(|units| fits_precision(*units, PRECISION_MAX))
}

/// The share of an amount that belongs to the first `elapsed` of `total` equal steps. `None` if it has no place in
/// 256 bits on the way.
pub(crate) fn cumulative_share_256(amount: i256, elapsed: i64, total: i64) -> Option<i256> {
    let numerator = amount.checked_mul(i256::from(elapsed))?;
    Some(divide_rounded_256(numerator, i256::from(total)))
}

/// [`cumulative_share_256`] of units up to 38 digits, which always has a result.
pub(crate) fn cumulative_share(amount: i128, elapsed: i64, total: i64) -> Option<i128> {
    match amount.checked_mul(elapsed.into()) {
        Some(numerator) => Some(divide_rounded(numerator, total.into())),
        None => cumulative_share_256(i256::from_i128(amount), elapsed, total)?.to_i128(),
    }
}

/// Units at another scale, rounded if digits are lost. `None` if they do not fit an `i128`.
pub(crate) fn rescale(units: i128, from: i8, to: i8) -> Option<i128> {
    let digits = i16::from(to) - i16::from(from);
    match u8::try_from(digits.unsigned_abs()) {
        Ok(more) if digits >= 0 && more <= PRECISION_MAX => units.checked_mul(pow10_i128(more)),
        Ok(fewer) if digits < 0 && fewer <= PRECISION_MAX => Some(divide_rounded(units, pow10_i128(fewer))),
        // More digits than there are: nothing is left of a value, and only zero can grow by so many.
        _ => (digits < 0 || units == 0).then_some(0),
    }
}

/// Units at another scale, rounded if digits are lost. `None` if they do not fit an `i256`.
pub(crate) fn rescale_256(units: i256, from: i8, to: i8) -> Option<i256> {
    let digits = i16::from(to) - i16::from(from);
    match u8::try_from(digits.unsigned_abs()) {
        Ok(more) if digits >= 0 && more <= PRECISION_256_MAX => units.checked_mul(pow10_256(more)),
        Ok(fewer) if digits < 0 && fewer <= PRECISION_256_MAX => {
            Some(divide_rounded_256(units, pow10_256(fewer)))
        }
        _ => (digits < 0 || units == i256::ZERO).then_some(i256::ZERO),
    }
}

/// Rounds a double to units of `scale`. NaN, infinities and what has more than 38 digits are errors naming the function.
pub(crate) fn round_float(value: f64, scale: i8, function: &str) -> Result<i128> {
    match quickly_rounded(value, scale) {
        Some(units) => Ok(units),
        None => round_float_text(&format!("{value:e}"), scale, function),
    }
}

/// A double in units of `scale`, if neither its size nor a half nearby makes that doubtful.
fn quickly_rounded(value: f64, scale: i8) -> Option<i128> {
    // Higher powers of ten are not exact as doubles.
    let power = u8::try_from(scale).ok().filter(|power| *power <= 22)?;
    let scaled = value * 10f64.powi(i32::from(power));
    let whole = scaled.round();
    // The product is off by some 2^-52 of itself. Where that cannot turn the rounding it is done at once;
    // close to a half, and beyond 2^51, the digits that a person would see decide.
    let certain =
        scaled.abs() < 2f64.powi(51) && ((scaled - whole).abs() - 0.5).abs() > scaled.abs() * 2f64.powi(-50);
    certain.then_some(whole as i128)
}

/// A double in units of `scale`, rounded by its shortest digits. `None` for NaN, infinities, and what does not fit.
pub(crate) fn double_units(value: f64, scale: i8) -> Option<i256> {
    match quickly_rounded(value, scale) {
        Some(units) => Some(i256::from_i128(units)),
        None => digits_units(scientific_digits(&format!("{value:e}"))?, scale),
    }
}

/// [`double_units`] of a single-precision number.
pub(crate) fn single_units(value: f32, scale: i8) -> Option<i256> {
    digits_units(scientific_digits(&format!("{value:e}"))?, scale)
}

fn digits_units((digits, from): (i128, i32), scale: i8) -> Option<i256> {
    match i8::try_from(from) {
        Ok(from) => rescale_256(i256::from_i128(digits), from, scale),
        Err(_) => (from > 0 || digits == 0).then_some(i256::ZERO),
    }
}

/// The whole number that is nearest to a double, a half away from zero. `None` for NaN, infinities, and what does not fit.
pub(crate) fn nearest_integer(value: f64) -> Option<i128> {
    let whole = value.round();
    // 2^127 itself does not fit; NaN is not below it either.
    (whole.abs() < 2f64.powi(127)).then_some(whole as i128)
}

/// The double that is nearest to a decimal. Always there.
pub(crate) fn nearest_double(units: i128, scale: i8) -> Option<f64> {
    // Both are exact then, and the division rounds once.
    if let Ok(power) = u8::try_from(scale)
        && power <= 22
        && units.unsigned_abs() < 1 << 53
    {
        return Some(units as f64 / 10f64.powi(i32::from(power)));
    }
    format!("{units}e{}", -i16::from(scale)).parse().ok()
}

/// Rounds a single-precision number by its own shortest digits: 1234.56 is that, not 1234.56005859375.
pub(crate) fn round_float32(value: f32, scale: i8, function: &str) -> Result<i128> {
    round_float_text(&format!("{value:e}"), scale, function)
}

fn round_float_text(text: &str, scale: i8, function: &str) -> Result<i128> {
    let Some((digits, digits_scale)) = scientific_digits(text) else {
        return Err(FunctionError::new(format!(
            "`{function}` met `{text}` in a DOUBLE, which is not an amount"
        ))
        .with_help("filter such rows out, or turn them into NULL with `nullif`")
        .into());
    };
    rescale_wide(digits, digits_scale, scale)
        .filter(|units| fits_precision(*units, PRECISION_MAX))
        .ok_or_else(|| {
            FunctionError::new(format!("`{function}` met the DOUBLE `{text}`, which has more than 38 digits"))
                .with_help("divide it by a power of ten first")
                .into()
        })
}

fn rescale_wide(digits: i128, from: i32, to: i8) -> Option<i128> {
    match i8::try_from(from) {
        Ok(from) => rescale(digits, from, to),
        Err(_) => (from > 0 || digits == 0).then_some(0),
    }
}

/// The shortest digits that make this double, and their scale. `None` for NaN and infinities.
pub(crate) fn shortest_digits(value: f64) -> Option<(i128, i32)> {
    scientific_digits(&format!("{value:e}"))
}

/// Reads `-1.25e-3` as (-125, 5).
fn scientific_digits(text: &str) -> Option<(i128, i32)> {
    let (mantissa, exponent) = text.split_once('e')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}").parse().ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    Some((digits, i32::try_from(fraction.len()).ok()? - exponent))
}

/// The value as text, with all decimals of its scale, for messages.
pub(crate) fn format_units(units: i128, scale: i8) -> String {
    place_point(&units.to_string(), scale)
}

/// The value as text, with all decimals of its scale, for messages.
pub(crate) fn format_units_256(units: i256, scale: i8) -> String {
    place_point(&units.to_string(), scale)
}

fn place_point(units: &str, scale: i8) -> String {
    let (sign, digits) = match units.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", units),
    };
    let decimals = usize::from(scale.unsigned_abs());
    match scale {
        0 => units.to_owned(),
        ..0 => format!("{units}{}", "0".repeat(decimals)),
        1.. => {
            let padded = format!("{digits:0>width$}", width = decimals + 1);
            let (whole, fraction) = padded.split_at(padded.len() - decimals);
            format!("{sign}{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero_whatever_the_signs() {
        for (numerator, denominator, quotient) in
            [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (-5, -2, 3), (4, 3, 1), (5, 3, 2), (0, -7, 0), (1, 3, 0)]
        {
            assert_eq!(divide_rounded(numerator, denominator), quotient, "{numerator} / {denominator}");
            let wide = i128::from(i64::MAX) * 4;
            assert_eq!(divide_rounded(numerator * wide, denominator * wide), quotient);
            let (numerator, denominator) = (i256::from_i128(numerator), i256::from_i128(denominator));
            assert_eq!(divide_rounded_256(numerator, denominator), i256::from_i128(quotient));
        }
    }

    #[test]
    fn the_smallest_integers_do_not_panic() {
        assert_eq!(divide_rounded(i128::MIN, -1), i128::MAX);
        assert_eq!(divide_rounded(i128::MIN, i128::MIN), 1);
        assert_eq!(divide_rounded(i128::MAX, i128::MIN), -1);
        assert_eq!(divide_rounded(i64::MIN.into(), -1), -i128::from(i64::MIN));
        assert_eq!(divide_rounded(i64::MAX.into(), i64::MIN.into()), -1);
        assert_eq!(divide_rounded_256(i256::MIN, i256::MINUS_ONE), i256::MAX);
        assert_eq!(divide_rounded_256(i256::MAX, i256::MIN), i256::MINUS_ONE);
        assert!(!fits_precision(i128::MIN, 38) && !fits_precision(i128::MAX, 38));
        assert!(fits_precision(pow10_i128(38) - 1, 38) && !fits_precision(-pow10_i128(38), 38));
        assert!(!fits_precision_256(i256::MIN, 76) && fits_precision_256(pow10_256(75), 76));
    }

    #[test]
    fn a_change_of_scale_rounds_and_is_checked() {
        assert_eq!(rescale(12345, 4, 2), Some(123));
        assert_eq!(rescale(-12350, 4, 2), Some(-124));
        assert_eq!(rescale(12, 0, 2), Some(1200));
        assert_eq!(rescale(12, -2, 0), Some(1200));
        assert_eq!(rescale(i128::MAX, 0, 1), None);
        assert_eq!(rescale(i128::MAX, 60, 0), Some(0));
        assert_eq!(rescale(1, 0, 60), None);
        assert_eq!(rescale_256(i256::from_i128(-15), 1, 0), Some(i256::from_i128(-2)));
        assert_eq!(rescale_256(i256::MAX, 0, 1), None);
    }

    #[test]
    fn doubles_are_rounded_by_the_digits_a_person_sees() {
        for (value, units) in [
            (0.1 + 0.2, 300_000),
            (-0.1 - 0.2, -300_000),
            (1.000_000_5, 1_000_001),
            (0.000_000_5, 1),
            (0.000_000_499_999, 0),
            (1e15 + 0.125, 1_000_000_000_000_000_100_000),
            (1e31, pow10_i128(37)),
            (-0.0, 0),
            (5e-324, 0),
        ] {
            assert_eq!(round_float(value, FLOAT_SCALE, "margin").unwrap(), units, "{value}");
        }
        assert_eq!(round_float32(1234.56, FLOAT_SCALE, "margin").unwrap(), 1_234_560_000);
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e33, -f64::MAX] {
            let message = round_float(value, FLOAT_SCALE, "margin").unwrap_err().to_string();
            assert!(message.contains("`margin`"), "{message}");
        }
    }

    #[test]
    fn quotients_are_rounded_once_whatever_the_scales() {
        let of = |numerator: i128, numerator_scale, denominator: i128, denominator_scale, scale| {
            quotient(
                (i256::from_i128(numerator), numerator_scale),
                (i256::from_i128(denominator), denominator_scale),
                scale,
            )
        };
        assert_eq!(of(2, 0, 3, 0, 4), Some(6667));
        assert_eq!(of(-2, 0, 3, 2, 0), Some(-67));
        assert_eq!(of(15, 5, 1, 0, 4), Some(2));
        assert_eq!(of(14, 5, 1, 0, 4), Some(1));
        assert_eq!(of(10i128.pow(37), 0, 1, 0, 2), None);
        assert_eq!(of(1, 90, 1, 0, 2), None);
    }

    #[test]
    fn units_are_printed_with_their_point() {
        assert_eq!(format_units(-5, 2), "-0.05");
        assert_eq!(format_units(123_456, 4), "12.3456");
        assert_eq!(format_units(12, -3), "12000");
        assert_eq!(format_units(7, 0), "7");
        assert_eq!(format_units_256(i256::from_i128(-100), 2), "-1.00");
    }
}
