//! Shares add to what is shared, exactly, and are within a unit of their exact value.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array},
    datatypes::{DataType, Decimal128Type, Field, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    logical_expr::{WindowUDF, function::PartitionEvaluatorArgs},
    physical_expr::{
        PhysicalExpr,
        expressions::{Column, Literal},
    },
};
use num_bigint::BigInt;
use proptest::prelude::*;

use crate::{check::array, oracle};

fn function(name: &str) -> Arc<WindowUDF> {
    marginql_udfs::window_functions().into_iter().find(|function| function.name() == name).unwrap()
}

/// The function's values over one partition.
fn evaluate(name: &str, arguments: &[ArrayRef], digits: Option<i8>) -> Result<Decimal128Array, String> {
    Ok(evaluate_any(name, arguments, digits)?.as_primitive::<Decimal128Type>().clone())
}

/// The function's values over one partition, of any type.
pub fn evaluate_any(name: &str, arguments: &[ArrayRef], digits: Option<i8>) -> Result<ArrayRef, String> {
    let mut exprs: Vec<Arc<dyn PhysicalExpr>> = Vec::new();
    let mut fields: Vec<FieldRef> = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        exprs.push(Arc::new(Column::new(&format!("c{index}"), index)));
        fields.push(Arc::new(Field::new(format!("c{index}"), argument.data_type().clone(), true)));
    }
    if let Some(digits) = digits {
        let unit = ScalarValue::Decimal128(Some(1), 38, digits);
        fields.push(Arc::new(Field::new("digits", unit.data_type(), false)));
        exprs.push(Arc::new(Literal::new(unit)));
    }
    let args = PartitionEvaluatorArgs::new(&exprs, &fields, false, false);
    let mut evaluator = function(name).partition_evaluator_factory(args).unwrap();
    let values =
        evaluator.evaluate_all(arguments, arguments[0].len()).map_err(|error| error.strip_backtrace())?;
    assert_eq!(values.len(), arguments[0].len());
    Ok(values)
}

fn allocate(pool: i128, drivers: &[Option<i128>], data_type: &DataType) -> Vec<Option<i128>> {
    let pools = array(&DataType::Decimal128(38, 2), &vec![Some(pool); drivers.len()]);
    evaluate("allocate", &[pools, array(data_type, drivers)], None).unwrap().iter().collect()
}

fn drivers() -> impl Strategy<Value = (DataType, Vec<Option<i128>>)> {
    let kinds = vec![
        (DataType::Int32, 1000),
        (DataType::Int64, i128::from(i64::MAX)),
        (DataType::Decimal128(18, 4), 10i128.pow(18) - 1),
        (DataType::Decimal128(38, 10), 10i128.pow(38) - 1),
        (DataType::Decimal256(76, 3), 10i128.pow(38) - 1),
        (DataType::Float64, 1_000_000),
    ];
    prop::sample::select(kinds).prop_flat_map(|(data_type, greatest)| {
        let driver = prop_oneof![
            1 => Just(None),
            1 => Just(Some(0)),
            2 => (0..4i128).prop_map(Some),
            4 => (0..=greatest).prop_map(Some),
        ];
        (Just(data_type), prop::collection::vec(driver, 1..60))
    })
}

