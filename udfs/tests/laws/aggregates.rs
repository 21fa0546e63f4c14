//! Every aggregate passes the laws on every type, and says what the oracle says.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::{
    check::{Call, Outcome, Row, check_laws, passing},
    oracle,
};

/// A type, and the greatest magnitude of its test values.
pub type Kind = (DataType, i128);

const NINES_38: i128 = 10i128.pow(38) - 1;

fn kinds() -> Vec<Kind> {
    vec![
        (DataType::Int8, 127),
        (DataType::Int16, 32_767),
        (DataType::Int32, i32::MAX as i128),
        (DataType::Int64, i64::MAX as i128),
        (DataType::Decimal32(9, 2), 999_999_999),
        (DataType::Decimal64(18, 4), 10i128.pow(18) - 1),
        (DataType::Decimal128(18, 4), 10i128.pow(18) - 1),
        (DataType::Decimal128(28, 6), 10i128.pow(28) - 1),
        // A few of these leave 128 bits, in both directions.
        (DataType::Decimal128(38, 2), NINES_38),
        (DataType::Decimal256(76, 10), NINES_38),
    ]
}

fn unsigned() -> Vec<Kind> {
    vec![
        (DataType::UInt8, 255),
        (DataType::UInt16, 65_535),
        (DataType::UInt32, u32::MAX as i128),
        (DataType::UInt64, u64::MAX as i128),
    ]
}

fn scale(data_type: &DataType) -> i8 {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => *scale,
        DataType::Float64 => 6,
        _ => 0,
    }
}

/// A value per million of the greatest, zero, or a NULL.
fn value(greatest: i128, signed: bool) -> impl Strategy<Value = Option<i128>> {
    let least = if signed { -greatest } else { 0 };
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(0)),
        2 => Just(Some(greatest)),
        2 => Just(Some(least)),
        4 => (least..=greatest).prop_map(Some),
    ]
}

