//! `date_bin`: the beginning of the interval in which a date lies, for every date from year 1 to 9999, under the name of the
//! engine's own, which goes by way of nanoseconds and gives NULL beyond them. Times are left to that.

use std::sync::LazyLock;

use arrow::{
    array::AsArray,
    compute::cast,
    datatypes::{DataType, Int64Type, IntervalMonthDayNano, IntervalUnit, TimeUnit},
};
use chrono::{DateTime, Datelike, Months, Utc};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    functions::datetime::date_bin as engine_date_bin,
    logical_expr::{
        ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        sort_properties::{ExprProperties, SortProperties},
    },
};

use super::{calendar::values_type, text_column::map_values};
use crate::FunctionError;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const NANOS_PER_DAY: i128 = 86_400 * NANOS_PER_SECOND;

/// The scalar function `date_bin`.
pub(super) fn date_bin() -> ScalarUDF {
    DateBin { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateBin {
    signature: Signature,
}

/// How long an interval is.
#[derive(Debug, Clone, Copy)]
enum Stride {
    Months(u32),
    Nanos(i128),
}

impl Stride {
    fn of(interval: IntervalMonthDayNano) -> Result<Self> {
        let IntervalMonthDayNano { months, days, nanoseconds } = interval;
        let nanos = i128::from(days) * NANOS_PER_DAY + i128::from(nanoseconds);
        match (u32::try_from(months), nanos) {
            (Ok(months @ 1..), 0) => Ok(Self::Months(months)),
            (Ok(0), nanos @ 1..) => Ok(Self::Nanos(nanos)),
            _ => Err(FunctionError::new("`date_bin` takes a positive interval of months, or of days and shorter units")
                .with_help("months and days together have no fixed length; write `INTERVAL '1 month'` or `INTERVAL '7 days'`")
                .into()),
        }
    }

    /// The beginning of the interval of an instant, counted from an origin, in nanoseconds. `None` beyond the calendar.
    fn beginning(self, instant: i128, origin: i128) -> Option<i128> {
        match self {
            Self::Nanos(nanos) => Some(instant - (instant - origin).rem_euclid(nanos)),
            Self::Months(stride) => {
                let (date, first) = (calendar(instant)?, calendar(origin)?);
                let months = |date: &DateTime<Utc>| i64::from(date.year()) * 12 + i64::from(date.month0());
                let stride = i64::from(stride);
                let elapsed = (months(&date) - months(&first)).div_euclid(stride) * stride;
                let beginning = shifted(first, elapsed)?;
                // An origin in the middle of a month: the interval may begin later in the month than the instant.
                let beginning = if beginning > date { shifted(first, elapsed - stride)? } else { beginning };
                let seconds = i128::from(beginning.timestamp()) * NANOS_PER_SECOND;
                Some(seconds + i128::from(beginning.timestamp_subsec_nanos()))
            }
        }
    }
}

fn calendar(nanos: i128) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).ok()?;
    DateTime::from_timestamp(seconds, u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).ok()?)
}

fn shifted(date: DateTime<Utc>, months: i64) -> Option<DateTime<Utc>> {
    let distance = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { date.checked_sub_months(distance) } else { date.checked_add_months(distance) }
}

