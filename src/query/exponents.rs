//! Reads numbers with an exponent: `1e5` is the decimal 100000, `1e40` a DOUBLE.
//!
//! DataFusion would make decimals with a negative scale of large ones, which Arrow casts with loss. A number that has at
//! most 38 digits when it is written out is written out, and is exact as every other number; another is a DOUBLE, as it
//! would be in most programs. What not even a DOUBLE holds is an error.

use std::{mem, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, Value, ValueWithSpan, VisitorMut,
};

/// The digits of the widest decimal of 128 bits.
const DIGITS_MAX: usize = 38;

/// Mends one tree. Breaks with the first number that cannot be.
pub(super) struct Exponents;

impl VisitorMut for Exponents {
    type Break = String;

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<String> {
        let Expr::Value(ValueWithSpan { value: Value::Number(text, _), .. }) = expr else {
            return ControlFlow::Continue(());
        };
        if !text.contains(['e', 'E']) {
            return ControlFlow::Continue(());
        }
        match written_out(text) {
            Some(Written::Exact(decimal)) => *text = decimal,
            Some(Written::Double) => {
                let text = Value::SingleQuotedString(mem::take(text));
                *expr = Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(Expr::Value(text.into())),
                    data_type: DataType::Double(ExactNumberInfo::None),
                    array: false,
                    format: None,
                };
            }
            None => return ControlFlow::Break(mem::take(text)),
        }
        ControlFlow::Continue(())
    }
}

#[derive(Debug, PartialEq)]
enum Written {
    Exact(String),
    Double,
}

fn written_out(text: &str) -> Option<Written> {
    let text = text.replace('_', "");
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Written::Exact(String::from("0.")));
    }
    let exact = || {
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
        let more = usize::try_from(scale.unsigned_abs()).ok()?;
        match scale {
            // The point says that it is a decimal.
            ..=0 if digits.len().checked_add(more)? <= DIGITS_MAX => {
                Some(format!("{digits}{}.", "0".repeat(more)))
            }
            1.. if digits.len().max(more) <= DIGITS_MAX => {
                let padded = format!("{digits:0>width$}", width = more + 1);
                let (whole, fraction) = padded.split_at(padded.len() - more);
                Some(format!("{whole}.{fraction}"))
            }
            _ => None,
        }
    };
    if let Some(decimal) = exact() {
        return Some(Written::Exact(decimal));
    }
    let double: f64 = text.parse().ok()?;
    (double.is_finite() && double != 0.0).then_some(Written::Double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_into_38_digits_is_written_out() {
        for (text, decimal) in [
            ("1e5", "100000."),
            ("1E+5", "100000."),
            ("1.5e-7", "0.00000015"),
            ("1.50e1", "15.0"),
            ("12.5e1", "125."),
            (".5e1", "5."),
            ("1_000e-2", "10.00"),
            ("0e400", "0."),
            ("1e37", "10000000000000000000000000000000000000."),
            ("1e-38", "0.00000000000000000000000000000000000001"),
        ] {
            assert_eq!(written_out(text), Some(Written::Exact(decimal.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_does_not_is_a_double_or_an_error() {
        for text in ["1e38", "1e-39", "1.7e308", "5e-324", "123456789e30"] {
            assert_eq!(written_out(text), Some(Written::Double), "{text}");
        }
        for text in ["1e400", "1e-400", "1e99999999999999999999"] {
            assert_eq!(written_out(text), None, "{text}");
        }
    }
}