pub fn rows(kinds: Vec<Kind>, signed: bool) -> impl Strategy<Value = Vec<Row>> {
    let values: Vec<_> = kinds.into_iter().map(|(_, greatest)| value(greatest, signed).boxed()).collect();
    let filter = prop_oneof![6 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    let row = (values, 0usize..5, filter);
    (prop::collection::vec(row, 0..90), any::<bool>(), any::<bool>()).prop_map(
        |(rows, unfiltered, without_null)| {
            rows.into_iter()
                .map(|(values, group, filter)| Row {
                    values: values
                        .into_iter()
                        .map(|value| if without_null { value.or(Some(0)) } else { value })
                        .collect(),
                    group,
                    filter: if unfiltered { Some(true) } else { filter },
                })
                .collect()
        },
    )
}

fn units(value: &ScalarValue) -> Option<BigInt> {
    match value {
        ScalarValue::Decimal128(units, _, _) => units.map(BigInt::from),
        ScalarValue::Decimal256(units, _, _) => units.map(|units| units.to_string().parse().unwrap()),
        other => panic!("{other:?} is no decimal"),
    }
}

fn precision(data_type: &DataType) -> u32 {
    if matches!(data_type, DataType::Decimal256(..)) { 76 } else { 38 }
}

/// Compares all groups with the oracle, which gives an error where one group's value has too many digits.
pub fn assert_oracle(
    outcome: &Outcome,
    rows: &[Row],
    digits: u32,
    expected: impl Fn(&[Row]) -> Option<BigInt>,
) {
    let mut groups: Vec<usize> = Vec::new();
    rows.iter().for_each(|row| {
        if !groups.contains(&row.group) {
            groups.push(row.group)
        }
    });
    let rows = passing(rows);
    let expected: Vec<_> = groups
        .iter()
        .map(|group| rows.iter().filter(|row| row.group == *group).cloned().collect::<Vec<_>>())
        .map(|rows| expected(&rows))
        .collect();
    if expected.iter().flatten().all(|units| oracle::fits(units, digits)) {
        let values: Vec<_> = outcome.as_ref().unwrap().iter().map(units).collect();
        assert_eq!(values, expected);
    } else {
        let message = outcome.as_ref().unwrap_err();
        assert!(message.contains("more digits") && message.contains("`c0`"), "{message}");
    }
}

pub fn column(rows: &[Row], index: usize) -> Vec<Option<i128>> {
    rows.iter().map(|row| row.values[index]).collect()
}

/// One kind with rows of it.
pub fn kind_and_rows() -> impl Strategy<Value = (Kind, Vec<Row>)> {
    let signed =
        prop::sample::select(kinds()).prop_flat_map(|kind| (Just(kind.clone()), rows(vec![kind], true)));
    let natural =
        prop::sample::select(unsigned()).prop_flat_map(|kind| (Just(kind.clone()), rows(vec![kind], false)));
    prop_oneof![3 => signed, 1 => natural]
}

pub fn argument_kinds(arguments: usize) -> impl Strategy<Value = (Vec<Kind>, Vec<Row>)> {
    let mut kinds = kinds();
    kinds.push((DataType::Float64, 10_000_000));
    prop::collection::vec(prop::sample::select(kinds), arguments)
        .prop_flat_map(|kinds| (Just(kinds.clone()), rows(kinds, true)))
}

/// Doubles are tenths in the tests, and six decimals in the function.
pub fn exact_arguments(kinds: &[Kind], rows: &[Row]) -> Vec<(Vec<Option<i128>>, i8)> {
    let scaled = |values: Vec<Option<i128>>, data_type: &DataType| match data_type {
        DataType::Float64 => values.into_iter().map(|value| value.map(|value| value * 100_000)).collect(),
        _ => values,
    };
    let argument =
        |(index, (data_type, _)): (usize, &Kind)| (scaled(column(rows, index), data_type), scale(data_type));
    kinds.iter().enumerate().map(argument).collect()
}

fn check_margin(name: &str, kinds: &[Kind], rows: &[Row], batch: usize, seed: usize) {
    let types: Vec<_> = kinds.iter().map(|(data_type, _)| data_type.clone()).collect();
    let digits = types.iter().map(precision).max().unwrap();
    let amount = check_laws(&Call::new(name, &types), rows, batch, seed);
    assert_oracle(&amount, rows, digits, |rows| {
        oracle::margin(&exact_arguments(kinds, rows)).map(|(_, margin)| margin)
    });
    let pct = check_laws(&Call::new(&format!("{name}_pct"), &types), rows, batch, seed);
    assert_oracle(&pct, rows, 38, |rows| oracle::margin_pct(&exact_arguments(kinds, rows)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn sum_is_exact((kind, rows) in kind_and_rows(), batch in 1usize..100, seed in 0usize..1000) {
        let (data_type, _) = kind;
        let outcome = check_laws(&Call::new("sum", std::slice::from_ref(&data_type)), &rows, batch, seed);
        assert_oracle(&outcome, &rows, precision(&data_type), |rows| oracle::sum(&column(rows, 0)));
    }

    #[test]
    fn avg_is_rounded_once((kind, rows) in kind_and_rows(), batch in 1usize..100, seed in 0usize..1000) {
        let (data_type, _) = kind;
        let scale = scale(&data_type);
        let outcome = check_laws(&Call::new("avg", std::slice::from_ref(&data_type)), &rows, batch, seed);
        let mean_scale = (scale + 4).max(6);
        assert_oracle(&outcome, &rows, precision(&data_type), |rows| oracle::avg(&column(rows, 0), scale, mean_scale));
    }

    #[test]
    fn distinct_counts_each_value_once((kind, rows) in kind_and_rows(), batch in 1usize..100, seed in 0usize..1000) {
        let (data_type, _) = kind;
        let scale = scale(&data_type);
        let distinct = |rows: &[Row]| {
            let mut values: Vec<_> = column(rows, 0).into_iter().flatten().map(Some).collect();
            values.sort();
            values.dedup();
            values
        };
        let types = std::slice::from_ref(&data_type);
        let sums = check_laws(&Call::distinct("sum", types), &rows, batch, seed);
        assert_oracle(&sums, &rows, precision(&data_type), |rows| oracle::sum(&distinct(rows)));
        let means = check_laws(&Call::distinct("avg", types), &rows, batch, seed);
        let mean_scale = (scale + 4).max(6);
        assert_oracle(&means, &rows, precision(&data_type), |rows| oracle::avg(&distinct(rows), scale, mean_scale));
    }

    #[test]
    fn medians_and_percentiles_are_exact(
        (kind, rows) in kind_and_rows(),
        hundredths in 0usize..=100,
        is_distinct in any::<bool>(),
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        let (data_type, _) = kind;
        let scale = scale(&data_type);
        let more = (scale + 4).max(6) - scale;
        let values = |rows: &[Row]| {
            let mut values = column(rows, 0);
            if is_distinct {
                values.sort();
                values.dedup();
            }
            values
        };
        let types = std::slice::from_ref(&data_type);
        let median = if is_distinct { Call::distinct("median", types) } else { Call::new("median", types) };
        let outcome = check_laws(&median, &rows, batch, seed);
        assert_oracle(&outcome, &rows, precision(&data_type), |rows| oracle::percentile(&values(rows), 50, more));
        let fraction = ScalarValue::Decimal128(Some(hundredths as i128), 3, 2);
        let percentile = Call::with_constant("percentile_cont", types, is_distinct, fraction);
        let outcome = check_laws(&percentile, &rows, batch, seed);
        assert_oracle(&outcome, &rows, precision(&data_type), |rows| {
            oracle::percentile(&values(rows), hundredths, more)
        });
    }

    #[test]
    fn support_margin_is_exact((kinds, rows) in argument_kinds(2), batch in 1usize..100, seed in 0usize..1000) {
        check_margin("support_margin", &kinds, &rows, batch, seed);
    }

    #[test]
    fn customer_success_margin_is_exact((kinds, rows) in argument_kinds(3), batch in 1usize..100, seed in 0usize..1000) {
        check_margin("customer_success_margin", &kinds, &rows, batch, seed);
        let two: Vec<_> = rows.iter().map(|row| Row { values: row.values[..2].to_vec(), ..row.clone() }).collect();
        check_margin("customer_success_margin", &kinds[..2], &two, batch, seed);
    }

    #[test]
    fn doubles_do_not_show_the_order(
        rows in rows(vec![(DataType::Float64, 10_000_000_000)], true),
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        for name in ["sum", "avg"] {
            let outcome = check_laws(&Call::new(name, &[DataType::Float64]), &rows, batch, seed).unwrap();
            let distinct = check_laws(&Call::distinct(name, &[DataType::Float64]), &rows, batch, seed).unwrap();
            prop_assert_eq!(outcome.len(), distinct.len());
        }
    }
}

fn row(values: &[Option<i128>]) -> Row {
    Row { values: values.to_vec(), group: 0, filter: Some(true) }
}

#[test]
fn an_intermediate_overflow_is_none_in_any_order() {
    let ninety = 9 * 10i128.pow(37);
    for values in [[ninety, ninety, -ninety], [ninety, -ninety, ninety], [-ninety, ninety, ninety]] {
        let rows: Vec<_> = values.iter().map(|value| row(&[Some(*value)])).collect();
        for name in ["sum", "support_margin"] {
            let types = vec![DataType::Decimal128(38, 0); if name == "sum" { 1 } else { 2 }];
            let rows: Vec<_> = if name == "sum" {
                rows.clone()
            } else {
                rows.iter().map(|r| row(&[r.values[0], Some(0)])).collect()
            };
            let outcome = check_laws(&Call::new(name, &types), &rows, 1, 3).unwrap();
            assert_eq!(outcome, [ScalarValue::Decimal128(Some(ninety), 38, 0)], "{name}");
        }
    }
    let thousand = vec![row(&[Some(NINES_38)]); 1000];
    let message = check_laws(&Call::new("sum", &[DataType::Decimal128(38, 0)]), &thousand, 7, 1).unwrap_err();
    assert!(message.contains("`sum` of `c0`") && message.contains("decimal(76, 0)"), "{message}");
    let widest = vec![row(&[Some(NINES_38)]); 1000];
    let outcome = check_laws(&Call::new("sum", &[DataType::Decimal256(76, 0)]), &widest, 7, 1).unwrap();
    assert_eq!(units(&outcome[0]), Some(BigInt::from(NINES_38) * 1000));
}

#[test]
fn a_mean_of_the_largest_values_is_that_value() {
    let nines = 10i128.pow(32) - 1;
    let rows = vec![row(&[Some(nines)]); 300];
    let outcome = check_laws(&Call::new("avg", &[DataType::Decimal128(32, 0)]), &rows, 9, 1).unwrap();
    assert_eq!(outcome, [ScalarValue::Decimal128(Some(nines * 1_000_000), 38, 6)]);
}

#[test]
fn double_sums_keep_what_an_addition_loses() {
    let mut rows: Vec<_> =
        [10i128.pow(21), 1, -(10i128.pow(21)), 1].map(|tenths| row(&[Some(tenths)])).into();
    for _ in 0..rows.len() {
        rows.rotate_left(1);
        let value = Call::new("sum", &[DataType::Float64]).value(&rows);
        assert_eq!(value, Ok(ScalarValue::Float64(Some(0.2))), "{rows:?}");
    }
}