fn pool() -> impl Strategy<Value = i128> {
    prop_oneof![0..2000i128, 0..10i128.pow(12), 0..10i128.pow(38)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn shares_add_to_the_pool((data_type, drivers) in drivers(), pool in pool()) {
        let shares = allocate(pool, &drivers, &data_type);
        let zeroed: Vec<_> = drivers.iter().map(|driver| driver.unwrap_or(0)).collect();
        let Some(expected) = oracle::allocate(pool, &zeroed) else {
            prop_assert!(shares.iter().all(Option::is_none));
            return Ok(());
        };
        let shares: Vec<i128> = shares.into_iter().map(Option::unwrap).collect();
        prop_assert_eq!(shares.iter().map(|share| BigInt::from(*share)).collect::<Vec<_>>(), expected);
        prop_assert_eq!(shares.iter().sum::<i128>(), pool);

        let total: BigInt = zeroed.iter().map(|driver| BigInt::from(*driver)).sum();
        for (share, driver) in shares.iter().zip(&zeroed) {
            let off = BigInt::from(*share) * &total - BigInt::from(pool) * driver;
            prop_assert!(off.magnitude() < total.magnitude(), "within one unit of the exact share");
            prop_assert!(*driver > 0 || *share == 0, "a driver of zero gets zero");
        }
        let mut pairs: Vec<_> = zeroed.iter().zip(&shares).collect();
        pairs.sort();
        for pair in pairs.windows(2) {
            prop_assert!(pair[0].0 == pair[1].0 || pair[0].1 <= pair[1].1, "more driver, no smaller share");
        }
        let mirrored: Vec<_> = shares.iter().map(|share| Some(-share)).collect();
        prop_assert_eq!(allocate(-pool, &drivers, &data_type), mirrored);
    }

    #[test]
    fn percentages_add_to_a_hundred(
        values in prop::collection::vec(prop_oneof![1 => Just(None), 8 => (-50..1_000_000i128).prop_map(Some)], 1..60),
    ) {
        let shares = evaluate("pct_of_total", &[array(&DataType::Decimal128(18, 4), &values)], None).unwrap();
        let total: i128 = values.iter().flatten().sum();
        let zeroed: Vec<_> = values.iter().map(|value| value.unwrap_or(0)).collect();
        match oracle::allocate(1_000_000, &zeroed) {
            None => prop_assert_eq!(shares.null_count(), values.len()),
            Some(expected) => {
                prop_assert!(total > 0);
                prop_assert_eq!(shares.iter().flatten().sum::<i128>(), 1_000_000);
                for ((share, expected), value) in shares.iter().zip(expected).zip(&values) {
                    prop_assert_eq!(share.map(BigInt::from), value.map(|_| expected));
                }
            }
        }
    }
}

#[test]
fn golden_shares() {
    for (pool, drivers, shares) in [
        (613, vec![98, 92, 98, 123, 102, 92], vec![99, 93, 99, 125, 104, 93]),
        (1, vec![33, 66], vec![0, 1]),
        (9999, vec![75, 25], vec![7499, 2500]),
        (1003, vec![49, 51], vec![491, 512]),
        (5, vec![100, 101, 100, 100], vec![1, 2, 1, 1]),
        (1000, vec![45, 20, 34], vec![455, 202, 343]),
        (10000, vec![1, 1, 1], vec![3334, 3333, 3333]),
        (-10000, vec![1, 1, 1], vec![-3334, -3333, -3333]),
    ] {
        let drivers: Vec<_> = drivers.into_iter().map(Some).collect();
        let shares: Vec<_> = shares.into_iter().map(Some).collect();
        assert_eq!(allocate(pool, &drivers, &DataType::Int64), shares, "{pool} over {drivers:?}");
    }
}

#[test]
fn no_weight_gives_null_on_every_row() {
    for drivers in [vec![Some(0), Some(0)], vec![None, None], vec![None, Some(0)]] {
        assert_eq!(allocate(100, &drivers, &DataType::Int64), [None, None], "{drivers:?}");
    }
    let pools = array(&DataType::Int64, &[None, None]);
    let drivers = array(&DataType::Int64, &[Some(1), Some(2)]);
    assert_eq!(evaluate("allocate", &[pools, drivers], None).unwrap().null_count(), 2);
}

#[test]
fn what_cannot_be_allocated_is_an_error_that_says_why() {
    let money = DataType::Decimal128(18, 4);
    let one = array(&DataType::Int64, &[Some(1), Some(1)]);
    for (pools, drivers, words) in [
        (
            array(&money, &[Some(100_000), Some(100_000)]),
            array(&DataType::Int64, &[Some(1), Some(-5)]),
            vec!["`-5`", "`c1`"],
        ),
        (array(&money, &[Some(100_000), Some(200_000)]), Arc::clone(&one), vec!["`10.0000`", "`20.0000`"]),
        (array(&money, &[Some(100_000), None]), Arc::clone(&one), vec!["`10.0000`", "`NULL`"]),
        (array(&money, &[None, Some(0)]), Arc::clone(&one), vec!["`NULL`", "`0.0000`"]),
        (
            array(&money, &[Some(100_050), Some(100_050)]),
            Arc::clone(&one),
            vec!["`10.0050`", "allocate(pool, driver, 4)"],
        ),
        (
            array(&DataType::Decimal128(38, 0), &[Some(10i128.pow(37)); 2]),
            Arc::clone(&one),
            vec!["38 digits"],
        ),
    ] {
        let message = evaluate("allocate", &[pools, drivers], None).unwrap_err();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }
}

#[test]
fn digits_are_the_decimals_of_the_shares() {
    let pools = array(&DataType::Decimal128(18, 4), &[Some(100_050); 3]);
    let drivers = array(&DataType::Int64, &[Some(1); 3]);
    let shares = evaluate("allocate", &[pools, drivers], Some(3)).unwrap();
    assert_eq!(shares.data_type(), &DataType::Decimal128(38, 3));
    assert_eq!(shares.values(), &[3335, 3335, 3335]);
    let pools = array(&DataType::Int64, &[Some(10); 3]);
    let drivers = array(&DataType::Int64, &[Some(1); 3]);
    assert_eq!(evaluate("allocate", &[pools, drivers], Some(0)).unwrap().values(), &[4, 3, 3]);
}

#[test]
fn empty_partitions_have_no_shares() {
    let none = array(&DataType::Int64, &[]);
    assert_eq!(evaluate("allocate", &[Arc::clone(&none), Arc::clone(&none)], None).unwrap().len(), 0);
    assert_eq!(evaluate("pct_of_total", &[none], None).unwrap().len(), 0);
}