fn nanos_per(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => NANOS_PER_SECOND,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// The nanoseconds of a timestamp. `None` if it is NULL, or none.
fn instant(value: &ScalarValue) -> Option<i128> {
    let (value, unit) = match value {
        ScalarValue::TimestampSecond(value, _) => (value, TimeUnit::Second),
        ScalarValue::TimestampMillisecond(value, _) => (value, TimeUnit::Millisecond),
        ScalarValue::TimestampMicrosecond(value, _) => (value, TimeUnit::Microsecond),
        ScalarValue::TimestampNanosecond(value, _) => (value, TimeUnit::Nanosecond),
        _ => return None,
    };
    value.map(|value| i128::from(value) * nanos_per(unit))
}

impl ScalarUDFImpl for DateBin {
    fn name(&self) -> &str {
        "date_bin"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        use DataType::{Date32, Date64, LargeUtf8, Null, Time32, Time64, Timestamp, Utf8, Utf8View};
        let [_, source, origin @ ..] = arg_types else { return Err(called_wrongly()) };
        let source = match values_type(source) {
            Date32 | Date64 | Null | Utf8 | LargeUtf8 | Utf8View => Timestamp(TimeUnit::Microsecond, None),
            source @ (Timestamp(_, _) | Time32(_) | Time64(_)) => source.clone(),
            _ => return Err(called_wrongly()),
        };
        let mut types = vec![DataType::Interval(IntervalUnit::MonthDayNano), source.clone()];
        match (origin, &source) {
            ([], _) => {}
            ([origin], Timestamp(unit, zone)) => types.push(match values_type(origin) {
                Timestamp(own, _) => Timestamp((*own).max(*unit), zone.clone()),
                _ => Timestamp((*unit).max(TimeUnit::Microsecond), zone.clone()),
            }),
            ([_], time) => types.push(time.clone()),
            _ => return Err(called_wrongly()),
        }
        Ok(types)
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        arg_types.get(1).cloned().ok_or_else(called_wrongly)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let DataType::Timestamp(unit, _) = args.return_field.data_type().clone() else {
            return engine_date_bin().invoke_with_args(args);
        };
        let null = || Ok(ColumnarValue::Scalar(ScalarValue::try_from(args.return_field.data_type())?));
        let stride = match args.args.first() {
            Some(ColumnarValue::Scalar(ScalarValue::IntervalMonthDayNano(Some(interval)))) => {
                Stride::of(*interval)?
            }
            Some(ColumnarValue::Scalar(_)) => return null(),
            _ => return Err(not_constant("interval")),
        };
        let origin = match args.args.get(2) {
            None => 0,
            Some(ColumnarValue::Scalar(origin)) => match instant(origin) {
                Some(origin) => origin,
                None => return null(),
            },
            Some(ColumnarValue::Array(_)) => return Err(not_constant("origin")),
        };
        let size = nanos_per(unit);
        let beginning = |value: i64| {
            let beginning = stride.beginning(i128::from(value) * size, origin)?;
            i64::try_from(beginning.div_euclid(size)).ok()
        };
        map_values(&args.args[1], |array| {
            let values = cast(array, &DataType::Int64)?;
            let values = values.as_primitive::<Int64Type>();
            let beginnings = values.try_unary::<_, Int64Type, DataFusionError>(|value| {
                beginning(value).ok_or_else(beyond_calendar)
            })?;
            Ok(cast(&beginnings, args.return_field.data_type())?)
        })
    }

    fn output_ordering(&self, input: &[ExprProperties]) -> Result<SortProperties> {
        engine_date_bin().output_ordering(input)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn called_wrongly() -> DataFusionError {
    FunctionError::new("`date_bin` takes an interval, a date or timestamp, and perhaps where to count from")
        .with_help("call it as `date_bin(INTERVAL '7 days', day, DATE '2026-01-05')`")
        .into()
}

fn not_constant(what: &str) -> DataFusionError {
    FunctionError::new(format!("`date_bin` takes its {what} as a constant, not by row"))
        .with_help("write it into the query")
        .into()
}

fn beyond_calendar() -> DataFusionError {
    FunctionError::new("`date_bin` met a timestamp beyond the calendar")
        .with_help("filter such rows out; a timestamp in the wrong unit looks like this")
        .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CALENDAR,
        "The beginning of the interval in which a date or timestamp lies, for all years from 1 to 9999. Intervals follow each \
         other from an origin, by default 1970-01-01. A date gives a TIMESTAMP, a timestamp one of its own precision and \
         zone; the zone does not move the intervals, which are counted in UTC. NULL if an argument is.",
        "date_bin(interval, date [, origin])",
    )
    .with_sql_example("```sql\nSELECT date_bin(INTERVAL '7 days', DATE '9999-12-31', DATE '2026-01-05');\n-- 9999-12-27T00:00:00\n```")
    .with_argument("interval", "A positive constant interval: of months, or of days and shorter units.")
    .with_argument("date", "A date, timestamp or time.")
    .with_argument("origin", "A constant date or timestamp at which an interval begins.")
    .with_related_udf("date_trunc")
    .build()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(text: &str) -> i128 {
        let date: DateTime<Utc> = text.parse().unwrap();
        i128::from(date.timestamp()) * NANOS_PER_SECOND + i128::from(date.timestamp_subsec_nanos())
    }

    #[test]
    fn intervals_follow_each_other_from_the_origin_in_all_years() {
        let week = Stride::Nanos(7 * NANOS_PER_DAY);
        for (stride, instant, origin, beginning) in [
            (Stride::Months(1), "9999-12-31T10:00:00Z", "1970-01-01T00:00:00Z", "9999-12-01T00:00:00Z"),
            (Stride::Months(3), "0001-02-03T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            (Stride::Months(1), "2026-03-14T00:00:00Z", "2026-01-15T00:00:00Z", "2026-02-15T00:00:00Z"),
            (week, "2026-01-04T23:59:59Z", "2026-01-05T00:00:00Z", "2025-12-29T00:00:00Z"),
            (week, "2026-01-05T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00Z"),
        ] {
            assert_eq!(stride.beginning(nanos(instant), nanos(origin)), Some(nanos(beginning)), "{instant}");
        }
    }

    #[test]
    fn an_interval_without_a_length_is_refused() {
        for (months, days, nanoseconds) in [(0, 0, 0), (-1, 0, 0), (1, 1, 0), (0, -1, 0)] {
            assert!(Stride::of(IntervalMonthDayNano { months, days, nanoseconds }).is_err());
        }
    }
}
