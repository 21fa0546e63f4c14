//! What the whole file says about one column, and the type that follows from it.
//!
//! Facts are gathered value by value in constant memory, merged over the files of a table, and kept in the cache.
//! How a value is recognised is in `value`.

use std::fmt::Write as _;

use arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, TimeUnit};
use serde::{Deserialize, Serialize};

use super::{
    dates::{DateFormat, WrittenDates},
    readings::Readings,
    value::{KINDS, Kind, Shape, is_year, recognise},
};

/// Examples are cut to this many characters: they are shown, never computed with.
const EXAMPLE_CHARACTERS_MAX: usize = 40;

/// The largest magnitude of a BIGINT.
const BIGINT_MAX: u64 = i64::MAX.unsigned_abs();

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Example {
    /// The file, when the table has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: u64,
    pub(super) value: String,
}

impl Example {
    fn new(line: u64, value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value);
        let mut shown: String = text.chars().take(EXAMPLE_CHARACTERS_MAX).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { file: None, line, value: shown }
    }

    pub(super) fn place(&self) -> String {
        match &self.file {
            Some(file) => format!("`{file}` line {} has `{}`", self.line, self.value),
            None => format!("line {} has `{}`", self.line, self.value),
        }
    }
}

/// Everything that decides a column's type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Values that are not empty.
    pub(super) values: u64,
    /// Empty fields, which are NULL.
    pub(super) empty: u64,
    /// The first value of each kind. After the first plain text nothing more is looked at.
    examples: [Option<Example>; KINDS],
    integer_digits: u32,
    scale: u32,
    magnitude_max: u64,
    beyond_bigint: bool,
    pub(super) fraction_digits: u32,
    beyond_nanoseconds: bool,
    pub(super) readings: Option<Readings>,
    /// How the user says that dates are written.
    pub(super) date_format: Option<DateFormat>,
    /// Where the most digits stand: before the point, after it, of a second.
    widest: [Option<Example>; 3],
}

/// The places of `widest`.
const BEFORE_POINT: usize = 0;
const AFTER_POINT: usize = 1;
const OF_SECOND: usize = 2;

/// The type of a column, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) data_type: DataType,
    pub(super) reason: String,
    /// How dates are read that the readers of files do not accept as they are written.
    pub(super) dates: Option<WrittenDates>,
}

impl Facts {
    /// Returns the facts of no value yet, where dates are written in this form.
    pub(super) fn with_date_format(date_format: Option<DateFormat>) -> Self {
        Self { date_format, ..Self::default() }
    }

    /// Takes one field into account; an empty one is NULL.
    pub(super) fn observe(&mut self, line: u64, value: &[u8]) {
        if value.is_empty() {
            self.empty += 1;
            return;
        }
        self.values += 1;
        if self.examples[Kind::Text as usize].is_none() {
            let shape = self.by_pattern(value).unwrap_or_else(|| recognise(value));
            self.take(line, value, shape);
        }
    }

    /// What a value is by the pattern that the user gave.
    fn by_pattern(&self, value: &[u8]) -> Option<Shape> {
        let pattern = self.date_format.as_ref()?.pattern()?;
        let (_, time) = pattern.day_and_time(std::str::from_utf8(value).ok()?)?;
        Some(Shape::Plain(if time.is_some() { Kind::WrittenTimestamp } else { Kind::WrittenDate }))
    }

    /// Takes a value into account that may be empty without being NULL.
    pub(super) fn observe_string(&mut self, line: u64, value: &[u8]) {
        if value.is_empty() {
            self.values += 1;
            self.take(line, value, Shape::Plain(Kind::Text));
        } else {
            self.observe(line, value);
        }
    }

    /// Takes a number into account whose written form needs that many digits before and after the point.
    pub(super) fn observe_digits(&mut self, line: u64, value: &[u8], integer_digits: u32, scale: u32) {
        self.values += 1;
        self.take(line, value, Shape::Decimal { integer_digits, scale });
    }

