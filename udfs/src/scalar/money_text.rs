//! Reads an amount as people and programs write it: `$1,234.50`, `(12.00)`, `1 234,56 Kč`, `1.234,50-`.
//!
//! Reads one text and knows nothing of columns. Where two readings are possible it says so and takes none.

use std::fmt;

use crate::decimal::{fits_precision, money_precision, pow10_i128};

/// What the separators mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Whatever only one reading is possible for.
    Any,
    /// `1,234.50`
    Us,
    /// `1.234,50`
    Eu,
}

impl Style {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "us" => Some(Self::Us),
            "eu" => Some(Self::Eu),
            _ => None,
        }
    }
}

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Empty,
    Ambiguous,
    NotAnAmount,
    /// More than this many.
    TooManyDecimals(i8),
    TooLarge,
}

impl Refusal {
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Ambiguous => {
                "say which it is: `money(x, 'us')` reads 1,234.50 and `money(x, 'eu')` reads 1.234,50"
            }
            Self::TooManyDecimals(_) => "say how many are to be kept, up to 10: `money(x, 'us', 10)`",
            Self::TooLarge => {
                "use `CAST(… AS DECIMAL(38,4))` for amounts of more than 14 digits before the point"
            }
            Self::Empty | Self::NotAnAmount => "use `try_money` to get NULL for what is no amount",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Empty => "is empty",
            Self::Ambiguous => "can be read in two ways",
            Self::NotAnAmount => "is no amount",
            Self::TooManyDecimals(kept) => return write!(f, "has more than {kept} decimals"),
            Self::TooLarge => "has more than 14 digits before the point",
        };
        f.write_str(text)
    }
}

/// The units of the amount, at a scale.
pub(super) fn parse(text: &str, style: Style, scale: i8) -> Result<i128, Refusal> {
    if let Some(units) = plain(text, style, scale) {
        return Ok(units);
    }
    let trimmed = text.trim_matches(is_space);
    if trimmed.is_empty() {
        return Err(Refusal::Empty);
    }
    let (number, negative) = strip_marks(trimmed)?;
    let (whole, fraction) = split_number(number, style)?;
    let units = units(&whole, fraction, scale)?;
    Ok(if negative { -units } else { units })
}

/// The units of an amount as programs write it, `-1234.50`; none for any other, which needs a closer look.
fn plain(text: &str, style: Style, scale: i8) -> Option<i128> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = usize::from(scale.unsigned_abs());
    // Three decimals may be thousands, and a point is not everywhere the decimal one. 18 digits fit 64 bits.
    let is_plain = (1..=14).contains(&whole.len())
        && fraction.len() <= decimals.min(18 - whole.len())
        && (fraction.is_empty() && whole.len() == digits.len() || style != Style::Eu && !fraction.is_empty())
        && (fraction.len() != 3 || style == Style::Us);
    if !is_plain {
        return None;
    }
    let mut units: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        units = units * 10 + i64::from(byte - b'0');
    }
    let missing = u8::try_from(decimals - fraction.len()).ok()?;
    let units = i128::from(units) * pow10_i128(missing);
    Some(if negative { -units } else { units })
}

/// White space that exports put into amounts; no-break ones are not `char::is_whitespace` everywhere.
fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{feff}' | '\u{200e}')
}

/// Takes signs, brackets and currencies off both ends, and says whether the amount is negative.
fn strip_marks(mut text: &str) -> Result<(&str, bool), Refusal> {
    let (mut signs, mut negative, mut currencies) = (0, false, 0);
    loop {
        text = text.trim_matches(is_space);
        if let Some(inner) = text.strip_prefix('(') {
            text = inner.strip_suffix(')').ok_or(Refusal::NotAnAmount)?;
            (signs, negative) = (signs + 1, true);
        } else if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
            text = rest;
            (signs, negative) = (signs + 1, true);
        } else if let Some(rest) = text.strip_suffix(['-', '\u{2212}']) {
            text = rest;
            (signs, negative) = (signs + 1, true);
        } else if let Some(rest) = text.strip_prefix('+') {
            text = rest;
            signs += 1;
        } else if let Some(rest) = strip_currency(text) {
            text = rest;
            currencies += 1;
        } else {
            break;
        }
    }
    // `(-5)` and `--5` mean something, but not surely what they seem to; nor does `$ 5 EUR`.
    if signs > 1 || currencies > 1 { Err(Refusal::NotAnAmount) } else { Ok((text, negative)) }
}

/// Abbreviations that are no ISO codes. Longer ones first: `R$` is one mark, and so is `US$`.
const ABBREVIATIONS: [&str; 24] = [
    "US$", "AU$", "CA$", "NZ$", "HK$", "NT$", "MX$", "R$", "A$", "C$", "S$", "Kč", "kč", "kr.", "kr", "Kr",
    "zł", "Ft", "lei", "лв.", "лв", "руб.", "SFr.", "Fr.",
];

