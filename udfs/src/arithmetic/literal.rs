//! Doubles written as literals: `0.15` is the decimal that stands there.
//!
//! A program that does not set `parse_float_as_decimal` gets doubles from the parser; here their digits come back.

use datafusion::{common::ScalarValue, logical_expr::Expr};

use crate::decimal::{pow10_i128, shortest_digits};

/// Turns a literal double into the decimal with the same shortest digits; other expressions pass as they are.
pub(crate) fn exact_literal(expr: Expr) -> Expr {
    match exact_value(&expr) {
        Some(value) => Expr::Literal(value, None),
        None => expr,
    }
}

fn exact_value(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(ScalarValue::Float64(Some(value)), _) => decimal(*value),
        Expr::Literal(ScalarValue::Float64(None), _) => None,
        Expr::Negative(inner) => match exact_value(inner)? {
            ScalarValue::Decimal128(Some(units), precision, scale) => {
                Some(ScalarValue::Decimal128(Some(-units), precision, scale))
            }
            _ => None,
        },
        _ => None,
    }
}

fn decimal(value: f64) -> Option<ScalarValue> {
    let (digits, scale) = shortest_digits(value)?;
    let (units, scale) = match u8::try_from(scale) {
        Ok(scale) => (digits, scale),
        Err(_) => (digits.checked_mul(pow10_i128(u8::try_from(-scale).ok().filter(|more| *more <= 37)?))?, 0),
    };
    // Beside a double column the literal is cast back to a double. That gives the same double as long as both the
    // digits and the power of ten are exact in 53 bits; any number that a person writes is.
    if scale > 22 || (scale > 0 && units.unsigned_abs() > 1 << 53) {
        return None;
    }
    let digits = u8::try_from(units.unsigned_abs().checked_ilog10().map_or(1, |last| last + 1)).ok()?;
    let scale_digits = i8::try_from(scale).ok()?;
    (digits <= 38).then(|| ScalarValue::Decimal128(Some(units), digits.max(scale).max(1), scale_digits))
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::lit;

    use super::*;

    #[test]
    fn a_double_becomes_the_decimal_that_was_written() {
        for (value, units, precision, scale) in [
            (0.15, 15, 2, 2),
            (1.0, 1, 1, 0),
            (0.001, 1, 3, 3),
            (1234.5, 12345, 5, 1),
            (1e20, pow10_i128(20), 21, 0),
            (0.0, 0, 1, 0),
        ] {
            let literal = Expr::Literal(ScalarValue::Decimal128(Some(units), precision, scale), None);
            assert_eq!(exact_literal(lit(value)), literal);
        }
        let negative = Expr::Literal(ScalarValue::Decimal128(Some(-15), 2, 2), None);
        assert_eq!(exact_literal(lit(-0.15)), negative);
        assert_eq!(exact_literal(Expr::Negative(Box::new(lit(0.15)))), negative);
    }

    #[test]
    fn what_is_no_decimal_stays_a_double() {
        for value in [f64::NAN, f64::INFINITY, 1e300, 1e-30, 5e-324] {
            assert_eq!(exact_literal(lit(value)), lit(value));
        }
        assert_eq!(exact_literal(lit(7)), lit(7));
    }
}
