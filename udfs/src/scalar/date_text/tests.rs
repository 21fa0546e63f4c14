//! Dates as exports write them, one by one, and random ones against chrono.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::prelude::*;

use super::{Order::*, *};

fn day_number(year: i32, month: u32, day: u32) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    let days = NaiveDate::from_ymd_opt(year, month, day).unwrap().signed_duration_since(epoch).num_days();
    i32::try_from(days).unwrap()
}

#[test]
fn one_day_in_every_form() {
    for text in [
        "2026-05-27",
        "2026-5-27",
        "20260527",
        "2026/05/27",
        "2026/5/27",
        " 2026-05-27\u{a0}",
        "\u{feff}2026-05-27\u{200b}",
        "2026-05-27T09:54:03.102+02:00",
        "2026-05-27T00:30:00+02:00",
        "2026-05-27T23:30:00-05:00",
        "2026-05-27 15:17",
        "2026-05-27 3:15:52",
        "2026-05-27 9:05 PM",
        "27.5.2026",
        "27.05.2026",
        "27. 5. 2026",
        "27. 5. 2026 14:00",
        "27.5.26",
        "27 May 2026",
        "27-May-2026",
        "27-MAY-26",
        "27/May/2026",
        "27May2026",
        "27. Mai 2026",
        "27 mai 2026",
        "May 27, 2026",
        "May 27 2026 9:05 PM",
        "May-27-26",
        "2026-May-27",
        "Wed, 27 May 2026 09:54:03 GMT",
        "Wednesday, May 27, 2026",
        "2026-05-27+02:00",
        "2026-05-27Z",
    ] {
        for order in [Iso, DayFirst, MonthFirst] {
            assert_eq!(read_day(text, order), Some(day_number(2026, 5, 27)), "{text} {order:?}");
        }
    }
}

#[test]
fn the_order_decides_what_the_year_follows() {
    for (text, day_first, month_first) in [
        ("03/04/2026", Some((4, 3)), Some((3, 4))),
        ("3-4-2026", Some((4, 3)), Some((3, 4))),
        ("1/10/2026 21:52", Some((10, 1)), Some((1, 10))),
        ("27/5/2026", Some((5, 27)), None),
        ("5/27/2026 9:05:00 PM", None, Some((5, 27))),
        ("5/5/2026", Some((5, 5)), Some((5, 5))),
        ("3/4/26", Some((4, 3)), Some((3, 4))),
    ] {
        let number = |day: Option<(u32, u32)>| day.map(|(month, day)| day_number(2026, month, day));
        assert_eq!(read_day(text, DayFirst), number(day_first), "{text}");
        assert_eq!(read_day(text, MonthFirst), number(month_first), "{text}");
        assert_eq!(read_day(text, Iso), None, "{text}");
        assert_eq!(
            is_ambiguous(text),
            day_first.is_some() && month_first.is_some() && day_first != month_first
        );
    }
    assert!(!is_ambiguous("3.4.2026") && !is_ambiguous("2026-03-04") && is_ambiguous("03/04/26"));
}

#[test]
fn what_is_no_date_is_none() {
    for text in [
        "",
        " ",
        "n/a",
        "2026",
        "2026-05",
        "2026-13-01",
        "2026-00-10",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-05-00",
        "0000-00-00",
        "0000-01-01",
        "27/5/126",
        "May 2026",
        "27 May",
        "27 Mayor 2026",
        "2026-May",
        "2026-05-27+2",
        "May 32, 2026",
        "2026-05/27",
        "2026.05.27",
        "27.5.2026.",
        "2026-05-271",
        "202605271",
        "2026-05-27x",
        "2026-05-27T",
        "2026-05-27 24:00",
        "2026-05-27 10:60",
        "2026-05-27 10:00:60",
        "2026-05-27 10",
        "2026-05-27 10:5",
        "2026-05-27 13:00 PM",
        "2026-05-27 0:30 AM",
        "2026-05-27 10:00+2",
        "2026-05-27 10:00+15:00",
        "2026-05-27 10:00+02:60",
        "2026-05-27 10:00Z0",
        "2026-05-27 10:00:00.",
        "2026-05-27 10:00:00.1234567890",
        "٢٠٢٦-٠٥-٢٧",
        "1779840000000",
        "-2026-05-27",
        "27. 5 .2026",
        "2026 05 27",
        "é026-05-27",
        "2026-05-2é",
    ] {
        for order in [Iso, DayFirst, MonthFirst] {
            assert_eq!(read_day(text, order), None, "{text} {order:?}");
            assert_eq!(read_instant(text, order), None, "{text} {order:?}");
        }
        assert!(!is_ambiguous(text), "{text}");
    }
}

#[test]
fn every_year_has_the_leap_day_that_chrono_gives_it() {
    for year in 1..=9999 {
        for (month, day) in [(1, 1), (2, 28), (2, 29), (3, 1), (12, 31)] {
            let expected = NaiveDate::from_ymd_opt(year, month, day).map(|_| day_number(year, month, day));
            assert_eq!(
                read_day(&format!("{year:04}-{month:02}-{day:02}"), Iso),
                expected,
                "{year}-{month}-{day}"
            );
        }
    }
}

