//! `try_date(text [, order [, zone]])`: days out of text columns, with NULL for what is none.
//!
//! `date_text` reads one text; here are the arguments, for `try_timestamp` too.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::Date32Array,
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::FunctionError;

use super::{
    calendar::values_type,
    date_text::{Order, read_day, read_day_in},
    text_column::{is_text, read_texts, text_type},
    zone::zone,
};

/// A day in text as DATE. NULL if the text is NULL or no day.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TryDate {
    signature: Signature,
}

impl TryDate {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for TryDate {
    fn name(&self) -> &str {
        "try_date"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerce_with_zone(self.name(), arg_types, DataType::Date32)
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
        match (args.args.first(), order(self.name(), args.args.get(1))?) {
            (Some(days), Some(_)) if days.data_type() == DataType::Date32 => Ok(days.clone()),
            (Some(texts), Some(order)) => match args.args.get(2) {
                None => read_texts::<Date32Array, i32>(texts, |text| read_day(text, order)),
                Some(named) => match zone(self.name(), named)? {
                    None => Ok(ColumnarValue::Scalar(ScalarValue::Date32(None))),
                    Some(zone) => {
                        read_texts::<Date32Array, i32>(texts, |text| read_day_in(text, order, &zone))
                    }
                },
            },
            _ => Ok(ColumnarValue::Scalar(ScalarValue::Date32(None))),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// The arguments of [`coerce`], and a time zone that is text.
pub(super) fn coerce_with_zone(
    function: &str,
    arg_types: &[DataType],
    result: DataType,
) -> Result<Vec<DataType>> {
    let [value, order, zone] = arg_types else { return coerce(function, arg_types, result) };
    let mut types = coerce(function, &[value.clone(), order.clone()], result)?;
    if !is_text(zone) {
        let message = format!("`{function}` takes its time zone as text, not {zone}");
        return Err(FunctionError::new(message).with_help("such as 'Europe/Prague'").into());
    }
    types.push(DataType::Utf8View);
    Ok(types)
}

/// Text, or what is a date already and needs only a cast; and an order that is text too.
pub(super) fn coerce(function: &str, arg_types: &[DataType], result: DataType) -> Result<Vec<DataType>> {
    use DataType::{Date32, Date64, Timestamp};
    let (value, order) = match arg_types {
        [value] => (value, None),
        [value, order] => (value, Some(order)),
        _ => {
            let message =
                format!("`{function}` takes a text and an order, not {} arguments", arg_types.len());
            let help = format!("call `{function}(text)` or `{function}(text, 'day_first')`");
            return Err(FunctionError::new(message).with_help(help).into());
        }
    };
    let value = match values_type(value) {
        Date32 | Date64 | Timestamp(_, _) => result,
        _ if is_text(value) => text_type(value),
        _ => {
            return Err(FunctionError::new(format!("`{function}` takes text, not {value}"))
                .with_help(
                    "a number of milliseconds since 1970 is read by `to_timestamp_millis(x)`, one of seconds by \
                     `to_timestamp_seconds(x)`; 20260527 is a date as text: `CAST(x AS TEXT)`",
                )
                .into());
        }
    };
    match order {
        None => Ok(vec![value]),
        Some(order) if is_text(order) => Ok(vec![value, DataType::Utf8View]),
        Some(order) => Err(FunctionError::new(format!("`{function}` takes its order as text, not {order}"))
            .with_help(ORDERS)
            .into()),
    }
}

const ORDERS: &str = "the orders are 'iso', 'day_first' for 27/5/2026 and 'month_first' for 5/27/2026";

/// The order of day and month. `None` if it is NULL.
pub(super) fn order(function: &str, argument: Option<&ColumnarValue>) -> Result<Option<Order>> {
    let name = match argument {
        None => return Ok(Some(Order::Iso)),
        Some(ColumnarValue::Scalar(order)) => order.try_as_str().flatten(),
        // A file has one order. One that differs by row would be a guess made row by row.
        Some(ColumnarValue::Array(_)) => {
            return Err(FunctionError::new(format!("`{function}` takes its order as a literal, not by row"))
                .with_help(ORDERS)
                .into());
        }
    };
    let Some(name) = name else { return Ok(None) };
    match Order::from_name(name) {
        Some(order) => Ok(Some(order)),
        None => {
            Err(FunctionError::new(format!("`{function}` knows no order `{name}`")).with_help(ORDERS).into())
        }
    }
}

pub(super) const ORDER: &str = "A literal: 'iso' (the default) reads what begins with the year, and dates with dots; 'day_first' reads 27/5/2026 and \
     27-5-2026 as well, 'month_first' 5/27/2026 and 5-27-2026.";

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "Reads a day out of text as DATE: 2026-05-27, 20260527, 2026/5/27, 27.5.2026, 27 May 2026, May 27, 2026, and with \
         an order 27/5/2026. A time after it is left out, and its offset does not shift the day, unless a zone says on whose \
         clock the day is wanted. Years of two digits are those from 1969 to 2068; months may be named in English, German, \
         French, Spanish, Italian, Portuguese or Dutch. NULL if the text is no day or one that no calendar has, or if an \
         argument is NULL. A date stays as it is; of a timestamp, its day is taken.",
        "try_date(text [, order [, zone]])",
    )
    .with_sql_example(
        "```sql\nSELECT try_date('2026-05-27T23:30:00-05:00'), try_date('3/4/2026', 'day_first'), try_date('3/4/2026');\n\
         -- 2026-05-27, 2026-04-03, NULL\n```",
    )
    .with_argument("text", "The day as it was written.")
    .with_argument("order", ORDER)
    .with_argument("zone", "A literal: a name such as 'Europe/Prague' or 'UTC', or an offset such as '+02:00'.")
    .with_related_udf("try_timestamp")
    .with_related_udf("is_ambiguous_date")
    .build()
});
