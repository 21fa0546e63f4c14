//! Days, months and how busy a day is. Knows nothing of customers or tables.
//!
//! Dates are counted in days since 1970-01-01, as Arrow's `Date32` does, and are computed with
//! integers alone, so that every machine gets the same ones. Next: `company`.

/// A date: days since 1970-01-01.
pub(super) type Day = i32;

/// The first day of every sample; fixed, so that saved queries can name dates.
pub(super) const FIRST_YEAR: i32 = 2025;

/// A date, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

/// The number of a date (proleptic Gregorian calendar).
pub(super) fn day_of(year: i32, month: i32, day: i32) -> Day {
    // Years start in March here, so that the leap day is the last day of its year.
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a number.
pub(super) fn date_of(day: Day) -> Date {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    Date { year, month, day: day_of_year - (153 * shifted_month + 2) / 5 + 1 }
}

/// The weekday: 0 is Monday, 6 is Sunday.
pub(super) fn weekday(day: Day) -> i32 {
    (day + 3).rem_euclid(7)
}

/// Whether offices work on this day.
pub(super) fn is_business_day(day: Day) -> bool {
    weekday(day) < 5
}

/// Months since year 0.
pub(super) fn month_number(day: Day) -> i32 {
    let date = date_of(day);
    date.year * 12 + date.month - 1
}

/// The first day of a month given as months since year 0.
pub(super) fn first_of_month(month_number: i32) -> Day {
    day_of(month_number.div_euclid(12), month_number.rem_euclid(12) + 1, 1)
}

/// The same day of the month, some months later. The day must be one that every month has (at most 28).
pub(super) fn add_months(day: Day, months: i32) -> Day {
    first_of_month(month_number(day) + months) + date_of(day).day - 1
}

/// The days of a sample, from `first` to before `end`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    pub first: Day,
    pub end: Day,
    pub months: i32,
}

impl Period {
    /// The first `months` months of the sample's calendar.
    pub(super) fn new(months: i32) -> Self {
        let first = day_of(FIRST_YEAR, 1, 1);
        Self { first, end: add_months(first, months), months }
    }

    /// Months from the period's start to the day; negative before it.
    pub(super) fn month_of(&self, day: Day) -> i32 {
        month_number(day) - month_number(self.first)
    }

    /// The days of the period's month number `month`.
    pub(super) fn days_of_month(&self, month: i32) -> std::ops::Range<Day> {
        add_months(self.first, month)..add_months(self.first, month + 1)
    }
}

/// Spreads a number of rows over the days of a period, more on weekdays and in later months.
#[derive(Debug, Clone)]
pub(super) struct Workload {
    first: Day,
    /// The weight of all days before the one at this position; one longer than the period.
    weight_before: Vec<u64>,
    rows: u64,
}

impl Workload {
    /// `weekend` is the weight of a Saturday or Sunday where a weekday of the first month has 100.
    pub(super) fn new(period: &Period, rows: u64, weekend: u64) -> Self {
        let mut weight_before = vec![0];
        let mut total = 0;
        for day in period.first..period.end {
            // The company grows by one percent (of the first month) each month.
            let growth = 100 + u64::try_from(period.month_of(day)).unwrap_or(0);
            total += growth * if is_business_day(day) { 100 } else { weekend };
            weight_before.push(total);
        }
        Self { first: period.first, weight_before, rows }
    }

    /// All rows of the period.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// How many of the rows fall before a day.
    pub(super) fn rows_before(&self, day: Day) -> u64 {
        let position = usize::try_from(day - self.first).unwrap_or(0).min(self.weight_before.len() - 1);
        let total = self.weight_before.last().copied().unwrap_or(1).max(1);
        let rows = u128::from(self.rows) * u128::from(self.weight_before[position]) / u128::from(total);
        u64::try_from(rows).unwrap_or(u64::MAX)
    }

    /// How many rows a day gets; over the period they add to exactly all rows.
    pub(super) fn rows_on(&self, day: Day) -> u64 {
        self.rows_before(day + 1) - self.rows_before(day)
    }

    /// Cuts the period into at most `parts` ranges of days with about equally many rows.
    pub(super) fn split(&self, parts: u64) -> Vec<std::ops::Range<Day>> {
        let days = Day::try_from(self.weight_before.len() - 1).unwrap_or(Day::MAX - self.first);
        let end = self.first + days;
        let mut ranges = Vec::new();
        let mut start = self.first;
        for part in 1..=parts.max(1) {
            let target = u128::from(self.rows) * u128::from(part) / u128::from(parts.max(1));
            let mut stop = start;
            while stop < end && (part == parts.max(1) || u128::from(self.rows_before(stop)) < target) {
                stop += 1;
            }
            if stop > start {
                ranges.push(start..stop);
            }
            start = stop;
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_inverse() {
        assert_eq!(day_of(1970, 1, 1), 0);
        assert_eq!(day_of(2025, 1, 1), 20_089);
        for day in day_of(1999, 12, 1)..day_of(2029, 3, 2) {
            let date = date_of(day);
            assert_eq!(day_of(date.year, date.month, date.day), day);
        }
        assert_eq!(date_of(day_of(2024, 2, 29)), Date { year: 2024, month: 2, day: 29 });
        assert_eq!(date_of(day_of(2024, 2, 29) + 1), Date { year: 2024, month: 3, day: 1 });
    }

    #[test]
    fn weekdays_are_the_calendars() {
        assert_eq!(weekday(day_of(2025, 1, 1)), 2, "a Wednesday");
        assert!(!is_business_day(day_of(2025, 3, 1)), "a Saturday");
    }

    #[test]
    fn months_are_added_across_years() {
        assert_eq!(add_months(day_of(2025, 11, 28), 4), day_of(2026, 3, 28));
        assert_eq!(add_months(day_of(2025, 2, 3), -14), day_of(2023, 12, 3));
    }

    #[test]
    fn a_workload_loses_no_row_and_weekends_are_quieter() {
        let period = Period::new(12);
        let workload = Workload::new(&period, 12_345, 20);
        let all: u64 = (period.first..period.end).map(|day| workload.rows_on(day)).sum();
        assert_eq!(all, 12_345);
        assert!(workload.rows_on(day_of(2025, 3, 1)) * 3 < workload.rows_on(day_of(2025, 3, 3)));
    }

    #[test]
    fn parts_cover_every_day_once_and_are_alike() {
        let workload = Workload::new(&Period::new(24), 1_000_000, 20);
        let parts = workload.split(7);
        assert_eq!(parts.len(), 7);
        assert_eq!(parts[0].start, day_of(2025, 1, 1));
        assert_eq!(parts[6].end, day_of(2027, 1, 1));
        for pair in parts.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
        }
        for part in parts {
            let rows = workload.rows_before(part.end) - workload.rows_before(part.start);
            assert!((135_000..150_000).contains(&rows), "{rows}");
        }
    }
}
