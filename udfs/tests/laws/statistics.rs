//! The statistical aggregates pass the laws, errors included: a fit is the same to the last bit however its rows come.

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Float64Type},
};
use datafusion::common::ScalarValue;
use proptest::prelude::*;

use crate::check::{Call, Outcome, Row, check_laws};

/// What the planner casts every number to; the test values are tenths.
const DOUBLE: DataType = DataType::Float64;

/// Rows of these values in five groups, some of them filtered out, and with a NULL here and there.
fn rows<const N: usize>(
    values: impl Strategy<Value = [i128; N]>,
    count: usize,
) -> impl Strategy<Value = Vec<Row>> {
    let filter = prop_oneof![6 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    let row = (values, 0..5usize, filter, 0..12 * N).prop_map(|(values, group, filter, null)| {
        let value = |(index, value)| (index != null).then_some(value);
        Row { values: values.into_iter().enumerate().map(value).collect(), group, filter }
    });
    prop::collection::vec(row, 0..count)
}

/// Frequency, recency and age; one in 200 has a recency that cannot be.
fn history() -> impl Strategy<Value = [i128; 3]> {
    let frequency = prop_oneof![3 => Just(0i128), 3 => 1..4i128, 1 => 4..90i128];
    (frequency, 0..=100i128, 100..400i128, 0..200u8).prop_map(|(frequency, share, age, odd)| {
        let recency = if odd == 0 { age + 1 } else { age * share / 100 };
        [10 * frequency, if frequency == 0 { 0 } else { recency }, age]
    })
}

/// Frequency and mean value, which differs between customers and, the less often they buy, by chance; a few are not
/// positive if the divisor may be 0.
fn spending(divisor_min: i128) -> impl Strategy<Value = [i128; 2]> {
    (0..6i128, divisor_min..60i128, -70..70i128).prop_map(|(frequency, divisor, chance)| {
        let value = 30_000 / (10 + divisor) * (100 + chance / (1 + frequency / 2)) / 100;
        [10 * frequency, if divisor == 0 { -50 } else { value }]
    })
}

/// Whether a group has a value.
fn found(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(|values| values.iter().any(|value| !value.is_null()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bgnbd_fit_passes_the_laws(rows in rows(history(), 160), batch in 1usize..100, seed in 0usize..1000) {
        let _ = check_laws(&Call::new("bgnbd_fit", &[DOUBLE, DOUBLE, DOUBLE]), &rows, batch, seed);
    }

    #[test]
    fn gamma_gamma_fit_passes_the_laws(
        rows in rows(spending(0), 160),
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        let _ = check_laws(&Call::new("gamma_gamma_fit", &[DOUBLE, DOUBLE]), &rows, batch, seed);
    }

    #[test]
    fn kaplan_meier_passes_the_laws(
        rows in rows((0..50i128, 0..2i128, -4..5i128).prop_map(Into::into), 160),
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        let types = [DOUBLE, DataType::Boolean, DOUBLE];
        let _ = check_laws(&Call::new("kaplan_meier", &types), &rows, batch, seed);
        let two: Vec<_> = rows.iter().map(|row| Row { values: row.values[..2].to_vec(), ..row.clone() }).collect();
        let curves = check_laws(&Call::new("kaplan_meier", &types[..2]), &two, batch, seed).unwrap();
        curves.iter().for_each(assert_falls);
    }

    #[test]
    fn sbg_fit_passes_the_laws(
        shares in prop::collection::vec(50..=100i128, 2..8),
        start in 1..100_000i128,
        batch in 1usize..100,
        seed in 0usize..1000,
    ) {
        let mut survivors = start;
        let periods = std::iter::once(start).chain(shares.into_iter().map(|share| {
            survivors = survivors * share / 100;
            survivors
        }));
        let rows: Vec<_> = (0..)
            .zip(periods)
            .flat_map(|(period, left)| (0..3).map(move |group| (period, left / (1 + group), group)))
            .map(|(period, left, group)| Row {
                values: vec![Some(10 * period), Some(10 * left)],
                group: usize::try_from(group).unwrap(),
                filter: Some(true),
            })
            .collect();
        let _ = check_laws(&Call::new("sbg_fit", &[DOUBLE, DOUBLE]), &rows, batch, seed);
    }
}

/// A curve falls from step to step, between 1 and 0.
fn assert_falls(curve: &ScalarValue) {
    let ScalarValue::List(list) = curve else { panic!("{curve:?} is no list") };
    if list.is_null(0) {
        return;
    }
    let steps = list.value(0);
    let survival =
        steps.as_struct().column_by_name("survival").unwrap().as_primitive::<Float64Type>().values();
    let falls = survival.windows(2).all(|pair| pair[1] < pair[0] + 1e-15);
    assert!(falls && survival.iter().all(|share| (0.0..1.0).contains(share)), "{survival:?}");
}

/// Laws about errors alone would prove little.
#[test]
fn the_laws_are_about_values() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let of_one_group = |mut rows: Vec<Row>| {
        rows.iter_mut().for_each(|row| (row.group, row.filter) = (0, Some(true)));
        rows
    };
    let mut draw = |strategy: BoxedStrategy<Vec<Row>>| {
        (0..60).map(|_| of_one_group(strategy.new_tree(&mut runner).unwrap().current())).collect::<Vec<_>>()
    };
    let histories = draw(rows(history(), 160).boxed());
    let values = draw(rows(spending(1), 160).boxed());
    for (name, types, samples) in [
        ("bgnbd_fit", vec![DOUBLE, DOUBLE, DOUBLE], histories),
        ("gamma_gamma_fit", vec![DOUBLE, DOUBLE], values),
    ] {
        let call = Call::new(name, &types);
        let fitted = samples.iter().filter(|rows| found(&check_laws(&call, rows, 17, 3))).count();
        assert!(fitted >= 10, "{name} fitted only {fitted} of {}", samples.len());
    }
}
