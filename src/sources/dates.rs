//! Dates as people write them, as the dates that readers accept.

use std::{borrow::Cow, fmt::Write as _};

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use marginql_udfs::{DateOrder, read_date};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;

/// How a user says that dates are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DateFormat {
    /// `03/04/2026` is the third of April.
    DayFirst,
    /// `03/04/2026` is the fourth of March.
    MonthFirst,
    /// A pattern of `strftime`, such as `%d.%m.%y %H:%M`.
    Pattern(String),
}

impl DateFormat {
    /// Reads the value of the option `date_format`.
    ///
    /// # Errors
    /// A pattern that is none, or has no day.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "day_first" => return Ok(Self::DayFirst),
            "month_first" => return Ok(Self::MonthFirst),
            _ => {}
        }
        // A pattern that reads what it writes has all that makes a date.
        let example = NaiveDate::from_ymd_opt(2025, 3, 14).and_then(|day| day.and_hms_opt(0, 0, 0));
        let mut written = String::new();
        let is_pattern = text.contains('%')
            && example.is_some_and(|example| write!(written, "{}", example.format(text)).is_ok());
        if is_pattern && Pattern(text).day_and_time(&written).is_some() {
            return Ok(Self::Pattern(text.to_owned()));
        }
        Err(Error::query(format!("option `date_format` is `{text}`")).hint(
            "it is `day_first`, `month_first`, or a pattern such as `%d.%m.%y`, `%b %d, %Y` or `%m/%d/%Y %H:%M`",
        ))
    }

    /// The order of day and month, if it says no more.
    pub(super) fn order(&self) -> Option<DateOrder> {
        match self {
            Self::DayFirst => Some(DateOrder::DayFirst),
            Self::MonthFirst => Some(DateOrder::MonthFirst),
            Self::Pattern(_) => None,
        }
    }

    /// The pattern, if it is one.
    pub(super) fn pattern(&self) -> Option<Pattern<'_>> {
        match self {
            Self::Pattern(pattern) => Some(Pattern(pattern)),
            _ => None,
        }
    }
}

/// A pattern of `strftime`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern<'a>(&'a str);

impl Pattern<'_> {
    /// The day, and the time of the day if the pattern has one.
    pub(super) fn day_and_time(self, text: &str) -> Option<(NaiveDate, Option<NaiveDateTime>)> {
        if let Ok(moment) = DateTime::parse_from_str(text, self.0) {
            return Some((moment.naive_utc().date(), Some(moment.naive_utc())));
        }
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, self.0) {
            return Some((moment.date(), Some(moment)));
        }
        NaiveDate::parse_from_str(text, self.0).ok().map(|day| (day, None))
    }
}

/// How dates are read that the readers of files do not accept as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WrittenDates {
    pub(super) format: Option<DateFormat>,
    /// Whether they are instants, to be written in UTC.
    pub(super) zoned: bool,
}

impl WrittenDates {
    /// The date as ISO writes it; none if it cannot be read, or is written so.
    pub(super) fn iso(&self, value: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(value).ok()?;
        let pattern = self.format.as_ref().and_then(DateFormat::pattern);
        if let Some((day, time)) = pattern.and_then(|pattern| pattern.day_and_time(text)) {
            return Some(match time {
                None => day.format("%Y-%m-%d").to_string(),
                Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
            });
        }
        let order = self.format.as_ref().and_then(DateFormat::order).unwrap_or(DateOrder::Iso);
        let written = read_date(text, order)?;
        let Some((time, offset)) = written.time else {
            let day = DateTime::from_timestamp_micros(i64::from(written.day) * MICROS_PER_DAY)?;
            return Some(day.format("%Y-%m-%d").to_string());
        };
        let micros = i64::from(written.day) * MICROS_PER_DAY + time - offset.unwrap_or(0) * MICROS_PER_MINUTE;
        let moment = DateTime::from_timestamp_micros(micros)?.format("%Y-%m-%dT%H:%M:%S%.f");
        Some(format!("{moment}{}", if self.zoned { "Z" } else { "" }))
    }
}

/// A record in which the dates of some columns, by their numbers, are as readers accept them.
pub(super) fn with_dates<'a>(
    record: &'a csv::ByteRecord,
    dates: &[(usize, WrittenDates)],
) -> Cow<'a, csv::ByteRecord> {
    if dates.is_empty() {
        return Cow::Borrowed(record);
    }
    let mut fields: Vec<Cow<'_, [u8]>> = record.iter().map(Cow::Borrowed).collect();
    for (column, dates) in dates {
        if let Some(field) = fields.get_mut(*column)
            && let Some(iso) = dates.iso(field)
        {
            *field = iso.into_bytes().into();
        }
    }
    Cow::Owned(fields.iter().collect())
}
