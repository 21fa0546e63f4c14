//! `try_timestamp(text [, order])`: instants out of text columns, with NULL for what is none.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::TimestampMicrosecondArray,
    datatypes::{DataType, Field, FieldRef, TimeUnit},
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
    date_text::read_instant,
    text_column::read_texts,
    try_date::{ORDER, coerce, order},
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
        coerce(self.name(), arg_types, INSTANT)
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
        match (args.args.first(), order(self.name(), args.args.get(1))?) {
            (Some(instants), Some(_)) if instants.data_type() == INSTANT => Ok(instants.clone()),
            (Some(texts), Some(order)) => {
                read_texts::<TimestampMicrosecondArray, i64>(texts, |text| read_instant(text, order))
            }
            _ => Ok(ColumnarValue::Scalar(ScalarValue::TimestampMicrosecond(None, None))),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "Reads an instant out of text as TIMESTAMP(6) in UTC: a day as `try_date` reads it, then a T or a blank and a \
         time like 9:05, 09:05:00.25 or 9:05 PM. An offset like Z, +02:00 or +0200 is taken off; without one the time is \
         UTC, and a day alone is its midnight. Digits beyond microseconds are cut. NULL if the text is no instant, or if an \
         argument is NULL. A timestamp stays the instant it is; numbers are refused.",
        "try_timestamp(text [, order])",
    )
    .with_sql_example(
        "```sql\nSELECT try_timestamp('2026-05-27T09:54:03.102+02:00'), try_timestamp('5/27/2026 9:05 PM', 'month_first');\n\
         -- 2026-05-27T07:54:03.102, 2026-05-27T21:05:00\n```",
    )
    .with_argument("text", "The instant as it was written; years have 4 digits.")
    .with_argument("order", ORDER)
    .with_related_udf("try_date")
    .build()
});
