//! Random customers through the scalar customer metrics, against fractions of big integers.

use datafusion::arrow::datatypes::{DataType, i256};
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::{
    column::{Argument, ROWS, pow10, rounded},
    differential::{Expected, check, config},
};

/// All values become units of this scale, which no argument exceeds.
const SCALE: i32 = 20;

/// Units between `least` and `greatest` of the scale's whole numbers, often at an end, in a type of so many decimals.
fn quantity(least: i64, greatest: i64) -> impl Strategy<Value = Argument> {
    let kind = prop_oneof![
        (0..=12_i8).prop_map(|scale| DataType::Decimal128(38, scale)),
        (0..=12_i8).prop_map(|scale| DataType::Decimal64(18, scale.min(8))),
        (0..=12_i8).prop_map(|scale| DataType::Decimal256(60, scale)),
        Just(DataType::Int64),
    ];
    (kind, prop::bool::weighted(0.3)).prop_flat_map(move |(data_type, scalar)| {
        let scale = match data_type {
            DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => scale,
            _ => 0,
        };
        let one = 10_i64.pow(scale.unsigned_abs().into());
        let one = i128::from(one);
        let (least, greatest) = (i128::from(least) * one, i128::from(greatest) * one);
        let value = prop_oneof![
            1 => Just(None),
            1 => Just(Some(least)),
            1 => Just(Some(greatest)),
            9 => (least..=greatest).prop_map(Some),
        ];
        prop::collection::vec(value, ROWS).prop_map(move |units| Argument {
            data_type: data_type.clone(),
            units: units.into_iter().map(|units| units.map(i256::from_i128)).collect(),
            scalar,
        })
    })
}

/// Mostly a valid rate; the few others must be refused.
fn rate() -> impl Strategy<Value = Argument> {
    prop_oneof![30 => quantity(0, 1), 1 => quantity(-1, 2)]
}

fn at_scale(argument: &Argument, row: usize) -> Option<BigInt> {
    Some(argument.value(row)? * pow10(SCALE - i32::from(argument.scale())))
}

fn all(arguments: &[&Argument], row: usize) -> Option<Vec<BigInt>> {
    arguments.iter().map(|argument| at_scale(argument, row)).collect()
}

fn clv(arguments: &[&Argument], row: usize, scale: i32) -> Expected {
    let values = all(arguments, row)?;
    let (one, zero) = (pow10(SCALE), BigInt::ZERO);
    let is_rate = |rate: &BigInt| (&zero..=&one).contains(&rate);
    let (margin, churn) = (&values[0], &values[1]);
    if !values[1..values.len().min(3)].iter().all(is_rate) {
        return Some(Err(()));
    }
    let retention = &one - churn;
    let (numerator, denominator) = match &values[2..] {
        [] if *churn == zero => return None,
        [] => (margin * &one, churn * &one),
        [discount, growth @ ..] => {
            let growth = growth.first().unwrap_or(&zero);
            if *growth < -&one {
                return Some(Err(()));
            }
            (margin * &retention, &one * (&one + discount) - &retention * (&one + growth))
        }
    };
    if denominator <= zero {
        return Some(Err(()));
    }
    Some(Ok(rounded(&(numerator * pow10(scale)), &denominator)))
}

fn health_score(arguments: &[&Argument], row: usize, scale: i32) -> Expected {
    let zero = BigInt::ZERO;
    let hundred = pow10(SCALE + 2);
    let weights: Vec<_> =
        arguments.iter().skip(1).step_by(2).filter_map(|weight| at_scale(weight, row)).collect();
    if weights.iter().any(|weight| *weight < zero)
        || (!weights.is_empty() && weights.iter().all(|weight| *weight == zero))
    {
        return Some(Err(()));
    }
    let (mut weighted, mut known) = (BigInt::ZERO, BigInt::ZERO);
    for pair in arguments.chunks(2) {
        if let (Some(score), Some(weight)) = (at_scale(pair[0], row), at_scale(pair[1], row)) {
            if score < zero || score > hundred {
                return Some(Err(()));
            }
            weighted += score * &weight;
            known += weight;
        }
    }
    (known > zero).then(|| Ok(rounded(&(weighted * pow10(scale)), &(known * pow10(SCALE)))))
}

fn scale_score(arguments: &[&Argument], row: usize, scale: i32) -> Expected {
    let values = all(arguments, row)?;
    let [x, worst, best] = &values[..] else { panic!("three arguments") };
    if worst == best {
        return Some(Err(()));
    }
    let (part, whole) = if worst < best { (x - worst, best - worst) } else { (worst - x, worst - best) };
    let part = part.clamp(BigInt::ZERO, whole.clone());
    Some(Ok(rounded(&(part * pow10(scale + 2)), &whole)))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn clv_agrees_with_fractions(
        margin in quantity(-100_000, 1_000_000),
        churn in rate(),
        discount in rate(),
        growth in prop_oneof![20 => quantity(-1, 0), 10 => quantity(0, 1), 1 => quantity(-2, 1)],
        count in 2..=4_usize,
    ) {
        let arguments = [&margin, &churn, &discount, &growth];
        check("clv", &arguments[..count], |row, scale| clv(&arguments[..count], row, scale));
    }

    #[test]
    fn cac_payback_agrees_with_fractions(cac in quantity(-100, 1_000_000), margin in quantity(-10, 10_000)) {
        check("cac_payback", &[&cac, &margin], |row, scale| {
            let values = all(&[&cac, &margin], row)?;
            (values[1] > BigInt::ZERO).then(|| Ok(rounded(&(&values[0] * pow10(scale)), &values[1])))
        });
    }

    #[test]
    fn health_score_agrees_with_fractions(
        components in prop::collection::vec(
            (
                prop_oneof![30 => quantity(0, 100), 1 => quantity(-1, 101)],
                prop_oneof![30 => quantity(0, 5), 1 => quantity(-1, 5)],
            ),
            1..4,
        ),
    ) {
        let arguments: Vec<_> = components.iter().flat_map(|(score, weight)| [score, weight]).collect();
        check("health_score", &arguments, |row, scale| {
            assert_eq!(scale, 4);
            health_score(&arguments, row, scale)
        });
    }

    #[test]
    fn scale_score_agrees_with_fractions(x in quantity(-200, 200), worst in quantity(-100, 100), best in quantity(-100, 100)) {
        let arguments = [&x, &worst, &best];
        check("scale_score", &arguments, |row, scale| {
            assert_eq!(scale, 4);
            scale_score(&arguments, row, scale)
        });
    }
}
