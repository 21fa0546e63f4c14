//! What the values of a project file must be: dates, months, currencies, time zones, exact numbers, names, words.

use arrow::array::timezone::Tz;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml::de::DeValue;

use super::{
    choice::{Choice, names},
    document::Entry,
};
use crate::{
    error::{Error, Result},
    suggest::nearest,
};

/// A whole number within bounds.
pub(super) fn integer(entry: &Entry<'_>, min: u32, max: u32) -> Result<u32> {
    let number = match entry.value {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    number
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| entry.must_be(&format!("a whole number from {min} to {max}")))
}

/// A currency code.
pub(super) fn currency(entry: &Entry<'_>) -> Result<String> {
    let wanted = "a currency of three capital letters";
    let text = entry.text_like(wanted)?;
    let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code(text) {
        return Ok(text.to_owned());
    }
    let upper = text.trim().to_uppercase();
    Err(entry.must_be(wanted).hint(match is_code(&upper) {
        true => format!("did you mean `{upper}`?"),
        false => "write the code of the currency, such as `USD` or `CZK`".to_owned(),
    }))
}

/// A time zone that the engine knows.
pub(super) fn time_zone(entry: &Entry<'_>) -> Result<String> {
    let text = entry.text()?;
    if text.parse::<Tz>().is_ok() {
        return Ok(text.to_owned());
    }
    let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    Err(Error::config(format!("unknown time zone `{text}`")).at(entry.place()).hint(
        match nearest(text, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write a name such as `UTC` or `Europe/Prague`, or an offset such as `+02:00`".to_owned(),
        },
    ))
}

/// A day.
pub(super) fn date(entry: &Entry<'_>) -> Result<NaiveDate> {
    let text = match entry.value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        _ => String::new(),
    };
    parse_date(&text).ok_or_else(|| entry.must_be("a date such as \"2025-12-31\""))
}

/// A month, as its first day.
pub(super) fn month(entry: &Entry<'_>) -> Result<NaiveDate> {
    let text = match entry.value {
        DeValue::String(text) => text.as_ref(),
        _ => "",
    };
    parse_month(text).ok_or_else(|| entry.must_be("a month such as \"2025-03\""))
}

/// The first day of a month written as `2025-03`.
pub(super) fn parse_month(text: &str) -> Option<NaiveDate> {
    parse_date(&format!("{text}-01"))
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let has_shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(position, byte)| match position {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !has_shape {
        return None;
    }
    NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
}

/// A number, exactly as it is written: a text, a whole number, or a TOML float by its digits.
pub(super) fn decimal(entry: &Entry<'_>, wanted: &str, decimals_max: u32) -> Result<Decimal> {
    let text = match entry.value {
        DeValue::String(text) => text.as_ref(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return Err(entry.must_be(wanted)),
    };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = match Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text)) {
        Ok(number) if is_plain => number,
        _ => {
            return Err(entry
                .must_be(wanted)
                .hint("write digits with a point for decimals, without blanks, commas and exponents"));
        }
    };
    if number.scale() > decimals_max {
        return Err(Error::config(format!(
            "`{}` has {} decimals, at most {decimals_max} are kept",
            entry.path,
            number.scale()
        ))
        .at(entry.place())
        .hint("round it"));
    }
    Ok(number)
}

/// A number above zero.
pub(super) fn positive(entry: &Entry<'_>) -> Result<Decimal> {
    let wanted = "a number above zero";
    let number = decimal(entry, wanted, 6)?;
    if number <= Decimal::ZERO {
        return Err(entry.must_be(wanted));
    }
    Ok(number)
}

/// One of a few words.
pub(super) fn choice<T: Choice>(entry: &Entry<'_>, what: &str) -> Result<T> {
    let text = entry.text()?;
    T::CHOICES.iter().find(|(name, _)| *name == text).map(|(_, meaning)| *meaning).ok_or_else(|| {
        Error::config(format!("unknown {what} `{text}`")).at(entry.place()).hint(meant(text, &names::<T>()))
    })
}

/// The name that was meant, or else all there are.
pub(super) fn meant(text: &str, names: &[&str]) -> String {
    match nearest(text, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let list: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there are {}", list.join(", "))
        }
    }
}

/// Checks the key of an entry that becomes a name in SQL, where it must need no quotes.
pub(super) fn check_name(entry: &Entry<'_>, what: &str) -> Result<()> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_name = |name: &str| {
        name.starts_with(is_letter) && name.chars().all(|c: char| is_letter(c) || c.is_ascii_digit())
    };
    if is_name(entry.key) {
        return Ok(());
    }
    let proposal: String = entry
        .key
        .to_ascii_lowercase()
        .chars()
        .map(|c| if is_letter(c) || c.is_ascii_digit() { c } else { '_' })
        .collect();
    Err(Error::config(format!("`{}` is no name for a {what}", entry.key))
        .at(entry.key_place())
        .note("such a name has lower-case letters, digits and `_`, and begins with a letter")
        .hint(match is_name(&proposal) {
            true => format!("write `{proposal}`"),
            false => "choose another name".to_owned(),
        }))
}