#[test]
fn one_instant_in_every_form() {
    let nine = i64::from(day_number(2026, 5, 27)) * MICROS_PER_DAY + 9 * 60 * MICROS_PER_MINUTE;
    for (text, micros_more) in [
        ("2026-05-27 09:00", 0),
        ("2026-05-27 9:00", 0),
        ("2026-05-27T09:00:00Z", 0),
        ("2026-05-27T11:00:00+02:00", 0),
        ("2026-05-27T11:00:00+0200", 0),
        ("2026-05-27 09:00:00+00", 0),
        ("2026-05-28T00:30:00 +1530", -1),
        ("2026-05-26T19:00:00.5-14:00", 500_000),
        ("27.5.2026 9:00:00,25", 250_000),
        ("2026-05-27 09:00:00.123456789", 123_456),
        ("2026-05-27 9:05 AM", 5 * MICROS_PER_MINUTE),
        ("2026-05-27 12:05 am", 5 * MICROS_PER_MINUTE - 9 * 60 * MICROS_PER_MINUTE),
        ("2026-05-27 12:00:00\u{202f}PM", 3 * 60 * MICROS_PER_MINUTE),
        ("20260527", -9 * 60 * MICROS_PER_MINUTE),
        ("27 May 2026 9:05 AM", 5 * MICROS_PER_MINUTE),
        ("2026-05-27 09:00:00 UTC", 0),
        ("2026-05-27+02:00", -9 * 60 * MICROS_PER_MINUTE),
    ] {
        let expected = (micros_more != -1).then_some(nine + micros_more);
        assert_eq!(read_instant(text, Iso), expected, "{text}");
    }
}

#[test]
fn years_of_two_digits_are_those_of_posix() {
    for (text, year) in [("1/2/68", 2068), ("1/2/69", 1969), ("1/2/00", 2000), ("1/2/99", 1999)] {
        assert_eq!(read_day(text, DayFirst), Some(day_number(year, 2, 1)), "{text}");
    }
}

#[test]
fn the_day_of_an_instant_is_that_of_the_zone() {
    let prague: Tz = "Europe/Prague".parse().unwrap();
    for text in [
        "2025-03-31T22:30:00Z",
        "2025-04-01T00:30:00+02:00",
        "2025-03-31 18:30 -0400",
        "2025-04-01 00:30",
        "2025-04-01",
    ] {
        assert_eq!(read_day_in(text, Iso, &prague), Some(day_number(2025, 4, 1)), "{text}");
    }
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0_u64..3_652_059).prop_map(|days| NaiveDate::from_ymd_opt(1, 1, 1).unwrap() + Days::new(days))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn days_are_those_of_chrono(day in any_day(), form in 0_usize..8) {
        let (format, order) = [
            ("%Y-%m-%d", Iso), ("%Y-%-m-%-d", Iso), ("%Y%m%d", Iso), ("%Y/%m/%d", MonthFirst),
            ("%-d.%-m.%Y", Iso), ("%d. %m. %Y", MonthFirst), ("%-d/%-m/%Y", DayFirst), ("%m-%d-%Y", MonthFirst),
        ][form];
        let text = day.format(format).to_string();
        let expected = day_number(day.year(), day.month(), day.day());
        prop_assert_eq!(read_day(&text, order), Some(expected), "{}", text);
        prop_assert_eq!(read_instant(&text, order), Some(i64::from(expected) * MICROS_PER_DAY), "{}", text);
    }

    #[test]
    fn impossible_days_are_those_of_chrono(year in 1_i32..10_000, month in 0_u32..15, day in 0_u32..35) {
        let expected = NaiveDate::from_ymd_opt(year, month, day).map(|_| day_number(year, month, day));
        prop_assert_eq!(read_day(&format!("{year:04}-{month:02}-{day:02}"), Iso), expected);
        prop_assert_eq!(read_day(&format!("{day}.{month}.{year:04}"), Iso), expected);
    }

    #[test]
    fn instants_are_those_of_chrono(
        day in any_day(), second in 0_u32..86_400, micros in 0_u32..1_000_000, offset in -840_i64..=840, form in 0_usize..4,
    ) {
        let format = ["%Y-%m-%dT%H:%M:%S%.6f", "%Y-%m-%d %-H:%M:%S%.6f", "%d.%m.%Y %I:%M:%S%.6f %p", "%Y%m%d %T%.6f"][form];
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second, micros * 1000).unwrap();
        let local = NaiveDateTime::new(day, time);
        let sign = if offset < 0 { '-' } else { '+' };
        let offset_text = format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        let utc = local.and_utc().timestamp_micros() - TimeDelta::minutes(offset).num_microseconds().unwrap();
        let text = format!("{}{offset_text}", local.format(format));
        prop_assert_eq!(read_instant(&text, Iso), Some(utc), "{}", text);
        prop_assert_eq!(read_instant(&text.replace(&offset_text, &offset_text.replace(':', "")), Iso), Some(utc));
        prop_assert_eq!(read_day(&text, Iso), Some(day_number(day.year(), day.month(), day.day())));
    }

    #[test]
    fn no_text_breaks_it(text in "[0-9./\\-: TZamp+ \u{a0}\u{e9}]{0,24}") {
        for order in [Iso, DayFirst, MonthFirst] {
            let day = read_day(&text, order);
            prop_assert_eq!(day.is_some(), read_instant(&text, order).is_some());
        }
    }
}
