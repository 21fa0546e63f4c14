//! Reads a day or an instant as exports write it: `2026-05-27`, `20260527`, `27. 5. 2026`, `5/27/2026 9:05 PM`,
//! `27 May 2026`, `2026-05-27T09:54:03.102+02:00`.
//!
//! Reads one text, without allocating, and knows nothing of columns. Whether `03/04/2026` is in March or in April only
//! the caller can know; so such forms are read in the order that the caller gives, or not at all.

use arrow::array::timezone::Tz;

use super::{
    blanks::{is_blank, trim},
    month_names::{month, skip_weekday},
    zone::{instant_of_wall, wall_of_instant},
};

/// What `03/04/2026` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Nothing: only forms that begin with the year are read, those that name the month, and dates with dots.
    Iso,
    /// The third of April.
    DayFirst,
    /// The fourth of March.
    MonthFirst,
}

impl Order {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "iso" => Some(Self::Iso),
            "day_first" => Some(Self::DayFirst),
            "month_first" => Some(Self::MonthFirst),
            _ => None,
        }
    }
}

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;

/// A day that was read, and what is said of the time of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Days since 1970.
    pub day: i32,
    /// Microseconds since midnight, and by how many minutes the clock is ahead of UTC if that is said.
    pub time: Option<(i64, Option<i64>)>,
}

/// Reads a day, with or without a time. `None` if it is none, or if its parts can be read in that order only by guessing.
///
/// Years of two digits are those from 1969 to 2068, as POSIX reads them.
pub fn read(text: &str, order: Order) -> Option<Written> {
    let (day, rest) = day_and_rest(trim(text), order)?;
    // An offset without a time says where the day was, and shifts nothing.
    let time = match rest {
        "" => None,
        rest if is_offset(rest) => None,
        rest => Some(read_time(rest)?),
    };
    Some(Written { day, time })
}

fn is_offset(text: &str) -> bool {
    let mut reader = Reader(text);
    matches!(reader.offset_minutes(), Some(Some(_))) && reader.0.is_empty()
}

/// The day as it is written, in days since 1970; a time after it must be one, but shifts nothing.
pub(super) fn read_day(text: &str, order: Order) -> Option<i32> {
    read(text, order).map(|written| written.day)
}

/// The day in a zone, in days since 1970: a time with an offset is an instant, and the zone's clock shows its day.
/// Without an offset it is the day as it is written.
pub(super) fn read_day_in(text: &str, order: Order, zone: &Tz) -> Option<i32> {
    match wall_and_offset(text, order)? {
        (wall, Some(offset)) => {
            let wall = wall_of_instant(wall - offset * MICROS_PER_MINUTE, zone)?;
            i32::try_from(wall.div_euclid(MICROS_PER_DAY)).ok()
        }
        (wall, None) => i32::try_from(wall.div_euclid(MICROS_PER_DAY)).ok(),
    }
}

/// The instant in microseconds since 1970 in UTC; without a time it is midnight, without an offset UTC.
pub(super) fn read_instant(text: &str, order: Order) -> Option<i64> {
    let (wall, offset) = wall_and_offset(text, order)?;
    Some(wall - offset.unwrap_or(0) * MICROS_PER_MINUTE)
}

/// The same, where a time without an offset is what the clock of a zone shows.
pub(super) fn read_instant_in(text: &str, order: Order, zone: &Tz) -> Option<i64> {
    match wall_and_offset(text, order)? {
        (wall, Some(offset)) => Some(wall - offset * MICROS_PER_MINUTE),
        (wall, None) => instant_of_wall(wall, zone),
    }
}

/// What the clock shows, in microseconds since 1970, and by how many minutes it is ahead of UTC if that is said.
fn wall_and_offset(text: &str, order: Order) -> Option<(i64, Option<i64>)> {
    let Written { day, time } = read(text, order)?;
    let (time, offset) = time.unwrap_or((0, None));
    Some((i64::from(day) * MICROS_PER_DAY + time, offset))
}

