//! What columns become, and why.

use arrow::datatypes::{DataType, TimeUnit};

use crate::sources::facts::Facts;

fn facts(values: &[&str]) -> Facts {
    let mut facts = Facts::default();
    for (row, value) in values.iter().enumerate() {
        facts.observe(row as u64 + 2, value.as_bytes());
    }
    facts
}

fn decided(values: &[&str]) -> (DataType, String) {
    let decision = facts(values).decide();
    (decision.data_type, decision.reason)
}

#[test]
fn types_hold_every_value() {
    let timestamp = |unit, zone: Option<&str>| DataType::Timestamp(unit, zone.map(Into::into));
    let cases: &[(&[&str], DataType)] = &[
        (&["1", "", "-20"], DataType::Int64),
        (&["9223372036854775807", "-9223372036854775808"], DataType::Int64),
        (&["9223372036854775808"], DataType::Decimal128(19, 0)),
        (&["1", "2.50", "-100.125"], DataType::Decimal128(6, 3)),
        (&["0.5"], DataType::Decimal128(2, 1)),
        (&["12345678901234567890123456789012345678"], DataType::Decimal128(38, 0)),
        (&["123456789012345678901234567890123456789"], DataType::Utf8View),
        (&["1234567890123456789012345678901234.5", "0.12345"], DataType::Utf8View),
        (&["true", "FALSE"], DataType::Boolean),
        (&["2025-01-31"], DataType::Date32),
        (&["2025-01-31 10:00:00", "9999-12-31 23:59:59"], timestamp(TimeUnit::Microsecond, None)),
        (&["2025-01-31 10:00:00.123456789"], timestamp(TimeUnit::Nanosecond, None)),
        (&["9999-01-31 10:00:00.123456789"], DataType::Utf8View),
        (
            &["2025-01-31T10:00:00Z", "2025-01-31T10:00:00+02:00"],
            timestamp(TimeUnit::Microsecond, Some("+00:00")),
        ),
        (&["2025-01-31T10:00:00Z", "2025-01-31T10:00:00"], DataType::Utf8View),
        (&["2025-01-31", "2025-01-31T10:00:00"], DataType::Utf8View),
        (&["1", "true"], DataType::Utf8View),
        (&["", ""], DataType::Utf8View),
    ];
    for (values, expected) in cases {
        assert_eq!(decided(values).0, *expected, "{values:?}");
    }
}

#[test]
fn reasons_name_the_line_and_the_value() {
    assert_eq!(decided(&["12", "00123"]).1, "line 3 has `00123`, a leading zero");
    assert_eq!(decided(&["12", "n/a"]).1, "line 2 has `12`, but line 3 has `n/a`");
    assert_eq!(decided(&["1", "1e5"]).1, "line 3 has `1e5`, an exponent, which is not exact");
    assert_eq!(decided(&["1.25", "1000"]).1, "up to 4 digits before and 2 after the point");
    assert_eq!(decided(&[""]).1, "no value in any row");
}

#[test]
fn one_day_above_twelve_settles_the_order() {
    let readings = |values: &[&str]| facts(values).undecided_dates().expect("dates").0.formats();
    assert_eq!(readings(&["03/04/2026"]), ["%d/%m/%Y", "%m/%d/%Y"]);
    // A year of two digits may be the first number.
    assert_eq!(readings(&["03/04/26", "13/04/26"]), ["%d/%m/%y"]);
    assert!(readings(&["13/04/2026", "04/13/2026"]).is_empty());
    assert!(facts(&["03/04/2026", "x"]).undecided_dates().is_none());
    for (values, data_type, reason) in [
        (
            &["03/04/2026", "13/04/2026"][..],
            DataType::Date32,
            "every value is a date, day before month; line 2 has `03/04/2026`",
        ),
        (
            &["1/2/26", "1/31/26"],
            DataType::Date32,
            "every value is a date, month before day; line 2 has `1/2/26`",
        ),
        (
            &["31 Mar 2025", "Jan 5, 2025", "2025-01-02"],
            DataType::Date32,
            "every value is a date; line 2 has `31 Mar 2025`",
        ),
        (&["1.2.2025", "14.3.2025"], DataType::Date32, "every value is a date; line 2 has `1.2.2025`"),
        (
            &["2025-01-02 15:17", "2025-01-02 15:17:01"],
            DataType::Timestamp(TimeUnit::Microsecond, None),
            "every value is a date; line 2 has `2025-01-02 15:17`",
        ),
        (
            &["2025-01-02", "2025-01-02 15:17"],
            DataType::Utf8View,
            "line 2 has `2025-01-02`, but line 3 has `2025-01-02 15:17`",
        ),
        (&["03.14.2025", "01.02.2025"], DataType::Utf8View, "line 2 has `03.14.2025`"),
    ] {
        assert_eq!(decided(values), (data_type, reason.to_owned()));
    }
}

#[test]
fn a_declared_type_must_hold_every_value() {
    let numbers = facts(&["1.2345", "100"]);
    assert_eq!(numbers.misfit(&DataType::Decimal128(10, 4)), None);
    assert!(numbers.misfit(&DataType::Decimal128(10, 2)).is_some_and(|why| why.contains("cut to 2")));
    assert!(numbers.misfit(&DataType::Decimal128(6, 4)).is_some_and(|why| why.contains("3 digits before")));
    assert!(numbers.misfit(&DataType::Int64).is_some_and(|why| why.contains("1.2345")));
    assert_eq!(facts(&["007", "3"]).misfit(&DataType::Int32), None);
    assert!(facts(&["3000000000"]).misfit(&DataType::Int32).is_some());
    assert_eq!(facts(&["x"]).misfit(&DataType::Utf8View), None);
}

#[test]
fn merging_files_widens_and_names_the_file() {
    let mut first = facts(&["1"]);
    first.name_file("a.csv");
    let mut second = facts(&["x"]);
    second.name_file("b.csv");
    first.merge(&second);
    assert_eq!(first.decide().reason, "`a.csv` line 2 has `1`, but `b.csv` line 2 has `x`");
}
