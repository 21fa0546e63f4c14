//! JSON: an array with one object per line, or bare lines (NDJSON).
//!
//! Decimals are bare numbers with all their digits and their scale (`1.10` stays `1.10`), floats that are
//! not finite are `null`, times are ISO 8601 text. Columns of the same name are all written.

use std::{fmt::Debug, io, marker::PhantomData, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, FieldRef},
    error::ArrowError,
    json::{
        Encoder, EncoderFactory, EncoderOptions, Writer, WriterBuilder,
        writer::{JsonFormat, NullableEncoder},
    },
    util::display::{ArrayFormatter, FormatOptions},
};

use super::{
    Sink, Summary, plain,
    target::{Target, failed},
};
use crate::error::Result;

/// One object per line between `[` and `]`; `[]` when there are no rows.
#[derive(Debug, Default)]
pub(super) struct Array;

impl JsonFormat for Array {
    fn start_stream<W: io::Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"[")?)
    }

    fn start_row<W: io::Write>(&self, writer: &mut W, is_first_row: bool) -> Result<(), ArrowError> {
        Ok(writer.write_all(if is_first_row { b"\n" } else { b",\n" })?)
    }
}

/// One object per line.
#[derive(Debug, Default)]
pub(super) struct Lines;

impl JsonFormat for Lines {
    fn end_row<W: io::Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"\n")?)
    }
}

/// What follows the last row.
pub(super) trait Framing: JsonFormat + Send {
    fn end(rows: u64) -> &'static str;
}

impl Framing for Array {
    fn end(rows: u64) -> &'static str {
        if rows == 0 { "]\n" } else { "\n]\n" }
    }
}

impl Framing for Lines {
    fn end(_: u64) -> &'static str {
        ""
    }
}

pub(super) struct Json<F: Framing> {
    writer: Writer<Target, F>,
    rows: u64,
    framing: PhantomData<F>,
}

impl<F: Framing> Json<F> {
    pub(super) fn open(target: Target) -> Self {
        let writer = WriterBuilder::new()
            .with_explicit_nulls(true)
            .with_datetime_format("%Y-%m-%d".to_owned())
            .with_timestamp_tz_format("%Y-%m-%dT%H:%M:%S%.f%:z".to_owned())
            .with_encoder_factory(Arc::new(Unusual))
            .build(target);
        Self { writer, rows: 0, framing: PhantomData }
    }
}

impl<F: Framing> Sink for Json<F> {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        // Arrow's writer overlooks a NULL among a dictionary's values, so dictionaries are resolved first.
        let batch = plain::resolve_dictionaries(batch).map_err(|error| failed("JSON", error))?;
        self.writer.write(&batch).map_err(|error| failed("JSON", error))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.writer.finish().map_err(|error| failed("JSON", error))?;
        let mut target = self.writer.into_inner();
        target.text(F::end(self.rows))?;
        target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}

/// Types that Arrow's JSON writer refuses become text: unions, and maps whose keys are not text.
#[derive(Debug)]
struct Unusual;

impl EncoderFactory for Unusual {
    fn make_default_encoder<'a>(
        &self,
        _field: &'a FieldRef,
        array: &'a dyn arrow::array::Array,
        _options: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let refused = match array.data_type() {
            DataType::Union(_, _) => true,
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) => !matches!(
                    fields[0].data_type(),
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                ),
                _ => true,
            },
            _ => false,
        };
        if !refused {
            return Ok(None);
        }
        let options = FormatOptions::new().with_null("null");
        let formatter = ArrayFormatter::try_new(array, &options)?;
        Ok(Some(NullableEncoder::new(Box::new(AsText(formatter)), array.logical_nulls())))
    }
}

struct AsText<'a>(ArrayFormatter<'a>);

impl Encoder for AsText<'_> {
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let text = self.0.value(row).to_string();
        serde_json::to_writer(out, &text).expect("a string is always written to a vector");
    }
}