/// Whether the text is one day with the day first and another with the month first.
pub(super) fn is_ambiguous(text: &str) -> bool {
    match (read_day(text, Order::DayFirst), read_day(text, Order::MonthFirst)) {
        (Some(day_first), Some(month_first)) => day_first != month_first,
        _ => false,
    }
}

fn day_and_rest(text: &str, order: Order) -> Option<(i32, &str)> {
    if let Some((year, month, day)) = plain_iso(text.as_bytes()) {
        return Some((days_since_1970(year, month, day)?, text.get(10..)?));
    }
    let mut reader = Reader(skip_weekday(text));
    if let Some(month) = reader.month() {
        // `May 27, 2026`
        let day = reader.short()?;
        return Some((days_since_1970(reader.year_after_name()?, month, day)?, reader.0));
    }
    let (first, digits) = reader.number()?;
    let (year, month, day) = match digits {
        1 | 2 | 4 if reader.is_before_name() => {
            reader.skip_separators();
            let month = reader.month()?;
            match digits {
                4 => {
                    reader.skip_separators();
                    (first, month, reader.short()?)
                }
                _ => (reader.year_after_name()?, month, first),
            }
        }
        8 => (first / 10_000, first / 100 % 100, first % 100),
        4 => {
            let separator = reader.one_of(b"-/")?;
            let month = reader.short()?;
            reader.expect(separator)?;
            (first, month, reader.short()?)
        }
        1 | 2 => {
            let separator = reader.one_of(b"./-")?;
            if separator == b'.' {
                // `27. 5. 2026`: with dots, the day comes first everywhere.
                reader.skip_blanks();
                let month = reader.short()?;
                reader.expect(b'.')?;
                reader.skip_blanks();
                (reader.year()?, month, first)
            } else {
                let second = reader.short()?;
                reader.expect(separator)?;
                let year = reader.year()?;
                match order {
                    Order::Iso => return None,
                    Order::DayFirst => (year, second, first),
                    Order::MonthFirst => (year, first, second),
                }
            }
        }
        _ => return None,
    };
    Some((days_since_1970(year, month, day)?, reader.0))
}

/// The form in which most dates come, without looking for its parts.
fn plain_iso(bytes: &[u8]) -> Option<(u32, u32, u32)> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, ..] = bytes else { return None };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2].map(|byte| u32::from(byte.wrapping_sub(b'0')));
    if digits.iter().any(|digit| *digit > 9) {
        return None;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    Some((y1 * 1000 + y2 * 100 + y3 * 10 + y4, m1 * 10 + m2, d1 * 10 + d2))
}

/// `None` for a day that no calendar has. The year 0 is none either: it stands for a date that is not there.
fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i32> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_in_month = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=days_in_month).contains(&day) {
        return None;
    }
    // Years that begin in March have the leap day last, and 153 days in every five months.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_year = year * 365 + year / 4 - year / 100 + year / 400;
    let days = days_before_year + (153 * month + 2) / 5 + day - 1;
    // 719,468 days lie between the first of March of the year 0 and 1970.
    Some(i32::try_from(days).ok()? - 719_468)
}

/// The microseconds from midnight of the day as written to the instant in UTC: below 0 or above a day if the offset is.
fn read_time(text: &str) -> Option<(i64, Option<i64>)> {
    let mut reader = Reader(text);
    if !reader.take(b'T') && !reader.skip_blanks() {
        return None;
    }
    let hour = reader.short()?;
    reader.expect(b':')?;
    let minute = reader.exactly(2)?;
    let (mut second, mut micros) = (0, 0);
    if reader.take(b':') {
        second = reader.exactly(2)?;
        if reader.take(b'.') || reader.take(b',') {
            micros = reader.fraction()?;
        }
    }
    reader.skip_blanks();
    let hour = reader.hour_of_day(hour)?;
    reader.skip_blanks();
    let offset = reader.offset_minutes()?;
    if minute > 59 || second > 59 || !reader.0.is_empty() {
        return None;
    }
    let minutes = i64::from(hour * 60 + minute);
    let time = minutes * MICROS_PER_MINUTE + i64::from(second) * MICROS_PER_SECOND + i64::from(micros);
    Some((time, offset))
}