    fn take(&mut self, line: u64, value: &[u8], shape: Shape) {
        let before = (self.integer_digits, self.scale, self.fraction_digits);
        match shape {
            Shape::Integer { digits, magnitude, negative } => {
                self.integer_digits = self.integer_digits.max(digits);
                let limit = BIGINT_MAX + u64::from(negative);
                match magnitude {
                    Some(magnitude) if magnitude <= limit => {
                        self.magnitude_max = self.magnitude_max.max(magnitude)
                    }
                    _ => self.beyond_bigint = true,
                }
            }
            Shape::Decimal { integer_digits, scale } => {
                self.integer_digits = self.integer_digits.max(integer_digits);
                self.scale = self.scale.max(scale);
            }
            Shape::Timestamp { fraction, year, .. } => {
                self.fraction_digits = self.fraction_digits.max(fraction);
                // 64-bit nanoseconds reach from 1677-09-21 to 2262-04-11; an offset can move the year by one.
                self.beyond_nanoseconds |= !(1679..=2260).contains(&year);
            }
            Shape::DayAndMonth(readings) => {
                self.readings = Some(self.readings.map_or(readings, |seen| seen.merge(readings)));
            }
            Shape::Plain(_) => {}
        }
        let example = &mut self.examples[shape.kind() as usize];
        if example.is_none() {
            *example = Some(Example::new(line, value));
        }
        let after = (self.integer_digits, self.scale, self.fraction_digits);
        if after != before {
            let grown = [after.0 > before.0, after.1 > before.1, after.2 > before.2];
            for (widest, _) in self.widest.iter_mut().zip(grown).filter(|(_, grown)| *grown) {
                *widest = Some(Example::new(line, value));
            }
        }
    }

    /// Says in which file the examples stand.
    pub(super) fn name_file(&mut self, file: &str) {
        for example in self.examples.iter_mut().chain(&mut self.widest).flatten() {
            example.file = Some(file.to_owned());
        }
    }

