//! What one value of a text file looks like: a byte-level recogniser without allocation.
//!
//! It accepts as a number, date or boolean only what the Arrow readers parse to exactly the same value; everything
//! else is some kind of text, and the kinds are told apart so that a message can say why. What a whole column
//! becomes is decided in `facts`.

use marginql_udfs::{DateOrder, WrittenDate, read_date};
use serde::{Deserialize, Serialize};

use super::readings::Readings;

/// The kinds of values; a column is typed by the set of kinds it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    /// `-12`
    Integer,
    /// `12.50`
    Decimal,
    /// `true`
    Boolean,
    /// `2025-03-14`
    Date,
    /// `2025-03-14T09:26:53.5`
    Timestamp,
    /// `2025-03-14T09:26:53Z`
    ZonedTimestamp,
    /// `00123`: a code, whatever the other rows hold.
    LeadingZero,
    /// `+420123456`: a telephone number as likely as an amount.
    PlusSign,
    /// `1e5`
    Exponent,
    /// ` 12`: would be typed if it were not for the white space.
    Padded,
    /// `14 Mar 2025`: a date in another form than the reader accepts, which can be read in one way only.
    WrittenDate,
    /// `14 Mar 2025 9:26 PM`, and `2025-03-14 09:26` without seconds.
    WrittenTimestamp,
    /// `14 Mar 2025 09:26 GMT`
    WrittenZonedTimestamp,
    /// `03/04/2026`
    DayAndMonth,
    /// `03/04/2026 09:26`
    DayAndMonthTime,
    /// `$1,234.50`
    Money,
    /// Anything else.
    Text,
}

/// The number of kinds.
pub(super) const KINDS: usize = Kind::Text as usize + 1;

/// A value's kind with the figures that decide how wide its column must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole number: how many digits, and its magnitude unless that needs more than 19 digits.
    Integer { digits: u32, magnitude: Option<u64>, negative: bool },
    /// A number with a point: digits before and after it.
    Decimal { integer_digits: u32, scale: u32 },
    /// A timestamp: digits of the second's fraction, and the year.
    Timestamp { fraction: u32, year: u32, zoned: bool },
    /// Two small numbers and a year, of which some order makes a date.
    DayAndMonth(Readings),
    /// A kind without figures.
    Plain(Kind),
}

impl Shape {
    /// The kind alone.
    pub(super) fn kind(self) -> Kind {
        match self {
            Shape::Integer { .. } => Kind::Integer,
            Shape::Decimal { .. } => Kind::Decimal,
            Shape::Timestamp { zoned: false, .. } => Kind::Timestamp,
            Shape::Timestamp { zoned: true, .. } => Kind::ZonedTimestamp,
            Shape::DayAndMonth(readings) if readings.timed => Kind::DayAndMonthTime,
            Shape::DayAndMonth(_) => Kind::DayAndMonth,
            Shape::Plain(kind) => kind,
        }
    }
}

/// Recognises a value that is not empty.
pub(super) fn recognise(value: &[u8]) -> Shape {
    match value[0] {
        b'0'..=b'9' | b'-' | b'.' => number(value)
            .or_else(|| date_or_timestamp(value))
            .or_else(|| written_date(value))
            .or_else(|| padded_or_money(value))
            .unwrap_or(Shape::Plain(Kind::Text)),
        b'+' if value[1..].first().is_some_and(|b| b.is_ascii_digit() || *b == b'.')
            && number(&value[1..]).is_some() =>
        {
            Shape::Plain(Kind::PlusSign)
        }
        b't' | b'T' | b'f' | b'F' if is_boolean(value) => Shape::Plain(Kind::Boolean),
        first if first.is_ascii_alphabetic() => written_date(value).unwrap_or(Shape::Plain(Kind::Text)),
        _ => padded_or_money(value).unwrap_or(Shape::Plain(Kind::Text)),
    }
}

