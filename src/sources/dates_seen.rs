//! What the dates of a column are, where they are not written as ISO asks for.

use arrow::datatypes::{DataType, TimeUnit};
use marginql_udfs::DateOrder;

use super::{
    dates::{DateFormat, WrittenDates},
    facts::{Decision, Example, Facts},
    readings::Readings,
    value::Kind,
};

/// The kinds of dates, as ISO writes them and otherwise; so of timestamps, without and with an offset.
const DATES: [Kind; 3] = [Kind::Date, Kind::WrittenDate, Kind::DayAndMonth];
const TIMESTAMPS: [Kind; 3] = [Kind::Timestamp, Kind::WrittenTimestamp, Kind::DayAndMonthTime];
const ZONED_TIMESTAMPS: [Kind; 2] = [Kind::ZonedTimestamp, Kind::WrittenZonedTimestamp];

impl Facts {
    /// The type of dates in other forms than that of ISO; none if a value is no date, or can be read in two ways.
    pub(super) fn decide_written_dates(&self) -> Option<Decision> {
        let is_date = self.holds_only(&DATES);
        let zoned = self.holds_only(&ZONED_TIMESTAMPS);
        if !is_date && !zoned && !self.holds_only(&TIMESTAMPS) {
            return None;
        }
        let first = |kinds: &[Kind]| kinds.iter().find_map(|kind| self.example(*kind)).map(Example::place);
        let (format, reason) = match self.readings {
            None => {
                let place = first(&[Kind::WrittenDate, Kind::WrittenTimestamp, Kind::WrittenZonedTimestamp]);
                (self.date_format.clone(), format!("every value is a date; {}", place?))
            }
            Some(readings) => {
                let order = match self.date_format.as_ref().and_then(DateFormat::order) {
                    Some(given) => readings.fit(given).then_some(given),
                    None => readings.order(),
                }?;
                let (format, words) = match order {
                    DateOrder::DayFirst => (DateFormat::DayFirst, "day before month"),
                    _ => (DateFormat::MonthFirst, "month before day"),
                };
                let place = first(&[Kind::DayAndMonth, Kind::DayAndMonthTime])?;
                (Some(format), format!("every value is a date, {words}; {place}"))
            }
        };
        let data_type = match (is_date, zoned) {
            (true, _) => DataType::Date32,
            // The fraction of a second may be of any length in the ISO form of some.
            _ if self.fraction_digits > 6 => return None,
            (_, true) => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
            _ => DataType::Timestamp(TimeUnit::Microsecond, None),
        };
        Some(Decision { data_type, reason, dates: Some(WrittenDates { format, zoned }) })
    }

    /// How dates are read that the readers do not accept, if the column becomes this type.
    pub(super) fn dates_read_as(&self, data_type: &DataType) -> Option<WrittenDates> {
        let is_dated = matches!(data_type, DataType::Date32 | DataType::Timestamp(..));
        let decision = if is_dated { self.decide_written_dates()? } else { return None };
        (decision.data_type == *data_type).then_some(decision.dates).flatten()
    }

    /// The readings of a column that holds nothing but dates like `03/04/2026`, with an example.
    pub(super) fn undecided_dates(&self) -> Option<(Readings, &str)> {
        self.undecided().map(|(readings, example)| (readings, example.value.as_str()))
    }

    pub(super) fn undecided(&self) -> Option<(Readings, &Example)> {
        if !self.holds_only(&DATES) && !self.holds_only(&TIMESTAMPS) || self.decide_written_dates().is_some()
        {
            return None;
        }
        let example = self.example(Kind::DayAndMonth).or_else(|| self.example(Kind::DayAndMonthTime))?;
        Some((self.readings?, example))
    }
}
