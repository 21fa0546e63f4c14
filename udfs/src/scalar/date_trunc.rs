//! `date_trunc`: the beginning of the month, and so on, of every date from year 1 to 9999, under the name of the engine's own.
//!
//! The engine's goes by way of nanoseconds, which end in 2262. This one computes in days and microseconds; times and
//! nanoseconds are left to the engine's.

use std::sync::LazyLock;

use arrow::{
    array::{AsArray, timezone::Tz},
    compute::cast,
    datatypes::{DataType, FieldRef, TimeUnit, TimestampMicrosecondType},
};
use chrono::{Datelike, NaiveDate};
use datafusion::{
    common::{plan_err, utils::take_function_args},
    error::{DataFusionError, Result},
    functions::datetime::date_trunc as engine_date_trunc,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, Volatility,
        sort_properties::{ExprProperties, SortProperties},
    },
};

use super::{
    calendar::values_type,
    text_column::map_values,
    zone::{instant_of_wall, wall_of_instant},
};
use crate::FunctionError;

const MICROS_PER_HOUR: i64 = 3_600_000_000;
const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// Days from the first of January of year 1 to that of 1970.
const DAYS_BEFORE_1970: i64 = 719_163;

/// The scalar function `date_trunc`.
pub(super) fn date_trunc() -> ScalarUDF {
    DateTrunc { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DateTrunc {
    signature: Signature,
}

/// What this function computes by itself.
#[derive(Debug, Clone, Copy)]
enum Unit {
    /// So many microseconds, at most an hour.
    Micros(i64),
    Day,
    Week,
    Months(u32),
}

impl Unit {
    fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "microsecond" => Self::Micros(1),
            "millisecond" => Self::Micros(1_000),
            "second" => Self::Micros(1_000_000),
            "minute" => Self::Micros(60_000_000),
            "hour" => Self::Micros(MICROS_PER_HOUR),
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Months(1),
            "quarter" => Self::Months(3),
            "year" => Self::Months(12),
            _ => return None,
        })
    }

    /// The beginning of the unit in which these microseconds lie. `None` beyond the calendar.
    fn beginning(self, micros: i64) -> Option<i64> {
        let day = micros.div_euclid(MICROS_PER_DAY);
        let day = match self {
            Self::Micros(length) => return micros.checked_sub(micros.rem_euclid(length)),
            Self::Day => day,
            // Weeks begin on Monday; the first day of 1970 was a Thursday.
            Self::Week => day - (day + 3).rem_euclid(7),
            Self::Months(months) => {
                let number = i32::try_from(day + DAYS_BEFORE_1970).ok()?;
                let date = NaiveDate::from_num_days_from_ce_opt(number)?;
                let month = date.month0() - date.month0() % months;
                let first = NaiveDate::from_ymd_opt(date.year(), month + 1, 1)?;
                i64::from(first.num_days_from_ce()) - DAYS_BEFORE_1970
            }
        };
        day.checked_mul(MICROS_PER_DAY)
    }
}

impl ScalarUDFImpl for DateTrunc {
    fn name(&self) -> &str {
        "date_trunc"
    }

