//! The fraction of a quantile, and the value that stands there, in whole numbers. Knows nothing of columns.

use arrow::datatypes::{DataType, i256};
use datafusion::common::ScalarValue;

use crate::decimal::{divide_scaled_256, pow10_256, pow10_i128, rescale, shortest_digits};

/// More decimals than people write; with 38 digits of the values on either side all fits 256 bits.
const DIGITS: u8 = 18;

/// A number from 0 to 1, in units of 10^-18.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fraction(i128);

impl Fraction {
    pub(super) const HALF: Self = Self(pow10_i128(DIGITS) / 2);

    /// Rounded to 18 decimals. `None` for NULL, and for what is not between 0 and 1.
    pub(super) fn of(value: &ScalarValue) -> Option<Self> {
        let (units, scale) = match value {
            ScalarValue::Float64(Some(value)) => shortest_digits(*value)?,
            value if value.data_type().is_numeric() => {
                match value.cast_to(&DataType::Decimal128(38, DIGITS.cast_signed())).ok()? {
                    ScalarValue::Decimal128(Some(units), _, scale) => (units, i32::from(scale)),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let units = rescale(units, i8::try_from(scale).ok()?, DIGITS.cast_signed())?;
        (0..=pow10_i128(DIGITS)).contains(&units).then_some(Self(units))
    }

    /// The same place counted from the other end.
    pub(super) fn of_the_rest(self) -> Self {
        Self(pow10_i128(DIGITS) - self.0)
    }

    /// Where the value stands among so many: after how many whole values, and how far to the next.
    pub(super) fn place(self, values: usize) -> Option<Place> {
        let last = i128::try_from(values).ok()?.checked_sub(1)?;
        let place = self.0.checked_mul(last)?;
        let one = pow10_i128(DIGITS);
        Some(Place { index: usize::try_from(place / one).ok()?, rest: place % one })
    }
}

/// A place between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The value before it.
    pub(super) index: usize,
    rest: i128,
}

impl Place {
    /// Whether it is that of a value.
    pub(super) fn is_whole(self) -> bool {
        self.rest == 0
    }

    /// The value at the place, with `more` decimals than the two beside it. `None` if it does not fit 256 bits.
    pub(super) fn between(self, low: i256, high: i256, more: u8) -> Option<i256> {
        let one = pow10_256(DIGITS);
        let step = high.checked_sub(low)?.checked_mul(i256::from_i128(self.rest))?;
        divide_scaled_256(low.checked_mul(one)?.checked_add(step)?, one, more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_without_a_double() {
        let tenth = Fraction::of(&ScalarValue::Decimal128(Some(1), 1, 1)).unwrap();
        assert_eq!(Fraction::of(&ScalarValue::Float64(Some(0.1))), Some(tenth));
        let place = tenth.place(11).unwrap();
        assert!(place.is_whole() && place.index == 1);
        let place = tenth.of_the_rest().place(4).unwrap();
        assert_eq!(place.between(i256::from_i128(3), i256::from_i128(4), 4), Some(i256::from_i128(37_000)));
        assert_eq!(Fraction::of(&ScalarValue::Int64(Some(1))), Some(Fraction(pow10_i128(DIGITS))));
    }

    #[test]
    fn what_is_no_fraction_is_none() {
        for value in [
            ScalarValue::Float64(Some(f64::NAN)),
            ScalarValue::Float64(Some(1.1)),
            ScalarValue::Decimal128(Some(-1), 1, 1),
            ScalarValue::Float64(None),
            ScalarValue::from("a"),
        ] {
            assert_eq!(Fraction::of(&value), None, "{value:?}");
        }
    }
}
