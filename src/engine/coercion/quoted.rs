//! What a quoted literal spells beside a value of another type: the one plain spelling of a value, or nothing.
//!
//! `'0123'` is no number, `'31.01.2025'` no date: whoever writes such a literal most likely means text, or another
//! value than a lenient reader would find.

use datafusion::{
    arrow::datatypes::{DECIMAL128_MAX_PRECISION, DECIMAL256_MAX_PRECISION, DataType, TimeUnit, i256},
    common::ScalarValue,
    logical_expr::Expr,
};

use super::kind::{Kind, kind, values};

/// The text of a quoted literal.
pub(super) fn quoted(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(Some(text))
            | ScalarValue::LargeUtf8(Some(text))
            | ScalarValue::Utf8View(Some(text)),
            _,
        ) => Some(text),
        _ => None,
    }
}

/// The value that a text plainly spells beside a type.
///
/// A number has the type that holds it exactly, whatever stands beside it: `'1.5'` beside an integer is 1.5.
pub(super) fn value(text: &str, beside: &DataType) -> Option<ScalarValue> {
    let beside = values(beside);
    match kind(beside)? {
        Kind::Number => number(text),
        Kind::Boolean => match text {
            "true" => Some(ScalarValue::Boolean(Some(true))),
            "false" => Some(ScalarValue::Boolean(Some(false))),
            _ => None,
        },
        Kind::Moment => {
            let (text, data_type) = moment(text, beside)?;
            let value = ScalarValue::Utf8(Some(text)).cast_to(&data_type).ok()?;
            (!value.is_null()).then_some(value)
        }
        Kind::Text | Kind::Interval | Kind::Binary => None,
    }
}

/// The value that a text plainly spells, if a type can hold it as it is.
pub(super) fn exact_value(text: &str, data_type: &DataType) -> Option<ScalarValue> {
    let value = value(text, data_type)?;
    let cast = value.cast_to(values(data_type)).ok()?;
    let back = cast.cast_to(&value.data_type()).ok()?;
    (back == value || data_type.is_floating()).then_some(cast)
}

/// `-12.50`: digits without a leading zero, and perhaps a point with digits behind it.
pub(super) fn number(text: &str) -> Option<ScalarValue> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if are_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    if !are_digits(whole) || (whole.starts_with('0') && whole != "0") {
        return None;
    }
    if fraction.is_empty()
        && let Ok(integer) = text.parse()
    {
        return Some(ScalarValue::Int64(Some(integer)));
    }
    let scale = u8::try_from(fraction.len()).ok()?;
    let precision = u8::try_from(whole.trim_start_matches('0').len()).ok()?.checked_add(scale)?.max(1);
    let units = text.replace('.', "");
    let places = i8::try_from(scale).ok()?;
    if precision <= DECIMAL128_MAX_PRECISION {
        return Some(ScalarValue::Decimal128(Some(units.parse().ok()?), precision, places));
    }
    let units = i256::from_string(&units).filter(|_| precision <= DECIMAL256_MAX_PRECISION)?;
    Some(ScalarValue::Decimal256(Some(units), precision, places))
}

/// The complete text of a moment, and the type in which it is read: that of what stands beside it, finer where the text is.
fn moment(text: &str, beside: &DataType) -> Option<(String, DataType)> {
    match beside {
        DataType::Date32 | DataType::Date64 => is_date(text).then(|| (text.to_owned(), beside.clone())),
        DataType::Timestamp(unit, zone) => {
            let (date, rest) = text.split_at_checked("2025-01-31".len()).filter(|(date, _)| is_date(date))?;
            if rest.is_empty() {
                return Some((text.to_owned(), beside.clone()));
            }
            let (time, offset) = without_zone(rest.strip_prefix(['T', ' '])?);
            // A moment somewhere says nothing beside moments of nowhere.
            if !offset.is_empty() && zone.is_none() {
                return None;
            }
            let (time, digits) = time_of_day(time)?;
            Some((format!("{date}T{time}{offset}"), DataType::Timestamp(finer(*unit, digits), zone.clone())))
        }
        DataType::Time32(unit) | DataType::Time64(unit) => {
            let (time, digits) = time_of_day(text)?;
            Some(match finer(*unit, digits) {
                unit @ (TimeUnit::Second | TimeUnit::Millisecond) => (time, DataType::Time32(unit)),
                unit => (time, DataType::Time64(unit)),
            })
        }
        _ => None,
    }
}

