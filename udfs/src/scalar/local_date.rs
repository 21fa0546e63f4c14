//! `local_date(timestamp, zone)`: the day that an instant falls on where people live.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{AsArray, Date32Array},
    datatypes::{DataType, Date32Type, Field, FieldRef, TimeUnit, TimestampMicrosecondType},
};
use datafusion::{
    common::{ScalarValue, utils::take_function_args},
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::{
    calendar::values_type,
    text_column::{is_text, map_values},
    zone::{wall_of_instant, zone},
};
use crate::FunctionError;

/// The day of an instant in a time zone. NULL if an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LocalDate {
    signature: Signature,
}

impl LocalDate {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

const INSTANT: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);
const MICROS_PER_DAY: i64 = 86_400_000_000;

impl ScalarUDFImpl for LocalDate {
    fn name(&self) -> &str {
        "local_date"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        use DataType::{Date32, Date64, Null, Timestamp};
        let [instant, zone] = take_function_args(self.name(), arg_types)?;
        if !is_text(zone) {
            let message = format!("`{}` takes a time zone as text, not {zone}", self.name());
            return Err(FunctionError::new(message).with_help("such as 'Europe/Prague'").into());
        }
        match values_type(instant) {
            // A cast leaves the instant as it is, and takes the zone off.
            Timestamp(_, _) | Null => Ok(vec![INSTANT, DataType::Utf8View]),
            Date32 | Date64 => Ok(vec![Date32, DataType::Utf8View]),
            other => Err(FunctionError::new(format!("`{}` takes a timestamp, not {other}", self.name()))
                .with_help("`try_timestamp(text)` reads one out of text")
                .into()),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Date32)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), DataType::Date32, true)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [instants, named] = take_function_args(self.name(), args.args)?;
        let Some(zone) = zone(self.name(), &named)? else {
            return Ok(ColumnarValue::Scalar(ScalarValue::Date32(None)));
        };
        // A day is the same everywhere.
        if instants.data_type() == DataType::Date32 {
            return Ok(instants);
        }
        map_values(&instants, |instants| {
            let instants = instants.as_primitive::<TimestampMicrosecondType>();
            let days: Date32Array = instants.unary_opt::<_, Date32Type>(|instant| {
                let wall = wall_of_instant(instant, &zone)?;
                i32::try_from(wall.div_euclid(MICROS_PER_DAY)).ok()
            });
            Ok(Arc::new(days))
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "The day on which an instant falls in a time zone, as DATE: days begin at local midnight, summer time included \
         (rules of the IANA database). A timestamp without a zone is in UTC. A date stays as it is. NULL if an argument is NULL.",
        "local_date(timestamp, zone)",
    )
    .with_sql_example(
        "```sql\nSELECT local_date(TIMESTAMP '2026-03-31T22:30:00', 'Europe/Prague'), local_date(TIMESTAMP '2026-03-31T22:30:00', 'UTC');\n\
         -- 2026-04-01, 2026-03-31\n```",
    )
    .with_argument("timestamp", "The instant.")
    .with_argument("zone", "A literal: a name such as 'Europe/Prague' or 'UTC', or an offset such as '+02:00'.")
    .with_related_udf("try_timestamp")
    .build()
});