/// What is left of a text.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    /// The next digits as a number, and how many they are; at most nine.
    fn number(&mut self) -> Option<(u32, usize)> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        Some((number.bytes().fold(0, |value, byte| value * 10 + u32::from(byte - b'0')), digits))
    }

    fn exactly(&mut self, digits: usize) -> Option<u32> {
        self.number().filter(|(_, found)| *found == digits).map(|(number, _)| number)
    }

    /// A year, of which two digits suffice.
    fn year(&mut self) -> Option<u32> {
        match self.number()? {
            (year, 4) => Some(year),
            (year @ ..69, 2) => Some(2000 + year),
            (year, 2) => Some(1900 + year),
            _ => None,
        }
    }

    /// The year that follows the name of a month, or the day after it.
    fn year_after_name(&mut self) -> Option<u32> {
        self.skip_separators();
        self.year()
    }

    /// Whether the name of a month comes next, behind a separator or not.
    fn is_before_name(&self) -> bool {
        let mut rest = Reader(self.0);
        rest.skip_separators();
        rest.month().is_some()
    }

    /// The month whose name comes next.
    fn month(&mut self) -> Option<u32> {
        let (month, rest) = month(self.0)?;
        self.0 = rest;
        self.skip_separators();
        Some(month)
    }

    /// Blanks, dots, commas, slashes and hyphens, as they stand around the names of months.
    fn skip_separators(&mut self) {
        self.0 = self.0.trim_start_matches(|c| matches!(c, '.' | ',' | '/' | '-') || is_blank(c));
    }

    /// A day, a month or an hour, which may lack its zero.
    fn short(&mut self) -> Option<u32> {
        self.number().filter(|(_, digits)| *digits <= 2).map(|(number, _)| number)
    }

    /// Microseconds; digits beyond them are cut.
    fn fraction(&mut self) -> Option<u32> {
        let (number, digits) = self.number()?;
        let power = |digits: usize| 10_u32.pow(digits as u32);
        Some(if digits > 6 { number / power(digits - 6) } else { number * power(6 - digits) })
    }

    fn take(&mut self, byte: u8) -> bool {
        self.one_of(&[byte]).is_some()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.one_of(&[byte]).map(|_| ())
    }

    /// Takes one ASCII character of those given.
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = *self.0.as_bytes().first().filter(|byte| bytes.contains(byte))?;
        self.0 = self.0.get(1..)?;
        Some(byte)
    }

    /// Whether there were any.
    fn skip_blanks(&mut self) -> bool {
        let rest = match self.0.as_bytes().first() {
            Some(b'!'..=b'~') | None => return false,
            Some(_) => self.0.trim_start_matches(is_blank),
        };
        let were_any = rest.len() < self.0.len();
        self.0 = rest;
        were_any
    }

    /// The hour from 0 to 23, of a clock of 12 hours if AM or PM follows.
    fn hour_of_day(&mut self, hour: u32) -> Option<u32> {
        let after_noon = match self.0.get(..2) {
            Some(half) if half.eq_ignore_ascii_case("am") => false,
            Some(half) if half.eq_ignore_ascii_case("pm") => true,
            _ => return (hour < 24).then_some(hour),
        };
        self.0 = self.0.get(2..)?;
        (1..=12).contains(&hour).then_some(hour % 12 + if after_noon { 12 } else { 0 })
    }

    /// `Z`, `+02:00`, `+0200`, `+02` or nothing. No place on Earth is 15 hours away.
    fn offset_minutes(&mut self) -> Option<Option<i64>> {
        for name in ["UTC", "GMT"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest;
                return Some(Some(0));
            }
        }
        let sign = match self.one_of(b"+-Zz") {
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Some(Some(0)),
            None => return Some(None),
        };
        let (hours, minutes) = match self.number()? {
            (hours, 2) if self.take(b':') => (hours, self.exactly(2)?),
            (hours, 2) => (hours, 0),
            (both, 4) => (both / 100, both % 100),
            _ => return None,
        };
        (hours < 15 && minutes < 60).then_some(Some(sign * i64::from(hours * 60 + minutes)))
    }
}

#[cfg(test)]
mod tests;