fn is_boolean(value: &[u8]) -> bool {
    value.eq_ignore_ascii_case(b"true") || value.eq_ignore_ascii_case(b"false")
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// `-?(0|[1-9]\d*)?(\.\d*)?` with at least one digit; leading zeros and exponents are recognised as such.
fn number(value: &[u8]) -> Option<Shape> {
    let negative = value[0] == b'-';
    let unsigned = if negative { &value[1..] } else { value };
    let integer_digits = digits(unsigned);
    let rest = &unsigned[integer_digits..];
    let leading_zero = integer_digits > 1 && unsigned[0] == b'0';
    match rest.first() {
        None if integer_digits == 0 => None,
        None if leading_zero => Some(Shape::Plain(Kind::LeadingZero)),
        None => Some(Shape::Integer {
            digits: u32::try_from(integer_digits).unwrap_or(u32::MAX),
            magnitude: magnitude(unsigned),
            negative,
        }),
        Some(b'.') => {
            let scale = digits(&rest[1..]);
            match rest.get(1 + scale) {
                _ if integer_digits + scale == 0 => None,
                None if leading_zero => Some(Shape::Plain(Kind::LeadingZero)),
                None => Some(Shape::Decimal {
                    integer_digits: u32::try_from(integer_digits).unwrap_or(u32::MAX),
                    scale: u32::try_from(scale).unwrap_or(u32::MAX),
                }),
                Some(b'e' | b'E') => exponent(&rest[1 + scale..]),
                Some(_) => None,
            }
        }
        Some(b'e' | b'E') if integer_digits > 0 => exponent(rest),
        Some(_) => None,
    }
}

fn magnitude(digits: &[u8]) -> Option<u64> {
    if digits.len() > 19 {
        return None;
    }
    // 19 nines are below 2^64, so this cannot overflow.
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

fn exponent(from_e: &[u8]) -> Option<Shape> {
    let unsigned = match from_e.get(1) {
        Some(b'+' | b'-') => &from_e[2..],
        _ => &from_e[1..],
    };
    (!unsigned.is_empty() && digits(unsigned) == unsigned.len()).then_some(Shape::Plain(Kind::Exponent))
}

fn two(value: &[u8], at: usize) -> Option<u32> {
    match value.get(at..at + 2)? {
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            Some(u32::from(a - b'0') * 10 + u32::from(b - b'0'))
        }
        _ => None,
    }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// `YYYY-MM-DD`, then optionally `T` or a space, `HH:MM:SS`, a fraction of up to 9 digits, and `Z` or an offset.
fn date_or_timestamp(value: &[u8]) -> Option<Shape> {
    if value.get(4) != Some(&b'-') || value.get(7) != Some(&b'-') {
        return None;
    }
    let year = two(value, 0)? * 100 + two(value, 2)?;
    let (month, day) = (two(value, 5)?, two(value, 8)?);
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    if value.len() == 10 {
        return Some(Shape::Plain(Kind::Date));
    }
    if !matches!(value[10], b'T' | b' ') || value.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (two(value, 11)?, two(value, 14)?);
    if hour > 23 || minute > 59 {
        return None;
    }
    if value.get(16) != Some(&b':') || two(value, 17)? > 59 {
        return None;
    }
    let mut rest = &value[19..];
    let mut fraction = 0;
    if let [b'.', after @ ..] = rest {
        fraction = digits(after);
        if fraction == 0 || fraction > 9 {
            return None;
        }
        rest = &after[fraction..];
    }
    let fraction = u32::try_from(fraction).unwrap_or(u32::MAX);
    let zoned = !rest.is_empty();
    (!zoned || is_zone(rest)).then_some(Shape::Timestamp { fraction, year, zoned })
}

/// `Z`, `+HH`, `+HHMM` or `+HH:MM`; the number may be separated by one space.
fn is_zone(text: &[u8]) -> bool {
    if text == b"Z" {
        return true;
    }
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (hours, minutes) = match text.len() {
        3 => (two(text, 1), Some(0)),
        5 => (two(text, 1), two(text, 3)),
        6 if text[3] == b':' => (two(text, 1), two(text, 4)),
        _ => return false,
    };
    matches!(text[0], b'+' | b'-') && hours.is_some_and(|h| h <= 18) && minutes.is_some_and(|m| m <= 59)
}

/// A date in any form that people write, with or without a time.
fn written_date(value: &[u8]) -> Option<Shape> {
    // The longest is `Wednesday, September 30, 2026 12:00:00.000000 PM +00:00`; names of things are rarely asked further.
    let has_digit = || value.iter().any(u8::is_ascii_digit);
    if value.len() > 60 || !has_digit() || value.ends_with(b" ") || is_like_version(value) {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?;
    if let Some(written) = read_date(text, DateOrder::Iso) {
        return is_exact(text, written).then_some(Shape::Plain(match written.time {
            None => Kind::WrittenDate,
            Some((_, None)) => Kind::WrittenTimestamp,
            Some((_, Some(_))) => Kind::WrittenZonedTimestamp,
        }));
    }
    let (readings, written) = Readings::of(text)?;
    let is_zoned = matches!(written.time, Some((_, Some(_))));
    (is_exact(text, written) && !is_zoned).then_some(Shape::DayAndMonth(readings))
}

/// Numbers of versions have dots too: `1.2.03`. Such dates need both digits of day and month.
fn is_like_version(value: &[u8]) -> bool {
    let date = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    let parts: Vec<&[u8]> = date.split(|byte| *byte == b'.').collect();
    matches!(parts.as_slice(), [first, second, third] if third.len() == 2 && (first.len() < 2 || second.len() < 2))
}

/// Whether nothing is cut: the reader of dates passes over digits beyond microseconds.
fn is_exact(text: &str, written: WrittenDate) -> bool {
    let fraction = text.rsplit_once(['.', ',']).map_or("", |(_, rest)| rest);
    written.time.is_none() || fraction.bytes().take_while(u8::is_ascii_digit).count() <= 6
}

fn padded_or_money(value: &[u8]) -> Option<Shape> {
    let trimmed = value.trim_ascii();
    if trimmed.len() < value.len() {
        let typed = !trimmed.is_empty() && recognise(trimmed).kind() <= Kind::ZonedTimestamp;
        return typed.then_some(Shape::Plain(Kind::Padded));
    }
    is_money(value).then_some(Shape::Plain(Kind::Money))
}

/// Digits with separators of thousands, between signs, parentheses and currency symbols, as `money()` reads them.
fn is_money(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let is_sign = |c: char| matches!(c, '$' | '£' | '€' | '¥' | '(' | ')' | '-' | '+' | ' ' | '\u{a0}');
    let core = text.trim_start_matches(is_sign).trim_end_matches(is_sign);
    let is_inside =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
    let marked = core.len() < text.len() || core.contains([',', '\'', '\u{a0}', '\u{202f}']);
    let is_number = core.starts_with(|c: char| c.is_ascii_digit()) && core.chars().all(is_inside);
    // `-` alone marks no money: `555-` or `12-34` are codes.
    let marked = marked && text.contains(['$', '£', '€', '¥', '(', ',', '\'', '\u{a0}', '\u{202f}']);
    is_number && marked
}

/// Whether a number is a year of these times: such numbers are names of columns too.
pub(super) fn is_year(value: &[u8]) -> bool {
    value.len() == 4 && (value.starts_with(b"19") || value.starts_with(b"20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Kind {
        recognise(text.as_bytes()).kind()
    }

    #[test]
    fn kinds_are_told_apart() {
        let cases: &[(Kind, &[&str])] = &[
            (Kind::Integer, &["0", "-0", "12", "-9223372036854775808", "99999999999999999999"]),
            (Kind::Decimal, &["0.5", "-.5", "5.", "12.50", "123456789012345678901234567890.12345678"]),
            (Kind::Boolean, &["true", "FALSE", "True"]),
            (Kind::Date, &["2024-02-29", "0001-01-01", "9999-12-31"]),
            (Kind::Timestamp, &["2025-03-14T09:26:53", "2025-03-14 09:26:53.123456789"]),
            (
                Kind::ZonedTimestamp,
                &[
                    "2025-03-14T09:26:53Z",
                    "2025-03-14 09:26:53.5 -0500",
                    "2025-03-14T09:26:53+05:30",
                    "2025-03-14T09:26:53+02",
                ],
            ),
            (Kind::LeadingZero, &["00123", "007", "-01", "00.5", "00"]),
            (Kind::PlusSign, &["+1", "+420123456789", "+0.5"]),
            (Kind::Exponent, &["1e5", "1.5E-7", "12E+10"]),
            (Kind::Padded, &[" 12", "12 ", "\t2025-01-01", " true"]),
            (
                Kind::WrittenDate,
                &[
                    "14 Mar 2025",
                    "Jan 5, 2025",
                    "5-Feb-2025",
                    "2019-Sep-01",
                    "2025/03/14",
                    "31.12.2025",
                    "31.12.25",
                    "2025-1-1",
                    "2026-05-27+02:00",
                ],
            ),
            (Kind::WrittenTimestamp, &["2025-03-14 09:26", "14 Mar 2025 9:26 PM"]),
            (
                Kind::WrittenZonedTimestamp,
                &["2025-03-14T09:26Z", "2025-01-01 00:00:00 UTC", "Fri, 14 Mar 2025 09:26:00 GMT"],
            ),
            (Kind::DayAndMonth, &["03/04/2026", "3/4/26", "1/31/25", "12-31-2025"]),
            (Kind::DayAndMonthTime, &["03/04/2026 09:26", "3/31/2026 9:26:00 PM"]),
            (Kind::Money, &["$1,234.50", "(12.00)", "1 234,56 €", "1,234", "-$5", "1'000.00", "€ 5"]),
            (
                Kind::Text,
                &[
                    "-",
                    ".",
                    "-.",
                    "1-2",
                    "12a",
                    "2025-02-30",
                    "0000-00-00",
                    "32/13/2025",
                    "13/13/2025",
                    "10.0.0.1",
                    "(555) 123-4567",
                    "555-1234",
                    "NaN",
                    "2025-01-01T24:00:00",
                    "2025-01-01 00:00:60",
                    "+",
                    "+-1",
                    "1.2.3",
                    "e5",
                    "1e",
                    " ",
                    "Acme",
                    "1.2.03",
                    "May",
                    "March 2025 Ltd",
                    "Store 12, May 3",
                    "3/4/2026 09:26 +0200",
                    "14 Mar 2025 09:26:00.1234567",
                    "2025-03-14T09:26:53.",
                    "2025-03-14T09:26:53.1234567890",
                ],
            ),
        ];
        for (expected, texts) in cases {
            for text in *texts {
                assert_eq!(kind(text), *expected, "`{text}`");
            }
        }
    }
}
