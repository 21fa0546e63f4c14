//! What a value becomes in Excel: a number, date or boolean if Excel can hold every digit, else text.
//!
//! Excel computes with doubles and shows at most 15 significant digits. Its dates are numbers too: days
//! since the end of 1899, to the millisecond. What needs more than that is written as text, exactly.

use super::text::Kind;

/// Digits that every double keeps and that Excel shows.
const DIGITS_MAX: usize = 15;

/// Characters in a cell, counted as Excel does, in units of UTF-16.
pub(super) const TEXT_MAX: usize = 32_767;

#[derive(Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Number(f64),
    /// A number or time that would have lost digits.
    Exact(&'a str),
    Boolean(bool),
    Date(f64),
    Time {
        days: f64,
        has_fraction: bool,
    },
    /// A date and time; `zone` is the offset from UTC as text, or empty.
    Timestamp {
        days: f64,
        has_fraction: bool,
        zone: &'a str,
    },
    Text(&'a str),
}

/// The cell for a value of a kind, from its text.
pub(super) fn cell(kind: Kind, text: &str) -> Cell<'_> {
    match kind {
        Kind::Integer | Kind::Decimal { .. } => exact_number(text).map_or(Cell::Exact(text), Cell::Number),
        // A float is a double already; what is not finite has no number in Excel.
        Kind::Float => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Cell::Number(number),
            _ => Cell::Text(text),
        },
        Kind::Boolean => Cell::Boolean(text == "true"),
        Kind::Date => date(text).map_or(Cell::Exact(text), Cell::Date),
        Kind::Time => match time(text) {
            Some((days, has_fraction)) => Cell::Time { days, has_fraction },
            None => Cell::Exact(text),
        },
        Kind::Timestamp => timestamp(text).unwrap_or(Cell::Exact(text)),
        Kind::Text => Cell::Text(text),
    }
}

fn exact_number(text: &str) -> Option<f64> {
    let significant = |byte: &u8| byte.is_ascii_digit();
    let digits: Vec<u8> = text.bytes().filter(significant).collect();
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let last = digits.iter().rposition(|digit| *digit != b'0').map_or(first, |last| last + 1);
    if last - first > DIGITS_MAX {
        return None;
    }
    text.parse().ok()
}

/// Days since the end of 1899, as Excel counts them from 1900-01-01 to 9999-12-31.
fn date(text: &str) -> Option<f64> {
    let [year, month, day] = numbers(text, '-')?;
    if text.len() != "yyyy-mm-dd".len() || !(1900..=9999).contains(&year) {
        return None;
    }
    // Counted from March, so that the leap day is a year's last.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // 1899-12-30 counted the same way: Excel's day 0, given that it believes in 1900-02-29.
    let serial = days - 693_899;
    Some(f64::from(if serial < 61 { serial - 1 } else { serial }))
}

/// The part of a day, and whether there is a part of a second. `None` below the millisecond.
fn time(text: &str) -> Option<(f64, bool)> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let [hours, minutes, seconds] = numbers(clock, ':')?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 3 {
        return None;
    }
    let milliseconds: i32 = format!("{fraction:0<3}").parse().ok()?;
    let total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
    Some((f64::from(total) / 86_400_000.0, milliseconds != 0))
}

fn timestamp(text: &str) -> Option<Cell<'_>> {
    let (day, rest) = text.split_once(' ')?;
    let zone = rest.find(['+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone);
    let (part, has_fraction) = time(clock)?;
    Some(Cell::Timestamp { days: date(day)? + part, has_fraction, zone })
}

fn numbers(text: &str, separator: char) -> Option<[i32; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// How Excel shows a kind of number.
pub(super) fn number_format(kind: Kind) -> Option<String> {
    match kind {
        Kind::Integer => Some("0".to_owned()),
        Kind::Decimal { scale } if scale <= 0 => Some("#,##0;[Red]-#,##0".to_owned()),
        Kind::Decimal { scale } => {
            // Excel's formats end at 30 decimals.
            let digits = format!("#,##0.{}", "0".repeat(usize::from(scale.unsigned_abs()).min(30)));
            Some(format!("{digits};[Red]-{digits}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONEY: Kind = Kind::Decimal { scale: 4 };

    #[test]
    fn fifteen_digits_are_a_number_and_sixteen_are_text() {
        assert_eq!(cell(MONEY, "12345678901.2345"), Cell::Number(12_345_678_901.234_5));
        assert_eq!(cell(MONEY, "-123456789012.3456"), Cell::Exact("-123456789012.3456"));
        assert_eq!(cell(MONEY, "999999999999999.0000"), Cell::Number(999_999_999_999_999.0));
        assert_eq!(cell(Kind::Integer, "9007199254740993"), Cell::Exact("9007199254740993"));
        assert_eq!(cell(Kind::Integer, "1000000000000000000"), Cell::Number(1e18));
        assert_eq!(cell(MONEY, "0.0000"), Cell::Number(0.0));
    }

    #[test]
    fn dates_are_the_days_that_excel_counts() {
        for (text, serial) in [
            ("1900-01-01", 1.0),
            ("1900-02-28", 59.0),
            ("1900-03-01", 61.0),
            ("1970-01-01", 25_569.0),
            ("2024-02-29", 45_351.0),
            ("2026-01-01", 46_023.0),
            ("9999-12-31", 2_958_465.0),
        ] {
            assert_eq!(cell(Kind::Date, text), Cell::Date(serial), "{text}");
        }
        assert_eq!(cell(Kind::Date, "1899-12-31"), Cell::Exact("1899-12-31"));
        assert_eq!(cell(Kind::Date, "+10000-01-01"), Cell::Exact("+10000-01-01"));
    }

    #[test]
    fn times_below_the_millisecond_stay_text() {
        assert_eq!(cell(Kind::Time, "06:00:00"), Cell::Time { days: 0.25, has_fraction: false });
        assert_eq!(
            cell(Kind::Timestamp, "1970-01-01 12:00:00.000"),
            Cell::Timestamp { days: 25_569.5, has_fraction: false, zone: "" }
        );
        assert_eq!(
            cell(Kind::Timestamp, "1970-01-01 12:00:00.500000-03:30"),
            Cell::Timestamp { days: 25_569.5 + 500.0 / 86_400_000.0, has_fraction: true, zone: "-03:30" }
        );
        let micro = "1970-01-01 12:00:00.000001";
        assert_eq!(cell(Kind::Timestamp, micro), Cell::Exact(micro));
    }

    #[test]
    fn the_format_shows_the_declared_scale() {
        assert_eq!(number_format(Kind::Decimal { scale: 2 }).unwrap(), "#,##0.00;[Red]-#,##0.00");
        assert_eq!(number_format(MONEY).unwrap(), "#,##0.0000;[Red]-#,##0.0000");
        assert_eq!(number_format(Kind::Integer).unwrap(), "0");
    }
}
