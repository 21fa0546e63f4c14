//! `try_timestamp(text [, order [, zone]])`: instants out of text columns, with NULL for what is none.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{AsArray, TimestampMicrosecondArray, timezone::Tz},
    datatypes::{DataType, Field, FieldRef, TimeUnit, TimestampMicrosecondType},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::{
    date_text::{read_instant, read_instant_in},
    text_column::{map_values, read_texts},
    try_date::{ORDER, coerce_with_zone, order},
    zone::{instant_of_wall, zone},
};

/// An instant in text as TIMESTAMP(6) in UTC. NULL if the text is NULL or no instant.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TryTimestamp {
    signature: Signature,
}

impl TryTimestamp {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

const INSTANT: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

impl ScalarUDFImpl for TryTimestamp {
    fn name(&self) -> &str {
        "try_timestamp"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerce_with_zone(self.name(), arg_types, INSTANT)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(INSTANT)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), INSTANT, true)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let none = || Ok(ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(None, None)));
        let (Some(value), Some(order)) = (args.args.first(), order(self.name(), args.args.get(1))?) else {
            return none();
        };
        let is_instant = value.data_type() == INSTANT;
        match args.args.get(2) {
            None if is_instant => Ok(value.clone()),
            None => read_texts::<TimestampMicrosecondArray, i64>(value, |text| read_instant(text, order)),
            Some(named) => match zone(self.name(), named)? {
                None => none(),
                Some(zone) if is_instant => from_wall(value, &zone),
                Some(zone) => read_texts::<TimestampMicrosecondArray, i64>(value, |text| {
                    read_instant_in(text, order, &zone)
                }),
            },
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// Timestamps of a clock on the wall as instants.
fn from_wall(walls: &ColumnarValue, zone: &Tz) -> Result<ColumnarValue> {
    map_values(walls, |walls| {
        let walls = walls.as_primitive::<TimestampMicrosecondType>();
        let instants: TimestampMicrosecondArray = walls.unary_opt(|wall| instant_of_wall(wall, zone));
        Ok(Arc::new(instants))
    })
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "Reads an instant out of text as TIMESTAMP(6) in UTC: a day as `try_date` reads it, then a T or a blank and a \
         time like 9:05, 09:05:00.25 or 9:05 PM. An offset like Z, +02:00 or +0200 is taken off; without one the time is \
         UTC, or what the clock of the zone shows (of an hour that it shows twice, the first), and a day alone is its midnight. \
         Digits beyond microseconds are cut. NULL if the text is no instant, or if an argument is NULL. A timestamp stays the \
         instant it is, unless a zone says whose clock it shows; numbers are refused.",
        "try_timestamp(text [, order [, zone]])",
    )
    .with_sql_example(
        "```sql\nSELECT try_timestamp('2026-05-27T09:54:03.102+02:00'), try_timestamp('5/27/2026 9:05 PM', 'month_first'), try_timestamp('2026-05-27 9:05', 'iso', 'Europe/Prague');\n\
         -- 2026-05-27T07:54:03.102, 2026-05-27T21:05:00, 2026-05-27T07:05:00\n```",
    )
    .with_argument("text", "The instant as it was written.")
    .with_argument("order", ORDER)
    .with_argument("zone", "A literal: a name such as 'Europe/Prague' or 'UTC' (the default), or an offset such as '+02:00'.")
    .with_related_udf("try_date")
    .build()
});
