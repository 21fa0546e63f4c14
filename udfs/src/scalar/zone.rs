//! From the clock on the wall of a time zone to UTC and back, in microseconds since 1970.
//!
//! Knows nothing of columns. The rules of the zones are those of the IANA database.

use arrow::array::timezone::Tz;
use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use datafusion::{error::Result, logical_expr::ColumnarValue};

use crate::FunctionError;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Longer than any clock was ever put forward at once.
const BEFORE_A_GAP: TimeDelta = TimeDelta::hours(26);

/// The zone that a literal names: `Europe/Prague`, `UTC`, `+02:00`. `None` if it is NULL.
pub(super) fn zone(function: &str, argument: &ColumnarValue) -> Result<Option<Tz>> {
    const ZONES: &str = "write a name such as 'UTC' or 'Europe/Prague', or an offset such as '+02:00'";
    let ColumnarValue::Scalar(name) = argument else {
        let message = format!("`{function}` takes its time zone as a literal, not by row");
        return Err(FunctionError::new(message).with_help(ZONES).into());
    };
    let Some(name) = name.try_as_str().flatten() else { return Ok(None) };
    match name.parse() {
        Ok(zone) => Ok(Some(zone)),
        Err(_) => {
            let message = format!("`{function}` knows no time zone `{name}`");
            Err(FunctionError::new(message).with_help(ZONES).into())
        }
    }
}

/// The instant at which the clock shows this. Where it shows it twice, the first; what it skips counts from before the
/// gap. `None` beyond the years that can be told.
pub(super) fn instant_of_wall(wall: i64, zone: &Tz) -> Option<i64> {
    let time = naive(wall)?;
    let offset = match zone.offset_from_local_datetime(&time) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => offset,
        LocalResult::None => zone.offset_from_utc_datetime(&time.checked_sub_signed(BEFORE_A_GAP)?),
    };
    wall.checked_sub(seconds(&offset) * MICROS_PER_SECOND)
}

/// What the clock shows at an instant. `None` beyond the years that can be told.
pub(super) fn wall_of_instant(instant: i64, zone: &Tz) -> Option<i64> {
    let offset = zone.offset_from_utc_datetime(&naive(instant)?);
    instant.checked_add(seconds(&offset) * MICROS_PER_SECOND)
}

fn naive(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|time| time.naive_utc())
}

fn seconds(offset: &impl Offset) -> i64 {
    i64::from(offset.fix().local_minus_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc().timestamp_micros()
    }

    /// Prague: summer from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC.
    #[test]
    fn clocks_are_put_forward_and_back() {
        let prague: Tz = "Europe/Prague".parse().unwrap();
        for (wall, utc) in [
            ("2026-01-15 00:30", "2026-01-14 23:30"),
            ("2026-07-15 00:30", "2026-07-14 22:30"),
            ("2026-03-29 01:59", "2026-03-29 00:59"),
            ("2026-03-29 02:30", "2026-03-29 01:30"),
            ("2026-03-29 03:00", "2026-03-29 01:00"),
            ("2026-10-25 02:30", "2026-10-25 00:30"),
            ("2026-10-25 03:00", "2026-10-25 02:00"),
        ] {
            assert_eq!(instant_of_wall(micros(wall), &prague), Some(micros(utc)), "{wall}");
        }
        for (utc, wall) in [
            ("2026-03-29 00:59", "2026-03-29 01:59"),
            ("2026-03-29 01:00", "2026-03-29 03:00"),
            ("2026-10-25 00:30", "2026-10-25 02:30"),
            ("2026-10-25 01:30", "2026-10-25 02:30"),
        ] {
            assert_eq!(wall_of_instant(micros(utc), &prague), Some(micros(wall)), "{utc}");
        }
    }

    #[test]
    fn offsets_are_zones_and_the_ends_of_time_are_none() {
        let zone: Tz = "+02:00".parse().unwrap();
        let noon = micros("2026-05-27 12:00");
        assert_eq!(wall_of_instant(noon, &zone), Some(micros("2026-05-27 14:00")));
        assert_eq!(instant_of_wall(micros("2026-05-27 14:00"), &zone), Some(noon));
        assert_eq!(instant_of_wall(i64::MAX, &zone), None);
        assert_eq!(wall_of_instant(i64::MIN, &zone), None);
    }
}