/// The codes of ISO 4217 in use. Any three letters would do for most files, but not for `12 MIO`.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD \
    HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL \
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
    UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

fn strip_currency(text: &str) -> Option<&str> {
    let is_symbol = |character: char| {
        matches!(character, '$' | '¢' | '£' | '¤' | '¥' | '฿' | '₿' | '＄' | '￡' | '￥')
            || ('₠'..='⃀').contains(&character)
    };
    for mark in ABBREVIATIONS {
        // A letter next to the abbreviation would make it a part of a word.
        let rest = text.strip_prefix(mark).filter(|rest| !rest.starts_with(char::is_alphabetic));
        let rest =
            rest.or_else(|| text.strip_suffix(mark).filter(|rest| !rest.ends_with(char::is_alphabetic)));
        if rest.is_some() {
            return rest;
        }
    }
    if let Some(rest) = text.strip_prefix(is_symbol).or_else(|| text.strip_suffix(is_symbol)) {
        // A cent sign would make the amount a hundredth.
        return (!text.contains('¢')).then_some(rest);
    }
    let is_code = |code: &str| code.len() == 3 && CODES.split(' ').any(|known| known.trim() == code);
    match (text.get(..3), text.get(3..)) {
        (Some(code), Some(rest)) if is_code(code) && !rest.starts_with(char::is_alphabetic) => {
            return Some(rest);
        }
        _ => {}
    }
    let start = text.len().checked_sub(3)?;
    match (text.get(start..), text.get(..start)) {
        (Some(code), Some(rest)) if is_code(code) && !rest.ends_with(char::is_alphabetic) => Some(rest),
        _ => None,
    }
}

/// The groups of whole digits, and the decimals.
fn split_number(number: &str, style: Style) -> Result<(String, &str), Refusal> {
    let point = decimal_separator(number, style)?;
    let (whole, fraction) = match point {
        Some(position) => (&number[..position], &number[position + 1..]),
        None => (number, ""),
    };
    let digits_only = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits_only(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(Refusal::NotAnAmount);
    }
    Ok((ungroup(whole)?, fraction))
}

/// Where the decimal separator stands, a point or a comma; `None` if there is none.
fn decimal_separator(number: &str, style: Style) -> Result<Option<usize>, Refusal> {
    let one = |separator: char| match number.matches(separator).count() {
        0 => Ok(None),
        1 => Ok(number.find(separator)),
        _ => Err(Refusal::NotAnAmount),
    };
    match style {
        Style::Us => return one('.'),
        Style::Eu => return one(','),
        Style::Any => {}
    }
    let (points, commas) = (number.matches('.').count(), number.matches(',').count());
    match (points, commas) {
        (0, 0) => Ok(None),
        // Both: the later one separates the decimals, and so may stand only once.
        (1.., 1..) => one(if number.rfind('.') > number.rfind(',') { '.' } else { ',' }),
        // One of them, more than once: thousands.
        (2.., 0) | (0, 2..) => Ok(None),
        _ => {
            let position = number.find(['.', ',']).ok_or(Refusal::NotAnAmount)?;
            let (whole, decimals) = (&number[..position], number.len() - position - 1);
            // 1,234 may be a thousand or one; 0,234 and 1234,567 and 1'234,567 are not grouped by that comma.
            let may_be_thousands = decimals == 3
                && (1..=3).contains(&whole.len())
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && !whole.starts_with('0');
            if may_be_thousands { Err(Refusal::Ambiguous) } else { Ok(Some(position)) }
        }
    }
}

/// Whole digits without their separators: always the same one, and always before three digits.
fn ungroup(whole: &str) -> Result<String, Refusal> {
    let is_group_separator =
        |character: char| matches!(character, '.' | ',' | '\'' | '\u{2019}') || is_space(character);
    let Some(separator) = whole.chars().find(|character| is_group_separator(*character)) else {
        return match whole.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(whole.to_owned()),
            false => Err(Refusal::NotAnAmount),
        };
    };
    let mut digits = String::with_capacity(whole.len());
    for (index, group) in whole.split(separator).enumerate() {
        let right_length = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        if !right_length || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::NotAnAmount);
        }
        digits.push_str(group);
    }
    Ok(digits)
}

