//! How dates whose order of day and month is not written can be read.

use marginql_udfs::{DateOrder, WrittenDate, read_date};
use serde::{Deserialize, Serialize};

/// How dates like `03/04/2026` can be read, over all rows seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Readings {
    /// Day, month, year fits every row.
    pub(super) day_first: bool,
    /// Month, day, year fits every row.
    pub(super) month_first: bool,
    /// A year of two digits, month, day fits every row.
    pub(super) year_first: bool,
    /// The character between, if it is the same everywhere.
    pub(super) separator: Option<char>,
    /// Whether years have four digits, if it is the same everywhere.
    pub(super) long_year: Option<bool>,
    /// Whether times follow.
    pub(super) timed: bool,
}

impl Readings {
    /// Returns how one text can be read, and what it is in the first of the orders that fit; none if in no order.
    pub(super) fn of(text: &str) -> Option<(Self, WrittenDate)> {
        let reads = |order| read_date(text, order);
        let (day_first, month_first) = (reads(DateOrder::DayFirst), reads(DateOrder::MonthFirst));
        let written = day_first.or(month_first)?;
        let separator = text.chars().find(|character| !character.is_ascii_digit())?;
        let date = text.split(' ').next().unwrap_or_default();
        let parts: Vec<&str> = date.split(separator).collect();
        let [first, second, third] = parts.as_slice() else { return None };
        let long_year = third.len() == 4;
        let swapped = format!("20{first:0>2}-{second}-{third}");
        let readings = Self {
            day_first: day_first.is_some(),
            month_first: month_first.is_some(),
            year_first: !long_year && read_date(&swapped, DateOrder::Iso).is_some(),
            separator: Some(separator),
            long_year: Some(long_year),
            timed: written.time.is_some(),
        };
        Some((readings, written))
    }

    /// What fits both.
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            day_first: self.day_first && other.day_first,
            month_first: self.month_first && other.month_first,
            year_first: self.year_first && other.year_first,
            separator: self.separator.filter(|_| self.separator == other.separator),
            long_year: self.long_year.filter(|_| self.long_year == other.long_year),
            timed: self.timed || other.timed,
        }
    }

    /// The order, if only one fits.
    pub(super) fn order(self) -> Option<DateOrder> {
        match (self.day_first, self.month_first, self.year_first) {
            (true, false, false) => Some(DateOrder::DayFirst),
            (false, true, false) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether dates of this order fit every row.
    pub(super) fn fit(self, order: DateOrder) -> bool {
        match order {
            DateOrder::Iso => false,
            DateOrder::DayFirst => self.day_first,
            DateOrder::MonthFirst => self.month_first,
        }
    }

    /// The formats for `to_date`, day first before month first.
    pub(super) fn formats(self) -> Vec<String> {
        let (Some(separator), Some(long_year), false) = (self.separator, self.long_year, self.timed) else {
            return Vec::new();
        };
        let year = if long_year { "%Y" } else { "%y" };
        let mut formats = Vec::new();
        if self.day_first {
            formats.push(format!("%d{separator}%m{separator}{year}"));
        }
        if self.month_first {
            formats.push(format!("%m{separator}%d{separator}{year}"));
        }
        formats
    }
}
