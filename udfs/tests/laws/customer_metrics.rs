//! The customer metrics pass the laws on every type, and say what the oracle says.

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Decimal128Type, Int64Type},
};
use datafusion::common::ScalarValue;
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::{
    aggregates::{Kind, argument_kinds, assert_oracle, column, exact_arguments, kind_and_rows, rows},
    check::{Call, Row, array, check_laws, passing},
    oracle,
    windows::evaluate_any,
};

/// Types of scores, and the units of one point.
fn score_kinds() -> Vec<(DataType, i128)> {
    vec![
        (DataType::Int8, 1),
        (DataType::Int64, 1),
        (DataType::UInt16, 1),
        (DataType::Decimal32(5, 2), 100),
        (DataType::Decimal128(18, 4), 10_000),
        (DataType::Decimal128(38, 30), 10i128.pow(30)),
        (DataType::Decimal256(40, 3), 1000),
        // Doubles are tenths in the tests.
        (DataType::Float64, 10),
    ]
}

/// Answers of a scale in some type; rows that do not count hold anything.
fn answers(least: i128, greatest: i128) -> impl Strategy<Value = (DataType, i128, Vec<Row>)> {
    let row = (prop_oneof![1 => Just(None), 8 => (least..=greatest).prop_map(Some)], 0usize..5, 0usize..8);
    (prop::sample::select(score_kinds()), prop::collection::vec(row, 0..90), any::<bool>()).prop_map(
        |((data_type, unit), rows, unfiltered)| {
            let rows = rows.into_iter().map(|(score, group, filter)| {
                let filter =
                    if unfiltered { Some(true) } else { [Some(true), Some(false), None][filter % 3] };
                // Out of every scale, but within every type.
                let score = if filter == Some(true) { score } else { Some(99) };
                Row { values: vec![score.map(|score: i128| score * unit)], group, filter }
            });
            let rows = rows.collect();
            (data_type, unit, rows)
        },
    )
}

fn check_survey(
    name: &str,
    (data_type, unit, rows): (DataType, i128, Vec<Row>),
    batch: usize,
    seed: usize,
    points: fn(i128) -> i128,
) {
    let outcome = check_laws(&Call::new(name, &[data_type]), &rows, batch, seed);
    assert_oracle(&outcome, &rows, 38, |rows| {
        let points: Vec<_> =
            column(rows, 0).into_iter().flatten().map(|score| points(score / unit)).collect();
        oracle::millionths(&points.iter().sum::<i128>().into(), &points.len().into())
    });
}

