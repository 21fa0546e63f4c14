//! The same through SQL, and the functions of dates, text and doubles, each against a naive reference.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use datafusion::{
    arrow::{
        array::{
            ArrayRef, AsArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
            StringViewArray,
        },
        buffer::NullBuffer,
        datatypes::{DataType, Date32Type, Decimal128Type, Int32Type},
    },
    common::ScalarValue,
    logical_expr::ColumnarValue,
};
use num_bigint::BigInt;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    column::{ROWS, function, invoke, rounded, units_of},
    session::{decimal_session, session},
};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Two amounts in ten-thousandths, and a quantity.
type Row = (Option<i64>, Option<i64>, i64);

fn money() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![1 => Just(None), 4 => (-10_i64.pow(12)..10_i64.pow(12)).prop_map(Some), 1 => Just(Some(0))]
}

fn half_away(value: Decimal, decimals: u32) -> String {
    let mut value = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(decimals);
    if value.is_zero() { Decimal::new(0, decimals).to_string() } else { value.to_string() }
}

fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "NULL".to_owned())
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn sql_agrees_with_rust_decimal(rows in prop::collection::vec((money(), money(), -1000..1000_i64), 1..40)) {
        let amounts = |pick: fn(&Row) -> Option<i64>| {
            let units = rows.iter().map(|row| pick(row).map(i128::from));
            let array = Decimal128Array::from_iter(units).with_data_type(DataType::Decimal128(18, 4));
            Arc::new(array) as ArrayRef
        };
        let quantity = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2))) as ArrayRef;
        let row_number = Arc::new(Int64Array::from_iter_values(0..rows.len() as i64)) as ArrayRef;
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("a", amounts(|row| row.0), true), ("b", amounts(|row| row.1), true), ("q", quantity, false), ("n", row_number, false),
        ]).unwrap();
        let sql = "SELECT a + b AS x, a - b AS y, a * 0.15 AS z, a / nullif(b, 0) AS r, a / nullif(q, 0) AS u, q / 7 AS s,
            (a + b) * q - 1.5 AS w, margin(a, b) AS m, margin_pct(a, b) AS p FROM t ORDER BY n";
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found: Vec<String> = [session(), decimal_session()].map(|ctx| {
            ctx.register_batch("t", batch.clone()).unwrap();
            runtime.block_on(crate::session::rows_in(&ctx, sql)).unwrap()
        }).to_vec();
        let expected: Vec<String> = rows.iter().map(|(a, b, q)| {
            let [a, b] = [a, b].map(|units| units.map(|units| Decimal::new(units, 4)));
            let q = Decimal::from(*q);
            let both = a.zip(b);
            [
                both.map(|(a, b)| half_away(a + b, 4)),
                both.map(|(a, b)| half_away(a - b, 4)),
                a.map(|a| half_away(a * Decimal::new(15, 2), 6)),
                both.filter(|(_, b)| !b.is_zero()).map(|(a, b)| quotient(a, b)),
                a.filter(|_| !q.is_zero()).map(|a| quotient(a, q)),
                Some(quotient(q, Decimal::from(7))),
                both.map(|(a, b)| half_away((a + b) * q - Decimal::new(15, 1), 4)),
                both.map(|(a, b)| half_away(a - b, 4)),
                both.filter(|(a, _)| a.is_sign_positive() && !a.is_zero()).map(|(a, b)| percentage(a, b)),
            ].map(or_null).join(", ")
        }).collect();
        prop_assert_eq!(&found[0], &expected.join("; "));
        prop_assert_eq!(&found[1], &expected.join("; "));
    }
}

/// Exactly: a quotient of rust_decimal is itself rounded at its 28th digit, and a second rounding could differ.
fn quotient(left: Decimal, right: Decimal) -> String {
    let units = |value: Decimal| BigInt::from(value.mantissa()) * BigInt::from(10).pow(20 - value.scale());
    let units = rounded(&(units(left) * BigInt::from(10).pow(10)), &units(right));
    Decimal::from_i128_with_scale(i128::try_from(units).expect("a quotient of money has few digits"), 10)
        .to_string()
}

fn percentage(revenue: Decimal, cost: Decimal) -> String {
    let units = |value: Decimal| BigInt::from(value.mantissa()) * BigInt::from(10).pow(20 - value.scale());
    let units = rounded(&(units(revenue - cost) * 1_000_000), &units(revenue));
    Decimal::from_i128_with_scale(i128::try_from(units).expect("a quotient of money has few digits"), 4)
        .to_string()
}

#[test]
fn what_lies_under_a_null_is_nobodys_business() {
    let nulls = NullBuffer::from(vec![true, false, false, false, true, false]);
    let values = vec![1.5, f64::NAN, f64::INFINITY, 1e300, 2.5, -0.0];
    let doubles = ColumnarValue::Array(Arc::new(Float64Array::new(values.into(), Some(nulls.clone()))));
    let values = vec![1, i64::MIN, i64::MAX, 0, 1, 0];
    let integers = ColumnarValue::Array(Arc::new(Int64Array::new(values.into(), Some(nulls))));
    let units = |first: i64, last: i64| {
        vec![Some(BigInt::from(first)), None, None, None, Some(BigInt::from(last)), None]
    };
    for (name, args, expected) in [
        ("margin", [&doubles, &integers], units(500_000, 1_500_000)),
        ("margin_pct", [&doubles, &integers], units(333_333, 600_000)),
        ("checked_add", [&integers, &integers], units(2, 2)),
        ("checked_multiply", [&integers, &integers], units(1, 1)),
        ("divide", [&integers, &integers], units(10_000_000_000, 10_000_000_000)),
    ] {
        let found = invoke(&function(name), args.map(Clone::clone).to_vec()).expect("no valid row fails");
        assert_eq!(units_of(&found), expected, "{name}");
    }
}