fn units(whole: &str, fraction: &str, scale: i8) -> Result<i128, Refusal> {
    let decimals = usize::from(scale.unsigned_abs());
    let precision = money_precision(scale);
    // Digits that say nothing are not lost.
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return Err(Refusal::TooManyDecimals(scale));
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() + decimals > usize::from(precision) {
        return Err(Refusal::TooLarge);
    }
    let number = |digits: &str| if digits.is_empty() { Ok(0) } else { digits.parse::<i128>() };
    let (whole, parsed) =
        number(whole).and_then(|whole| Ok((whole, number(fraction)?))).map_err(|_| Refusal::NotAnAmount)?;
    let missing = u8::try_from(decimals - fraction.len()).map_err(|_| Refusal::NotAnAmount)?;
    let units = whole * pow10_i128(scale.unsigned_abs()) + parsed * pow10_i128(missing);
    if fits_precision(units, precision) { Ok(units) } else { Err(Refusal::TooLarge) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_they_are_written() {
        for (text, units) in [
            ("$1,234.50", 12_345_000),
            ("(12.00)", -120_000),
            ("($12.00)", -120_000),
            ("$(12.00)", -120_000),
            ("1 234,56 Kč", 12_345_600),
            ("1\u{a0}234\u{a0}567,8\u{202f}€", 12_345_678_000),
            ("-5", -50_000),
            ("\u{2212}5", -50_000),
            ("5.00-", -50_000),
            ("5,00- EUR", -50_000),
            ("-$5", -50_000),
            ("$-5", -50_000),
            ("+5", 50_000),
            ("1.234,50 €", 12_345_000),
            ("CHF 1'234.50", 12_345_000),
            ("1’234.567", 12_345_670),
            ("1.234.567", 12_345_670_000),
            ("1,234,567", 12_345_670_000),
            ("USD 10", 100_000),
            ("10USD", 100_000),
            ("R$ 1.234,5", 12_345_000),
            ("0,123", 1_230),
            (".5", 5_000),
            ("5.", 50_000),
            ("1234,567", 12_345_670),
            ("1.50000000", 15_000),
            ("00012", 120_000),
            ("99999999999999.9999", 999_999_999_999_999_999),
        ] {
            assert_eq!(parse(text, Style::Any, 4), Ok(units), "{text}");
        }
    }

    #[test]
    fn plain_amounts_are_read_as_all_others_are() {
        for style in [Style::Any, Style::Us, Style::Eu] {
            for text in [
                "0",
                "7",
                "-7",
                "-0.5",
                "12.5",
                "12.50",
                "-12.345",
                "1234.567",
                "0.123",
                "12.3456",
                "12.34560",
                "00012.1",
                "99999999999999.9999",
                "999999999999999",
                "1.",
                ".5",
                "-",
                "",
                "12x",
                "1.2.3",
                "--1",
                "+1",
                "1e5",
                "１",
            ] {
                // A blank behind it leads round the short way.
                assert_eq!(parse(text, style, 4), parse(&format!("{text} "), style, 4), "{text} {style:?}");
            }
        }
    }

    #[test]
    fn a_style_decides_what_has_two_readings() {
        for text in ["1,234", "1.234", "$123,456", "(1.234)"] {
            assert_eq!(parse(text, Style::Any, 4), Err(Refusal::Ambiguous), "{text}");
        }
        assert_eq!(parse("1,234", Style::Us, 4), Ok(12_340_000));
        assert_eq!(parse("1,234", Style::Eu, 4), Ok(12_340));
        assert_eq!(parse("1.234", Style::Us, 4), Ok(12_340));
        assert_eq!(parse("1.234", Style::Eu, 4), Ok(12_340_000));
        assert_eq!(parse("1.234,50", Style::Us, 4), Err(Refusal::NotAnAmount));
        assert_eq!(parse("1,234.50", Style::Eu, 4), Err(Refusal::NotAnAmount));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        use Refusal::*;
        for (text, refusal) in [
            ("", Empty),
            (" \u{a0} ", Empty),
            ("abc", NotAnAmount),
            ("-", NotAnAmount),
            ("$", NotAnAmount),
            (".", NotAnAmount),
            ("--5", NotAnAmount),
            ("(-5)", NotAnAmount),
            ("(5", NotAnAmount),
            ("5)", NotAnAmount),
            ("12 MIO", NotAnAmount),
            ("12.5k", NotAnAmount),
            ("5 USD EUR", NotAnAmount),
            ("50¢", NotAnAmount),
            ("12%", NotAnAmount),
            ("1e5", NotAnAmount),
            ("12,34,567.00", NotAnAmount),
            ("1,2345.00", NotAnAmount),
            ("1.234 567,00", NotAnAmount),
            ("1.2.3", NotAnAmount),
            ("1 2", NotAnAmount),
            ("١٢", NotAnAmount),
            ("0.00001", TooManyDecimals(4)),
            ("100000000000000", TooLarge),
        ] {
            assert_eq!(parse(text, Style::Any, 4), Err(refusal), "{text}");
        }
    }
}
