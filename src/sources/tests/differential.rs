//! Whatever a column holds: read through its type, every value is the one that is written in the file.

use std::fmt::Write as _;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampNanosecondType,
};
use proptest::prelude::*;

use super::*;

/// Values of one sort; columns mix a few sorts, so that every decision between types is met.
fn value(sort: u8) -> BoxedStrategy<String> {
    match sort {
        0 => (-1000i64..1000).prop_map(|n| n.to_string()).boxed(),
        1 => any::<i64>().prop_map(|n| n.to_string()).boxed(),
        2 => "-?[1-9][0-9]{0,40}".boxed(),
        3 => "-?(0|[1-9][0-9]{0,12})\\.[0-9]{0,6}".boxed(),
        4 => "-?(0|[1-9][0-9]{0,25})?\\.[0-9]{1,20}".boxed(),
        5 => prop_oneof![Just("true"), Just("False"), Just("TRUE")].prop_map(str::to_owned).boxed(),
        6 => "[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]".boxed(),
        7 => "(1[89]|20|99)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])[T ]([01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?".boxed(),
        8 => "20[0-9]{2}-(0[1-9]|1[0-2])-[0-2][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,7})?(Z| ?[+-][01][0-9](:?[0-5][0-9])?)".boxed(),
        9 => "[0+ ]{0,2}[0-9]{1,5}[ eE.]?[0-9]{0,2}".boxed(),
        10 => Just(String::new()).boxed(),
        _ => "[ -~]{0,6}".boxed(),
    }
}

fn column() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        4 => (0u8..9).prop_map(|sort| vec![sort, 10]),
        2 => (0u8..5, 0u8..5).prop_map(|(a, b)| vec![a, b, 10]),
        1 => (0u8..12, 0u8..12).prop_map(|(a, b)| vec![a, b]),
    ]
    .prop_flat_map(|sorts| {
        let any_of = proptest::sample::select(sorts).prop_flat_map(value);
        proptest::collection::vec(any_of, 1..12)
    })
}

/// What a cell means, worked out from its text alone, in the way its type prints.
fn expected(text: &str, data_type: &DataType) -> String {
    match data_type {
        DataType::Int64 => text.parse::<i64>().expect("an integer").to_string(),
        DataType::Boolean => text.to_ascii_lowercase(),
        DataType::Decimal128(_, scale) => {
            let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
            let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            let unscaled = format!("{integer}{fraction:0<width$}", width = scale.unsigned_abs() as usize);
            assert!(
                fraction.len() <= scale.unsigned_abs() as usize,
                "`{text}` has more digits than the type"
            );
            format!("{sign}{unscaled}").parse::<i128>().unwrap_or(0).to_string()
        }
        DataType::Date32 => chrono_days(text).to_string(),
        DataType::Timestamp(unit, _) => {
            let (time, zone) = split_zone(text);
            let days = chrono_days(&time[..10]);
            let number = |range: std::ops::Range<usize>| time[range].parse::<i128>().expect("digits");
            let seconds = days * 86_400 + number(11..13) * 3600 + number(14..16) * 60 + number(17..19) - zone;
            let fraction = format!("{:0<9}", time.get(20..).unwrap_or(""));
            let nanoseconds = seconds * 1_000_000_000 + fraction.parse::<i128>().expect("digits");
            if *unit == TimeUnit::Nanosecond { nanoseconds } else { nanoseconds.div_euclid(1000) }.to_string()
        }
        _ => text.to_owned(),
    }
}

fn split_zone(text: &str) -> (&str, i128) {
    if let Some(time) = text.strip_suffix('Z') {
        return (time, 0);
    }
    match text[19..].find(['+', '-']) {
        None => (text, 0),
        Some(at) => {
            let (time, zone) = text.split_at(19 + at);
            let digits: String = zone[1..].replace(':', "") + "00";
            let seconds = digits[..2].parse::<i128>().expect("digits") * 3600
                + digits[2..4].parse::<i128>().expect("digits") * 60;
            (time.trim_end(), if zone.starts_with('-') { -seconds } else { seconds })
        }
    }
}

/// Days since 1970, by counting the days of the years and months before.
fn chrono_days(date: &str) -> i128 {
    let number = |range: std::ops::Range<usize>| date[range].parse::<i128>().expect("digits");
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_before_year =
        |year: i128| (year - 1) * 365 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let in_year: i128 = lengths[..usize::try_from(month).expect("a month") - 1].iter().sum();
    days_before_year(year) - days_before_year(1970) + in_year + day - 1
}

fn actual(array: &dyn Array, row: usize) -> String {
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value(row).to_string(),
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).to_string(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            array.as_primitive::<TimestampMicrosecondType>().value(row).to_string()
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            array.as_primitive::<TimestampNanosecondType>().value(row).to_string()
        }
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        _ => array.as_string_view().value(row).to_owned(),
    }
}

/// Reads a column back; gives the name of its type, without figures.
async fn check(column: &[String]) -> String {
    let mut text = String::from("row,value\n");
    for (row, value) in column.iter().enumerate() {
        let _ = writeln!(text, "{row},\"{}\"", value.replace('"', "\"\""));
    }
    let files = Files::new().with("d.csv", &text);
    let options = SourceOptions { header: Some(true), delimiter: Some(b','), ..SourceOptions::default() };
    let source = files.open_with("d.csv", &options).await.expect("opens");
    let decided = type_name(&source.description.columns[1].data_type);
    let frame = files.context.read_table(source.provider).expect("a table");
    let batches = frame.collect().await.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut rows = 0;
    for batch in &batches {
        for index in 0..batch.num_rows() {
            let row =
                usize::try_from(batch.column(0).as_primitive::<Int64Type>().value(index)).expect("a row");
            let array = batch.column(1);
            let written = &column[row];
            assert_eq!(array.is_null(index), written.is_empty(), "{text}");
            if !written.is_empty() {
                assert_eq!(
                    actual(array, index),
                    expected(written, array.data_type()),
                    "`{written}` as {}\n{text}",
                    array.data_type()
                );
            }
            rows += 1;
        }
    }
    assert_eq!(rows, column.len());
    decided.replace(|c: char| c.is_ascii_digit(), "")
}

/// A column of every type; what chance makes of types is no matter then.
const OF_EVERY_TYPE: [(&str, &str); 7] = [
    ("BIGINT", "-9223372036854775808"),
    ("BOOLEAN", "False"),
    ("DATE", "1899-12-31"),
    ("DECIMAL(,)", "-0.050"),
    ("TEXT", "007"),
    ("TIMESTAMP()", "1899-12-31 23:59:59.000001"),
    ("TIMESTAMP() WITH TIME ZONE", "2024-02-29T23:59:59.5-0330"),
];

#[test]
fn every_typed_value_is_read_as_it_is_written() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for (name, value) in OF_EVERY_TYPE {
        let decided = runtime.block_on(check(&[value.to_owned(), String::new()]));
        assert_eq!(decided, name, "`{value}`");
    }
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 400,
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    });
    let result = runner.run(&column(), |column| {
        runtime.block_on(check(&column));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