    fn aliases(&self) -> &[String] {
        static ALIASES: LazyLock<Vec<String>> = LazyLock::new(|| engine_date_trunc().aliases().to_vec());
        &ALIASES
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        use DataType::{Date32, Date64, LargeUtf8, Null, Time32, Time64, Timestamp, Utf8, Utf8View};
        let [unit, value] = take_function_args(self.name(), arg_types)?;
        let unit = match values_type(unit) {
            text @ (Utf8 | LargeUtf8 | Utf8View) => text.clone(),
            _ => Utf8,
        };
        let value = match values_type(value) {
            Date32 | Date64 | Null | Utf8 | LargeUtf8 | Utf8View => Timestamp(TimeUnit::Microsecond, None),
            value @ (Timestamp(_, _) | Time32(_) | Time64(_)) => value.clone(),
            other => {
                return Err(FunctionError::new(format!(
                    "`date_trunc` takes a date or timestamp, not {other}"
                ))
                .with_help("call it as `date_trunc('month', day)`")
                .into());
            }
        };
        Ok(vec![unit, value])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match arg_types {
            [_, value] => Ok(value.clone()),
            _ => plan_err!("`date_trunc` takes a unit and a date"),
        }
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        engine_date_trunc().return_field_from_args(args)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let unit = match args.args.first() {
            Some(ColumnarValue::Scalar(unit)) => unit.try_as_str().flatten().and_then(Unit::of),
            _ => None,
        };
        let (Some(unit), DataType::Timestamp(time_unit, zone)) = (unit, args.return_field.data_type()) else {
            return engine_date_trunc().invoke_with_args(args);
        };
        if *time_unit == TimeUnit::Nanosecond {
            return engine_date_trunc().invoke_with_args(args);
        }
        let tz = zone.as_deref().map(str::parse::<Tz>).transpose()?;
        let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
        let beginning = |instant: i64| match &tz {
            None => unit.beginning(instant),
            Some(zone) => instant_of_wall(unit.beginning(wall_of_instant(instant, zone)?)?, zone),
        };
        map_values(&args.args[1], |array| {
            let array = cast(array, &micros)?;
            let instants = array.as_primitive::<TimestampMicrosecondType>();
            let beginnings = instants
                .try_unary::<_, TimestampMicrosecondType, DataFusionError>(|instant| {
                    beginning(instant).ok_or_else(beyond_calendar)
                })?
                .with_timezone_opt(zone.clone());
            Ok(cast(&beginnings, args.return_field.data_type())?)
        })
    }

    fn output_ordering(&self, input: &[ExprProperties]) -> Result<SortProperties> {
        engine_date_trunc().output_ordering(input)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn beyond_calendar() -> DataFusionError {
    FunctionError::new("`date_trunc` met a timestamp beyond the calendar")
        .with_help("filter such rows out; a timestamp in the wrong unit looks like this")
        .into()
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CALENDAR,
        "The beginning of the unit of time in which a date or timestamp lies, for all years from 1 to 9999. A date gives a \
         TIMESTAMP at midnight, a timestamp one of its own precision and zone, in which days and months begin. \
         NULL if the date is.",
        "date_trunc(unit, date)",
    )
    .with_sql_example("```sql\nSELECT date_trunc('month', DATE '9999-12-31');\n-- 9999-12-01T00:00:00\n```")
    .with_argument("unit", "'year', 'quarter', 'month', 'week' (from Monday), 'day', 'hour', 'minute', 'second', 'millisecond' or 'microsecond'.")
    .with_argument("date", "A date, timestamp or time.")
    .with_related_udf("date_bin")
    .build()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> i64 {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        (i64::from(date.num_days_from_ce()) - DAYS_BEFORE_1970) * MICROS_PER_DAY
    }

    #[test]
    fn every_unit_begins_where_it_should_in_all_years() {
        for (unit, from, to) in [
            ("month", day(9999, 12, 31), day(9999, 12, 1)),
            ("quarter", day(9999, 12, 31), day(9999, 10, 1)),
            ("YEAR", day(1, 5, 31), day(1, 1, 1)),
            ("week", day(1970, 1, 1), day(1969, 12, 29)),
            ("week", day(2026, 11, 23), day(2026, 11, 23)),
            ("day", day(1, 1, 1) + 5, day(1, 1, 1)),
            ("hour", day(1969, 12, 31) + 2 * MICROS_PER_HOUR - 1, day(1969, 12, 31) + MICROS_PER_HOUR),
        ] {
            assert_eq!(Unit::of(unit).unwrap().beginning(from), Some(to), "{unit} of {from}");
        }
        assert_eq!(Unit::Months(1).beginning(i64::MAX), None);
    }
}
