//! One value into text, the same in every format that is text: decimals with their full scale, ISO dates,
//! hexadecimal bytes. Knows nothing of quoting; each format does its own.

use arrow::{
    array::{Array, RecordBatch},
    buffer::NullBuffer,
    datatypes::DataType,
    util::display::{ArrayFormatter, DurationFormat, FormatOptions},
};

use crate::error::{Error, Result};

/// `%.f` prints no fraction for whole seconds, else three, six or nine digits.
const TIMESTAMP: &str = "%Y-%m-%d %H:%M:%S%.f";
const TIMESTAMP_WITH_ZONE: &str = "%Y-%m-%d %H:%M:%S%.f%:z";

/// NULL inside of a list or struct; a cell that is NULL is each format's own business.
pub(super) const NULL: &str = "NULL";

const OPTIONS: FormatOptions<'static> = FormatOptions::new()
    .with_display_error(false)
    .with_null(NULL)
    .with_datetime_format(Some("%Y-%m-%d"))
    .with_timestamp_format(Some(TIMESTAMP))
    .with_timestamp_tz_format(Some(TIMESTAMP_WITH_ZONE))
    .with_duration_format(DurationFormat::Pretty);

/// What a column's text means to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Decimal { scale: i8 },
    Float,
    Boolean,
    Date,
    Time,
    Timestamp,
    Text,
}

impl Kind {
    /// The kind of an Arrow type; encodings (dictionary, run-end) count as what they hold.
    pub(super) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Dictionary(_, values) => Kind::of(values),
            DataType::RunEndEncoded(_, values) => Kind::of(values.data_type()),
            data_type if data_type.is_integer() => Kind::Integer,
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale) => Kind::Decimal { scale: *scale },
            data_type if data_type.is_floating() => Kind::Float,
            DataType::Boolean => Kind::Boolean,
            DataType::Date32 | DataType::Date64 => Kind::Date,
            DataType::Time32(_) | DataType::Time64(_) => Kind::Time,
            DataType::Timestamp(_, _) => Kind::Timestamp,
            _ => Kind::Text,
        }
    }

    /// Whether it is aligned to the right.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal { .. } | Kind::Float)
    }

    /// Whether `text`, a value of this kind, is below zero.
    pub(super) fn is_negative(self, text: &str) -> bool {
        self.is_number() && text.starts_with('-')
    }
}

/// A column of a batch, ready to be spelled row by row.
pub(super) struct Column<'a> {
    name: &'a str,
    formatter: ArrayFormatter<'a>,
    nulls: Option<NullBuffer>,
}

/// The columns of a batch.
pub(super) fn columns(batch: &RecordBatch) -> Result<Vec<Column<'_>>> {
    let fields = batch.schema_ref().fields();
    fields
        .iter()
        .zip(batch.columns())
        .map(|(field, array)| {
            let formatter = ArrayFormatter::try_new(array.as_ref(), &OPTIONS)
                .map_err(|error| unspeakable(field.name(), error))?;
            // The logical nulls: a dictionary's values may be NULL while its keys are not.
            Ok(Column { name: field.name(), formatter, nulls: array.logical_nulls() })
        })
        .collect()
}

impl Column<'_> {
    pub(super) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Appends the text of a value that is not NULL.
    pub(super) fn write(&self, row: usize, text: &mut String) -> Result<()> {
        self.formatter.value(row).write(text).map_err(|error| unspeakable(self.name, error))
    }
}

fn unspeakable(name: &str, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::data(format!("column `{name}` holds a value that cannot be written as text: {error}"))
        .caused_by(error)
}