/// `2025-01-31`; that there is such a day is checked when it is read.
fn is_date(text: &str) -> bool {
    shaped(text, "dddd-dd-dd")
}

/// A time such as `23:59`, `23:59:00` or `23:59:00.125`, with its seconds, and how many digits it has behind them.
fn time_of_day(text: &str) -> Option<(String, usize)> {
    if shaped(text, "dd:dd") {
        return Some((format!("{text}:00"), 0));
    }
    let (time, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_plain =
        shaped(time, "dd:dd:dd") && fraction.len() <= 9 && (text.len() == time.len() || are_digits(fraction));
    is_plain.then(|| (text.to_owned(), fraction.len()))
}

/// A time without `Z` or `+01:00` behind it, and that.
fn without_zone(time: &str) -> (&str, &str) {
    let zone = match time.len().checked_sub("+00:00".len()).and_then(|place| time.get(place..)) {
        Some(zone) if shaped(zone, "+dd:dd") || shaped(zone, "-dd:dd") => zone,
        _ if time.ends_with('Z') => "Z",
        _ => "",
    };
    (&time[..time.len() - zone.len()], zone)
}

fn finer(unit: TimeUnit, digits: usize) -> TimeUnit {
    let of_digits = match digits {
        0 => TimeUnit::Second,
        1..=3 => TimeUnit::Millisecond,
        4..=6 => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    };
    unit.max(of_digits)
}

/// Whether a text has a digit for each `d` of a shape, and its other characters.
fn shaped(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_plain_spelling_is_a_number() {
        assert_eq!(number("100"), Some(ScalarValue::Int64(Some(100))));
        assert_eq!(number("-12.50"), Some(ScalarValue::Decimal128(Some(-1250), 4, 2)));
        assert_eq!(number("0.05"), Some(ScalarValue::Decimal128(Some(5), 2, 2)));
        assert_eq!(number("0"), Some(ScalarValue::Int64(Some(0))));
        assert_eq!(
            number("99999999999999999999"),
            Some(ScalarValue::Decimal128(Some(99_999_999_999_999_999_999), 20, 0))
        );
        for text in [
            "0123", "-007", "00", " 12", "12 ", "+5", "1e3", "0x10", "１２", "", "-", ".5", "5.", "1,000",
            "1_000", "NaN", "1.2.3", "--1",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn only_iso_is_a_date() {
        let date = |text| value(text, &DataType::Date32);
        assert_eq!(date("2025-01-31"), Some(ScalarValue::Date32(Some(20_119))));
        for text in [
            "2025-1-5",
            "31.01.2025",
            "tomorrow",
            "2025-02-30",
            "2025-01-31 ",
            "20250131",
            "2025-01-31T10:00",
            "",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps_may_leave_out_what_is_zero() {
        let seconds = DataType::Timestamp(TimeUnit::Second, None);
        for text in ["2025-01-31", "2025-01-31 00:00", "2025-01-31T00:00:00"] {
            assert_eq!(
                value(text, &seconds),
                Some(ScalarValue::TimestampSecond(Some(1_738_281_600), None)),
                "{text}"
            );
        }
        assert_eq!(
            value("2025-01-31 00:00:00.5", &seconds),
            Some(ScalarValue::TimestampMillisecond(Some(1_738_281_600_500), None))
        );
        for text in [
            "2025-01-31 24:00",
            "2025-01-31 1:00",
            "2025-01-31 00:00:00Z",
            "2025-01-31 00:00+01:00",
            "now",
            "２０25",
        ] {
            assert_eq!(value(text, &seconds), None, "{text}");
        }
        let zoned = DataType::Timestamp(TimeUnit::Second, Some("+00:00".into()));
        let value = value("2025-01-31 01:00:00+01:00", &zoned);
        assert_eq!(value, Some(ScalarValue::TimestampSecond(Some(1_738_281_600), Some("+00:00".into()))));
    }

    #[test]
    fn a_type_holds_a_value_or_it_does_not() {
        assert_eq!(exact_value("1.5", &DataType::Int64), None);
        assert_eq!(exact_value("300", &DataType::Int8), None);
        assert_eq!(exact_value("2.555", &DataType::Decimal128(10, 2)), None);
        assert_eq!(
            exact_value("2.5", &DataType::Decimal128(10, 2)),
            Some(ScalarValue::Decimal128(Some(250), 10, 2))
        );
        assert_eq!(exact_value("0.1", &DataType::Float64), Some(ScalarValue::Float64(Some(0.1))));
    }
}