fn check_movement(name: &str, kinds: &[Kind], rows: &[Row], batch: usize, seed: usize) {
    let types: Vec<_> = kinds.iter().map(|(data_type, _)| data_type.clone()).collect();
    let outcome = check_laws(&Call::new(name, &types), rows, batch, seed);
    assert_oracle(&outcome, rows, 38, |rows| oracle::movement(name, &exact_arguments(kinds, rows)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn nps_is_the_mean_of_its_points(answers in answers(0, 10), batch in 1usize..100, seed in 0usize..1000) {
        check_survey("nps", answers, batch, seed, |score| match score {
            9 | 10 => 1,
            7 | 8 => 0,
            _ => -1,
        });
    }

    #[test]
    fn csat_is_the_share_of_the_two_best(answers in answers(1, 5), batch in 1usize..100, seed in 0usize..1000) {
        check_survey("csat", answers, batch, seed, |score| if score == 4 || score == 5 { 1 } else { 0 });
    }

    #[test]
    fn ces_is_the_mean(answers in answers(1, 7), batch in 1usize..100, seed in 0usize..1000) {
        check_survey("ces", answers, batch, seed, |score| score);
    }

    #[test]
    fn movements_are_exact((kinds, rows) in argument_kinds(2), batch in 1usize..100, seed in 0usize..1000) {
        for name in ["logo_churn_rate", "gross_revenue_retention", "net_revenue_retention", "quick_ratio"] {
            check_movement(name, &kinds, &rows, batch, seed);
        }
    }

    #[test]
    fn whale_peak_is_exact((kind, rows) in kind_and_rows(), batch in 1usize..100, seed in 0usize..1000) {
        let outcome = check_laws(&Call::new("whale_peak_pct", &[kind.0]), &rows, batch, seed);
        assert_oracle(&outcome, &rows, 38, |rows| {
            let profits: Vec<_> = column(rows, 0).into_iter().flatten().map(BigInt::from).collect();
            let gains = profits.iter().filter(|profit| **profit > BigInt::ZERO).sum();
            oracle::millionths(&gains, &profits.iter().sum())
        });
    }

    #[test]
    fn gini_is_the_mean_difference(
        (data_type, rows) in prop::sample::select(vec![
            (DataType::Int64, i128::from(i64::MAX)),
            (DataType::UInt8, 255),
            (DataType::Decimal128(18, 4), 10i128.pow(18) - 1),
            (DataType::Decimal128(38, 2), 10i128.pow(38) - 1),
            (DataType::Decimal256(76, 10), 10i128.pow(38) - 1),
            (DataType::Float64, 10i128.pow(9)),
        ]).prop_flat_map(|kind| (Just(kind.0.clone()), rows(vec![kind], false))),
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        let outcome = check_laws(&Call::new("gini", &[data_type]), &rows, batch, seed).unwrap();
        let mut groups: Vec<usize> = Vec::new();
        rows.iter().for_each(|row| if !groups.contains(&row.group) { groups.push(row.group) });
        for (value, group) in outcome.iter().zip(groups) {
            let rows: Vec<_> = passing(&rows).into_iter().filter(|row| row.group == group).collect();
            let values: Vec<_> = column(&rows, 0).into_iter().flatten().collect();
            let expected = oracle::gini(&values).map(|digits| format!("{digits}e-22").parse::<f64>().unwrap());
            prop_assert_eq!(value, &ScalarValue::Float64(expected));
        }
    }

    #[test]
    fn a_whale_curve_ends_at_a_hundred_and_its_peak_is_known(
        mut profits in prop::collection::vec(prop_oneof![1 => Just(None), 9 => (-2000..3000i128).prop_map(Some)], 1..60),
    ) {
        profits.sort_by(|left, right| right.cmp(left));
        let money = DataType::Decimal128(18, 4);
        let arguments = [array(&money, &profits), array(&money, &profits)];
        let curve = evaluate_any("whale_curve", &arguments, None).unwrap();
        let curve: Vec<_> = curve.as_primitive::<Decimal128Type>().iter().collect();
        let total: i128 = profits.iter().flatten().sum();
        for (row, profit) in profits.iter().enumerate() {
            // Equal rows share the value of the last of them.
            let sum: i128 = profits.iter().filter(|other| *other >= profit).flatten().sum();
            let expected = profit.and_then(|_| oracle::millionths(&sum.into(), &total.into()));
            prop_assert_eq!(curve[row].map(BigInt::from), expected);
        }
        let rows: Vec<_> =
            profits.iter().map(|profit| Row { values: vec![*profit], group: 0, filter: Some(true) }).collect();
        let peak = Call::new("whale_peak_pct", &[money]).value(&rows).unwrap();
        let ScalarValue::Decimal128(peak, _, _) = peak else { panic!("{peak:?} is no decimal") };
        if profits.iter().flatten().any(|profit| *profit > 0) {
            prop_assert_eq!(curve.into_iter().flatten().max(), peak);
        }
    }

    #[test]
    fn rfm_scores_count_what_is_worse(
        mut values in prop::collection::vec(prop_oneof![1 => Just(None), 9 => (0..20i128).prop_map(Some)], 1..60),
        descending in any::<bool>(),
        nulls_first in any::<bool>(),
    ) {
        values.sort_by_key(|value| {
            let key = value.map(|value| if descending { -value } else { value });
            (value.is_none() != nulls_first, key)
        });
        let scores = evaluate_any("rfm_score", &[array(&DataType::Int32, &values)], None).unwrap();
        let rows = values.iter().flatten().count();
        for (score, value) in scores.as_primitive::<Int64Type>().iter().zip(&values) {
            let expected = value.map(|value| {
                let is_worse = |other: &&i128| if descending { **other > value } else { **other < value };
                (1 + 5 * values.iter().flatten().filter(is_worse).count() / rows) as i64
            });
            prop_assert_eq!(score, expected);
        }
        prop_assert_eq!(scores.null_count(), values.len() - rows);
    }
}
