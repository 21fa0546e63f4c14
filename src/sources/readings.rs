//! How dates whose order of day and month is not written can be read.

use serde::{Deserialize, Serialize};

/// How dates like `03/04/2026` can be read, over all rows seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Readings {
    /// Day, month, year fits every row.
    pub(super) day_first: bool,
    /// Month, day, year fits every row.
    pub(super) month_first: bool,
    /// The character between, if it is the same everywhere.
    pub(super) separator: Option<char>,
    pub(super) long_year: Option<bool>,
}

impl Readings {
    /// What fits both.
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            day_first: self.day_first && other.day_first,
            month_first: self.month_first && other.month_first,
            separator: self.separator.filter(|_| self.separator == other.separator),
            long_year: self.long_year.filter(|_| self.long_year == other.long_year),
        }
    }

    /// The formats for `to_date`, day first before month first.
    pub(super) fn formats(self) -> Vec<String> {
        let (Some(separator), Some(long_year)) = (self.separator, self.long_year) else { return Vec::new() };
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
