//! `clamp_to_nanoseconds`: a date or timestamp as one that can be compared with nanoseconds, which end in 2262.
//!
//! Nobody calls it by name: comparisons do, where a date stands beside a timestamp in nanoseconds, such as `now()`. What
//! lies beyond them is then the last instant, or the first, and thus still after, or before, all of them.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{AsArray, TimestampNanosecondArray},
    compute::cast,
    datatypes::{DataType, TimeUnit, TimestampMicrosecondType},
};
use datafusion::{
    common::{plan_err, utils::take_function_args},
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::text_column::map_values;

/// Two days before the end, so that the offset of a time zone may still be taken off.
const LAST: i64 = i64::MAX - 2 * 86_400_000_000_000;

/// The scalar function `clamp_to_nanoseconds`.
pub(crate) fn clamp_to_nanoseconds() -> ScalarUDF {
    ClampToNanoseconds { signature: Signature::any(1, Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ClampToNanoseconds {
    signature: Signature,
}

impl ScalarUDFImpl for ClampToNanoseconds {
    fn name(&self) -> &str {
        "clamp_to_nanoseconds"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match take_function_args(self.name(), arg_types)? {
            [DataType::Timestamp(_, zone)] => Ok(DataType::Timestamp(TimeUnit::Nanosecond, zone.clone())),
            [DataType::Date32 | DataType::Date64] => Ok(DataType::Timestamp(TimeUnit::Nanosecond, None)),
            [other] => plan_err!("`{}` takes a date or timestamp, not {other}", self.name()),
        }
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value] = take_function_args(self.name(), args.args)?;
        let DataType::Timestamp(_, zone) = args.return_field.data_type().clone() else { return Ok(value) };
        let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
        map_values(&value, |array| {
            let array = cast(array, &micros)?;
            let micros = array.as_primitive::<TimestampMicrosecondType>();
            let clamped: TimestampNanosecondArray =
                micros.unary(|micros| micros.saturating_mul(1000).clamp(-LAST, LAST));
            Ok(Arc::new(clamped.with_timezone_opt(zone.clone())))
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "A date or timestamp in nanoseconds, for comparisons with such: what lies beyond 1677 and 2262 becomes the first or \
         last instant that they hold. NULL if the argument is NULL.",
        "clamp_to_nanoseconds(instant)",
    )
    .with_sql_example("```sql\nSELECT clamp_to_nanoseconds(DATE '9999-12-31');\n-- 2262-04-09T23:47:16.854775807\n```")
    .with_argument("instant", "A date or timestamp.")
    .build()
});
