//! Random columns through every operator and margin, against big integers row by row.

use datafusion::arrow::datatypes::DataType;
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::column::{Argument, ROWS, argument, call, pow10, rounded};

/// The result of one row: NULL, or a value, or none because it fails.
pub type Expected = Option<Result<BigInt, ()>>;

pub fn config() -> ProptestConfig {
    ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() }
}

/// The largest units of a type of this many digits.
fn limit(data_type: &DataType) -> (BigInt, BigInt) {
    let decimal = |digits: i32| (-pow10(digits) + 1, pow10(digits) - 1);
    let integer = |bits: u32, signed: bool| {
        let two = BigInt::from(2);
        if signed { (-two.pow(bits - 1), two.pow(bits - 1) - 1) } else { (BigInt::ZERO, two.pow(bits) - 1) }
    };
    match data_type {
        DataType::Int8 => integer(8, true),
        DataType::Int16 => integer(16, true),
        DataType::Int32 => integer(32, true),
        DataType::Int64 => integer(64, true),
        DataType::UInt8 => integer(8, false),
        DataType::UInt16 => integer(16, false),
        DataType::UInt32 => integer(32, false),
        DataType::UInt64 => integer(64, false),
        DataType::Decimal128(_, _) => decimal(38),
        DataType::Decimal256(_, _) => decimal(76),
        other => panic!("{other} is no result of arithmetic"),
    }
}

fn scale_of(data_type: &DataType) -> i32 {
    match data_type {
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => i32::from(*scale),
        _ => 0,
    }
}

/// The scale that the documentation promises.
fn promised_scale(name: &str, left: i32, right: i32) -> i32 {
    match name {
        "checked_multiply" => (left + right).min(18),
        "divide" => left.max(right).clamp(10, 18),
        _ => left.max(right),
    }
}

fn reference(
    name: &str,
    left: &BigInt,
    left_scale: i32,
    right: &BigInt,
    right_scale: i32,
    scale: i32,
) -> Option<BigInt> {
    // Over one denominator of 10^152, which no scale exceeds, everything is an integer.
    let unit = pow10(152);
    let [left, right] =
        [(left, left_scale), (right, right_scale)].map(|(units, scale)| units * pow10(152 - scale));
    let (numerator, denominator) = match name {
        "checked_add" => (left + right, unit),
        "checked_subtract" | "margin" => (left - right, unit),
        "checked_multiply" => (left * right, &unit * &unit),
        "divide" if right == BigInt::ZERO => return None,
        "divide" => (left, right),
        other => panic!("{other}"),
    };
    Some(rounded(&(numerator * pow10(scale)), &denominator))
}

/// Compares a call with what each row should give.
pub fn check(name: &str, args: &[&Argument], expected: impl Fn(usize, i32) -> Expected) {
    let result = call(name, args);
    match result {
        Ok((data_type, units)) => {
            let (least, most) = limit(&data_type);
            for (row, found) in units.iter().enumerate() {
                let wanted = expected(row, scale_of(&data_type)).map(|value| {
                    value
                        .ok()
                        .filter(|value| (&least..=&most).contains(&value))
                        .expect("this row had to fail")
                });
                assert_eq!(found, &wanted, "{name} in row {row} of {args:?}, as {data_type}");
            }
        }
        Err(error) => {
            let message = error.to_string();
            let types: Vec<_> = args.iter().map(|arg| arg.data_type.clone()).collect();
            let function = crate::column::function(name);
            let coerced = function.coerce_types(&types).expect("every pair of exact types has a result");
            let data_type = function.return_type(&coerced).expect("every pair of exact types has a result");
            let (least, most) = limit(&data_type);
            let fails = (0..ROWS).any(|row| match expected(row, scale_of(&data_type)) {
                None => false,
                Some(Err(())) => true,
                Some(Ok(value)) => value < least || value > most,
            });
            assert!(fails, "{name} of {args:?} had no reason for: {message}");
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn operators_agree_with_big_integers(left in argument(), right in argument(), operator in 0..4_usize) {
        let name = ["checked_add", "checked_subtract", "checked_multiply", "divide"][operator];
        let [left_scale, right_scale] = [&left, &right].map(|argument| i32::from(argument.scale()));
        check(name, &[&left, &right], |row, scale| {
            let both_integers = left.data_type.is_integer() && right.data_type.is_integer();
            if name == "divide" || !both_integers {
                assert_eq!(scale, promised_scale(name, left_scale, right_scale));
            }
            let (left, right) = (left.value(row)?, right.value(row)?);
            Some(reference(name, &left, left_scale, &right, right_scale, scale).ok_or(()))
        });
    }

    #[test]
    fn margin_agrees_with_big_integers(revenue in argument(), cost in argument()) {
        let [revenue_scale, cost_scale] = [&revenue, &cost].map(|argument| i32::from(argument.scale()));
        check("margin", &[&revenue, &cost], |row, scale| {
            let (revenue, cost) = (revenue.value(row)?, cost.value(row)?);
            Some(reference("margin", &revenue, revenue_scale, &cost, cost_scale, scale).ok_or(()))
        });
    }

    #[test]
    fn margin_pct_agrees_with_big_integers(revenue in argument(), cost in argument()) {
        check("margin_pct", &[&revenue, &cost], |row, scale| {
            assert_eq!(scale, 4);
            let common = |argument: &Argument| Some(argument.value(row)? * pow10(76 - i32::from(argument.scale())));
            let (revenue, cost) = (common(&revenue)?, common(&cost)?);
            if revenue <= BigInt::ZERO {
                return None;
            }
            Some(Ok(rounded(&((&revenue - cost) * 1_000_000), &revenue)))
        });
    }
}
