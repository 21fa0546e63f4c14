//! The loop over a column of texts, whatever its layout. Of a dictionary only the different texts are read.
//!
//! Knows nothing of what is read out of them; that is a closure.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::take,
    datatypes::DataType,
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::ColumnarValue};

use super::calendar::values_type;

/// Whether the values are texts, or NULLs without a type.
pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(
        values_type(data_type),
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

/// The type in which a function reads a column of texts: the one it has, because a cast would copy it.
pub(super) fn text_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Null => DataType::Utf8View,
        other => other.clone(),
    }
}

/// Reads a value out of every text; NULL stays NULL.
pub(super) fn read_texts<A, V>(
    texts: &ColumnarValue,
    read: impl Fn(&str) -> Option<V>,
) -> Result<ColumnarValue>
where
    A: Array + FromIterator<Option<V>> + 'static,
{
    map_values(texts, |texts| read_array::<A, V>(texts, &read))
}

/// What a function of arrays gives for an array, or for the one value of a scalar.
pub(super) fn map_values(
    values: &ColumnarValue,
    map: impl Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    Ok(match values {
        ColumnarValue::Array(values) => ColumnarValue::Array(map(values)?),
        ColumnarValue::Scalar(value) => {
            let mapped = map(&value.to_array()?)?;
            ColumnarValue::Scalar(ScalarValue::try_from_array(&mapped, 0)?)
        }
    })
}

fn read_array<A, V>(texts: &ArrayRef, read: &impl Fn(&str) -> Option<V>) -> Result<ArrayRef>
where
    A: Array + FromIterator<Option<V>> + 'static,
{
    let read_one = |text: Option<&str>| text.and_then(read);
    Ok(match texts.data_type() {
        DataType::Utf8 => Arc::new(texts.as_string::<i32>().iter().map(read_one).collect::<A>()),
        DataType::LargeUtf8 => Arc::new(texts.as_string::<i64>().iter().map(read_one).collect::<A>()),
        DataType::Dictionary(_, _) => {
            let dictionary = texts.as_any_dictionary();
            take(&read_array::<A, V>(dictionary.values(), read)?, dictionary.keys(), None)?
        }
        _ => Arc::new(texts.as_string_view().iter().map(read_one).collect::<A>()),
    })
}
