//! How the values of exports look: which column could hold them, and which dates can be read in two ways.

use super::connector::{ColumnKind, RawColumn};

/// Whether a text looks like a value of a column. Lenient: it tells tables apart, it validates nothing.
pub(super) fn fits(column: &RawColumn, value: &str) -> bool {
    let is_number = || {
        let digits = value.chars().filter(char::is_ascii_digit).count();
        digits > 0 && value.chars().all(|c| c.is_ascii_digit() || "+-.,' \u{a0}\u{202f}()%eE".contains(c))
    };
    match column.kind {
        ColumnKind::Key | ColumnKind::Text => true,
        ColumnKind::Json => value.starts_with(['{', '[', '"']) || !is_number(),
        ColumnKind::Money | ColumnKind::Number | ColumnKind::Integer => is_number() || value == "NaN",
        ColumnKind::Boolean => {
            let words = ["true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"];
            words.contains(&value.to_ascii_lowercase().as_str())
        }
        ColumnKind::Date | ColumnKind::Timestamp => match column.unit {
            Some(_) => is_number() || looks_like_date(value),
            None => looks_like_date(value),
        },
    }
}

fn looks_like_date(value: &str) -> bool {
    let numbers = numbers(value);
    match &numbers[..] {
        [only] => only.len() == 8,
        [first, _, third, ..] => first.len() == 4 || third.len() == 4 || third.len() == 2,
        _ => false,
    }
}

/// The runs of digits in a text.
fn numbers(value: &str) -> Vec<&str> {
    value.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect()
}

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecimalMark {
    /// `1.234,50`
    Comma,
    /// `1,234.50`
    Point,
}

/// The decimal mark of a number that can be read in one way only; none for `1,234`, which could be a thousand.
pub fn decimal_mark(value: &str) -> Option<DecimalMark> {
    let place = value.rfind([',', '.'])?;
    let (mark, other) = match value.as_bytes()[place] {
        b',' => (DecimalMark::Comma, '.'),
        _ => (DecimalMark::Point, ','),
    };
    let (whole, decimals) = (&value[..place], &value[place + 1..]);
    let is_number =
        |text: &str| text.chars().all(|c| c.is_ascii_digit() || "+-.,' \u{a0}\u{202f}".contains(c));
    let digits = decimals.bytes().take_while(u8::is_ascii_digit).count();
    // The same mark more than once separates thousands; three digits after it may be a thousand.
    let is_one = !whole.contains(value.as_bytes()[place] as char);
    let is_telling = digits != 3 || whole.contains(other);
    (is_number(value) && digits > 0 && is_one && is_telling).then_some(mark)
}

/// A date of which day and month cannot be told apart by its form, in both readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoReadings {
    /// The value.
    pub value: String,
    /// The day, if the day stands first; none if there is no such day.
    pub day_first: Option<String>,
    /// The same if the month stands first.
    pub month_first: Option<String>,
}

/// Both readings of a date with slashes or hyphens and the year last.
pub fn two_readings(value: &str) -> Option<TwoReadings> {
    let date = value.trim().split([' ', 'T']).next()?;
    let separator = ['/', '-'].into_iter().find(|separator| date.matches(*separator).count() == 2)?;
    let parts: Vec<&str> = date.split(separator).collect();
    let [first, second, year] = parts[..] else { return None };
    let is_digits = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_digits(first, &[1, 2]) || !is_digits(second, &[1, 2]) || !is_digits(year, &[2, 4]) {
        return None;
    }
    let year: i32 = year.parse().ok()?;
    let year = if year < 100 { year + 2000 } else { year };
    let (first, second) = (first.parse().ok()?, second.parse().ok()?);
    let day = |day: u32, month: u32| {
        let date = chrono::NaiveDate::from_ymd_opt(year, month, day)?;
        Some(date.format("%-d %B %Y").to_string())
    };
    Some(TwoReadings {
        value: value.trim().to_owned(),
        day_first: day(first, second),
        month_first: day(second, first),
    })
}

#[cfg(test)]
mod tests {
    use super::{DecimalMark, decimal_mark, two_readings};

    #[test]
    fn a_number_shows_its_decimal_mark_where_it_can_be_no_thousand() {
        for comma in ["-242,11", "1.234,50", "0,000125", "1 234,5", "1.234,567", ",5", "12,00-"] {
            assert_eq!(decimal_mark(comma), Some(DecimalMark::Comma), "{comma}");
        }
        for point in ["-242.11", "1,234.50", "0.5", "1,234.567"] {
            assert_eq!(decimal_mark(point), Some(DecimalMark::Point), "{point}");
        }
        for neither in
            ["1,234", "1.234", "1.234.567", "1,234,567", "12", "", "1,2,3", "a,5", "5,", "2025-01-01"]
        {
            assert_eq!(decimal_mark(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_date_with_slashes_has_two_readings() {
        let readings = two_readings("03/04/2026 09:30").expect("it is a date");
        assert_eq!(readings.day_first.as_deref(), Some("3 April 2026"));
        assert_eq!(readings.month_first.as_deref(), Some("4 March 2026"));
        assert_eq!(two_readings("25/04/2026").expect("it is a date").month_first, None);
        for other in ["2026-03-04", "3.4.2026", "20260304", "", "1/2", "a/b/2026"] {
            assert_eq!(two_readings(other), None, "{other}");
        }
    }
}