fn dates(days: &[i32]) -> ColumnarValue {
    let padded: Vec<_> = std::iter::once(0).chain(days.iter().copied()).collect();
    let array: ArrayRef = Arc::new(Date32Array::from(padded));
    ColumnarValue::Array(array.slice(1, days.len()))
}

fn date(days: i32) -> NaiveDate {
    Date32Type::to_naive_date_opt(days).expect("the day is within some centuries")
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn doubles_are_their_digits_rounded_to_six_decimals(values in prop::collection::vec(-1e12..1e12_f64, ROWS), ties in prop::collection::vec(-10_i64.pow(9)..10_i64.pow(9), ROWS)) {
        let mut values = values;
        values.truncate(ROWS / 2);
        // Exactly between two millionths, in decimal digits.
        values.extend(ties.iter().take(ROWS - ROWS / 2).map(|tie| format!("{tie}.0000005").parse::<f64>().unwrap()));
        let array = ColumnarValue::Array(Arc::new(Float64Array::from(values.clone())));
        let zero = ColumnarValue::Scalar(ScalarValue::Int64(Some(0)));
        let found = units_of(&invoke(&function("margin"), vec![array, zero]).unwrap());
        let expected: Vec<_> = values.iter().map(|value| {
            let text = value.to_string().parse::<Decimal>().unwrap();
            let rounded = half_away(text, 6).parse::<Decimal>().unwrap();
            Some(BigInt::from(rounded.mantissa()))
        }).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn buckets_of_any_length_add_to_the_amount(
        units in -10_i128.pow(17)..10_i128.pow(17), from in -20_000..30_000_i32, length in 0..2_000_i32, cuts in prop::collection::btree_set(-50..2_050_i32, ROWS - 1)
    ) {
        let mut ends: Vec<i32> = cuts.iter().map(|cut| from + cut).collect();
        ends.push(from + 3_000);
        let mut starts = vec![from - 100];
        starts.extend(ends.iter().take(ROWS - 1).map(|end| end + 1));
        let one_day = |days| ColumnarValue::Scalar(ScalarValue::Date32(Some(days)));
        let args = vec![
            ColumnarValue::Scalar(ScalarValue::Decimal128(Some(units), 18, 2)),
            one_day(from), one_day(from + length), dates(&starts), dates(&ends),
        ];
        let shares = units_of(&invoke(&function("prorate"), args).unwrap());
        let total: BigInt = shares.iter().flatten().sum();
        prop_assert_eq!(total, BigInt::from(units));
        // Each share is the whole of its days, counted one by one, rounded at both ends.
        let upto = |end: i32| {
            let days = (from..=from + length).filter(|day| *day <= end).count();
            rounded(&(BigInt::from(units) * days), &BigInt::from(length + 1))
        };
        for (row, share) in shares.iter().enumerate() {
            prop_assert_eq!(share.clone().unwrap(), upto(ends[row]) - upto(starts[row] - 1));
        }
    }

    #[test]
    fn fiscal_calendars_agree_with_counting_months(days in prop::collection::vec(-30_000..40_000_i32, ROWS), first_month in 1..=12_u32) {
        let number = |name: &str| {
            let month = ColumnarValue::Scalar(ScalarValue::Int64(Some(first_month.into())));
            let array = invoke(&function(name), vec![dates(&days), month]).unwrap();
            array.as_primitive::<Int32Type>().values().to_vec()
        };
        let (years, quarters, periods) = (number("fiscal_year"), number("fiscal_quarter"), number("fiscal_period"));
        for (row, day) in days.iter().enumerate() {
            // Back, month by month, to the one in which the fiscal year began; it ends a day before a year later.
            let mut begin = date(*day).with_day(1).unwrap();
            let mut period = 1;
            while begin.month() != first_month {
                begin = (begin - Days::new(1)).with_day(1).unwrap();
                period += 1;
            }
            let end = begin.with_year(begin.year() + 1).unwrap() - Days::new(1);
            prop_assert_eq!((years[row], quarters[row], periods[row]), (end.year(), (period + 2) / 3, period));
        }
    }

    #[test]
    fn amounts_are_read_back_as_they_were_written(units in -10_i64.pow(17)..10_i64.pow(17), eu in any::<bool>(), marks in 0..6_usize) {
        let (group, point, style) = if eu { (".", ",", "eu") } else { (",", ".", "us") };
        let magnitude = Decimal::new(units.abs(), 4).to_string();
        let (whole, decimals) = magnitude.split_once('.').unwrap();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push_str(group);
            }
            grouped.push(digit);
        }
        let plain = format!("{grouped}{point}{decimals}");
        let text = match (units < 0, marks) {
            (true, 0) => format!("({plain})"),
            (true, 1) => format!("{plain}-"),
            (true, 2) => format!("-{plain} €"),
            (true, 3) => format!("EUR -{plain}"),
            (true, 4) => format!("\u{2212}{plain}\u{a0}Kč"),
            (true, _) => format!("-{plain}"),
            (false, 0) => format!("${plain}"),
            (false, 1) => format!("{plain} zł"),
            (false, _) => plain,
        };
        let texts = ColumnarValue::Array(Arc::new(StringViewArray::from(vec![text.as_str(); ROWS])));
        let style = ColumnarValue::Scalar(ScalarValue::Utf8View(Some(style.to_owned())));
        let read = |args| invoke(&function("money"), args).unwrap().as_primitive::<Decimal128Type>().value(ROWS - 1);
        prop_assert_eq!(read(vec![texts.clone(), style]), i128::from(units), "{}", text);
        // Four decimals say which is which, without a style.
        prop_assert_eq!(read(vec![texts]), i128::from(units), "{}", text);
    }
}