    /// Adds what another file says about the same column.
    pub(super) fn merge(&mut self, other: &Self) {
        self.values += other.values;
        self.empty += other.empty;
        for (mine, theirs) in self.examples.iter_mut().zip(&other.examples) {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        let wider = [
            other.integer_digits > self.integer_digits,
            other.scale > self.scale,
            other.fraction_digits > self.fraction_digits,
        ];
        for ((mine, theirs), _) in
            self.widest.iter_mut().zip(&other.widest).zip(wider).filter(|(_, wider)| *wider)
        {
            mine.clone_from(theirs);
        }
        self.integer_digits = self.integer_digits.max(other.integer_digits);
        self.scale = self.scale.max(other.scale);
        self.magnitude_max = self.magnitude_max.max(other.magnitude_max);
        self.beyond_bigint |= other.beyond_bigint;
        self.fraction_digits = self.fraction_digits.max(other.fraction_digits);
        self.beyond_nanoseconds |= other.beyond_nanoseconds;
        self.date_format = self.date_format.take().or_else(|| other.date_format.clone());
        self.readings = match (self.readings, other.readings) {
            (Some(mine), Some(theirs)) => Some(mine.merge(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
    }

    pub(super) fn example(&self, kind: Kind) -> Option<&Example> {
        self.examples[kind as usize].as_ref()
    }

    pub(super) fn holds_only(&self, kinds: &[Kind]) -> bool {
        self.values > 0
            && self
                .examples
                .iter()
                .enumerate()
                .all(|(kind, example)| example.is_none() || kinds.iter().any(|k| *k as usize == kind))
    }

    /// The type that holds every value exactly, and why.
    pub(super) fn decide(&self) -> Decision {
        if self.values == 0 {
            return text("no value in any row".to_owned());
        }
        if self.holds_only(&[Kind::Integer, Kind::Decimal]) {
            return self.decide_number();
        }
        if self.holds_only(&[Kind::Boolean]) {
            return Decision {
                data_type: DataType::Boolean,
                reason: "every value is `true` or `false`".to_owned(),
                dates: None,
            };
        }
        if self.holds_only(&[Kind::Date]) {
            return Decision {
                data_type: DataType::Date32,
                reason: "every value is a date, year-month-day".to_owned(),
                dates: None,
            };
        }
        if self.holds_only(&[Kind::Timestamp]) || self.holds_only(&[Kind::ZonedTimestamp]) {
            return self.decide_timestamp();
        }
        self.decide_written_dates().unwrap_or_else(|| text(self.why_text()))
    }

    fn decide_number(&self) -> Decision {
        let precision = (self.integer_digits + self.scale).max(1);
        let has_point = self.example(Kind::Decimal).is_some();
        if !has_point && !self.beyond_bigint {
            return Decision {
                data_type: DataType::Int64,
                reason: "every value is a whole number".to_owned(),
                dates: None,
            };
        }
        if precision > u32::from(DECIMAL128_MAX_PRECISION) {
            return text(format!(
                "{} digits before and {} after the point are more than the {DECIMAL128_MAX_PRECISION} of a decimal",
                self.integer_digits, self.scale
            ));
        }
        let mut reason = format!("up to {} digits before", self.integer_digits);
        if self.scale > 0 {
            let _ = write!(reason, " and {} after", self.scale);
        }
        reason.push_str(" the point");
        let narrow = |digits: u32| u8::try_from(digits).unwrap_or(DECIMAL128_MAX_PRECISION);
        Decision {
            data_type: DataType::Decimal128(narrow(precision), narrow(self.scale).cast_signed()),
            reason,
            dates: None,
        }
    }

    fn decide_timestamp(&self) -> Decision {
        let zoned = self.example(Kind::ZonedTimestamp).is_some();
        // Microseconds reach from the year 1 to 9999, which exports use for "no end".
        let unit = match self.fraction_digits {
            0..=6 => TimeUnit::Microsecond,
            _ if self.beyond_nanoseconds => {
                return text("more than 6 digits of a second, with years beyond 1679 to 2260".to_owned());
            }
            _ => TimeUnit::Nanosecond,
        };
        let (zone, reason) = if zoned {
            (Some("+00:00".into()), "every value is a timestamp with an offset; read as UTC")
        } else {
            (None, "every value is a timestamp")
        };
        Decision { data_type: DataType::Timestamp(unit, zone), reason: reason.to_owned(), dates: None }
    }

    fn why_text(&self) -> String {
        let because =
            |kind: Kind, why: &str| self.example(kind).map(|example| format!("{}, {why}", example.place()));
        if self.example(Kind::Text).is_none() {
            let particular = because(Kind::LeadingZero, "a leading zero")
                .or_else(|| because(Kind::PlusSign, "a plus sign"))
                .or_else(|| because(Kind::Exponent, "an exponent, which is not exact"))
                .or_else(|| because(Kind::Padded, "white space around the value"))
                .or_else(|| because(Kind::Money, "not a plain number"));
            if let Some(reason) = particular {
                return reason;
            }
            if let Some((_, example)) = self.undecided() {
                return format!("{}, a date whose order of day and month is not written", example.place());
            }
        }
        let mut seen: Vec<(usize, &Example)> = self
            .examples
            .iter()
            .enumerate()
            .filter_map(|(kind, example)| example.as_ref().map(|e| (kind, e)))
            .collect();
        seen.sort_by_key(|(_, example)| (example.file.clone(), example.line));
        match seen.as_slice() {
            [(_, first), (_, second), ..] => format!("{}, but {}", first.place(), second.place()),
            [(_, only)] => only.place(),
            [] => "no value in any row".to_owned(),
        }
    }

    /// An example of a column that holds amounts as people write them, with nothing else but numbers.
    pub(super) fn written_money(&self) -> Option<&str> {
        let example = self.example(Kind::Money)?;
        self.holds_only(&[Kind::Money, Kind::Integer, Kind::Decimal]).then_some(example.value.as_str())
    }

    /// An example of a column that would have a type if its values were trimmed, and that type.
    pub(super) fn padded(&self) -> Option<&str> {
        let example = self.example(Kind::Padded)?;
        let kinds = [
            Kind::Padded,
            Kind::Integer,
            Kind::Decimal,
            Kind::Boolean,
            Kind::Date,
            Kind::Timestamp,
            Kind::ZonedTimestamp,
        ];
        self.holds_only(&kinds).then_some(example.value.as_str())
    }

    /// Whether the column as a whole has a type, that is, is not text for one reason or another.
    pub(super) fn is_typed(&self) -> bool {
        self.values > 0 && self.decide().data_type != DataType::Utf8View
    }

    /// Whether a value is of the kind that the column holds; `None` if the column says nothing.
    pub(super) fn resembles(&self, value: &[u8]) -> Option<bool> {
        const NUMBERS: [Kind; 2] = [Kind::Integer, Kind::Decimal];
        if self.values == 0 {
            return None;
        }
        let kind = recognise(value).kind();
        Some(match kind {
            Kind::Text => !self.is_typed(),
            _ if NUMBERS.contains(&kind) => self.holds_only(&NUMBERS),
            _ => self.example(kind).is_some() && self.example(Kind::Text).is_none(),
        })
    }

    /// Whether the values look like years; a column of amounts has larger ones.
    pub(super) fn are_years(&self) -> bool {
        self.holds_only(&[Kind::Integer])
            && (1900..2100).contains(&self.magnitude_max)
            && self.example(Kind::Integer).is_some_and(|example| is_year(example.value.as_bytes()))
    }

    /// Where the first value stands, for messages about what kind it is.
    pub(super) fn first_place(&self) -> Option<String> {
        let examples = self.examples.iter().flatten();
        examples.min_by_key(|example| (example.file.clone(), example.line)).map(Example::place)
    }

    /// Why the reader could not read this column as `declared` without an error or a cut digit, if so.
    pub(super) fn misfit(&self, declared: &DataType) -> Option<String> {
        let offender = |fitting: &[Kind]| {
            let bad = |(kind, example): (usize, &Option<Example>)| {
                example.as_ref().filter(|_| !fitting.iter().any(|k| *k as usize == kind)).map(Example::place)
            };
            self.examples.iter().enumerate().find_map(bad)
        };
        match declared {
            _ if self.dates_read_as(declared).is_some() => None,
            DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => None,
            DataType::Boolean => offender(&[Kind::Boolean]),
            DataType::Date32 => offender(&[Kind::Date]),
            DataType::Timestamp(..) => offender(&[Kind::Date, Kind::Timestamp, Kind::ZonedTimestamp]),
            DataType::Float32 | DataType::Float64 => offender(&[
                Kind::Integer,
                Kind::Decimal,
                Kind::Exponent,
                Kind::LeadingZero,
                Kind::PlusSign,
                Kind::Padded,
            ]),
            DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
                offender(&[Kind::Integer, Kind::Decimal]).or_else(|| self.decimal_misfit(*precision, *scale))
            }
            declared if declared.is_integer() => {
                offender(&[Kind::Integer, Kind::LeadingZero, Kind::PlusSign, Kind::Padded])
                    .or_else(|| self.integer_misfit(declared))
            }
            other => Some(format!("a text file cannot be read as {other}")),
        }
    }

    /// Where a value stands that would not have this type if the column were typed by looking, or be part of it.
    ///
    /// Stricter than `misfit`: who declares `00123` a number means it, but in a file that is to be like the last it is
    /// a code.
    pub(super) fn stray(&self, locked: &DataType) -> Option<String> {
        let other_than = |fitting: &[Kind]| {
            let strays = self.examples.iter().enumerate().filter_map(|(kind, example)| {
                example.as_ref().filter(|_| !fitting.iter().any(|k| *k as usize == kind))
            });
            strays.min_by_key(|example| (example.file.clone(), example.line)).map(Example::place)
        };
        let widest = |place: usize| {
            Some(self.widest[place].as_ref().map_or_else(|| "a value is too long".to_owned(), Example::place))
        };
        match locked {
            _ if self.dates_read_as(locked).is_some() => None,
            DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => None,
            DataType::Boolean => other_than(&[Kind::Boolean]),
            DataType::Date32 => other_than(&[Kind::Date]),
            DataType::Timestamp(unit, zone) => {
                let fitting: &[Kind] =
                    if zone.is_some() { &[Kind::ZonedTimestamp] } else { &[Kind::Date, Kind::Timestamp] };
                let digits = match unit {
                    TimeUnit::Second => 0,
                    TimeUnit::Millisecond => 3,
                    TimeUnit::Microsecond => 6,
                    TimeUnit::Nanosecond => 9,
                };
                let too_far = *unit == TimeUnit::Nanosecond && self.beyond_nanoseconds;
                other_than(fitting)
                    .or_else(|| (self.fraction_digits > digits).then(|| widest(OF_SECOND)).flatten())
                    .or_else(|| too_far.then(|| "a year is beyond 1679 to 2260".to_owned()))
            }
            DataType::Float32 | DataType::Float64 => {
                other_than(&[Kind::Integer, Kind::Decimal, Kind::Exponent])
            }
            DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
                let scale = u32::try_from(*scale).unwrap_or(0);
                let (too_fine, too_large) =
                    (self.scale > scale, self.integer_digits + scale > u32::from(*precision));
                other_than(&[Kind::Integer, Kind::Decimal])
                    .or_else(|| too_fine.then(|| widest(AFTER_POINT)).flatten())
                    .or_else(|| too_large.then(|| widest(BEFORE_POINT)).flatten())
            }
            locked if locked.is_integer() => other_than(&[Kind::Integer])
                .or_else(|| self.integer_misfit(locked).and_then(|_| widest(BEFORE_POINT))),
            other => other_than(&[]).map(|place| format!("{place}; a text file cannot be read as {other}")),
        }
    }

    fn decimal_misfit(&self, precision: u8, scale: i8) -> Option<String> {
        let scale = u32::try_from(scale).unwrap_or(0);
        if self.scale > scale {
            return Some(format!(
                "a value has {} digits after the point, and would be cut to {scale}",
                self.scale
            ));
        }
        (self.integer_digits + scale > u32::from(precision))
            .then(|| format!("a value has {} digits before the point", self.integer_digits))
    }

    fn integer_misfit(&self, declared: &DataType) -> Option<String> {
        let max = match declared {
            DataType::Int8 => i8::MAX.unsigned_abs().into(),
            DataType::Int16 => i16::MAX.unsigned_abs().into(),
            DataType::Int32 => i32::MAX.unsigned_abs().into(),
            _ => BIGINT_MAX,
        };
        if self.beyond_bigint {
            return Some("a value is beyond BIGINT".to_owned());
        }
        // The one value -2^n is refused too for the narrow types; they are declared by hand and rare.
        (self.magnitude_max > max.max(1) && *declared != DataType::Int64)
            .then(|| format!("a value is as large as {}", self.magnitude_max))
    }
}

/// A column of texts, and why.
pub(super) fn text(reason: String) -> Decision {
    Decision { data_type: DataType::Utf8View, reason, dates: None }
}
