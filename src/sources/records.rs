//! Reads one file record by record, for tables whose rows know where they stand: values, place and original text.
//!
//! Values are decoded by the same readers that queries use, so both tables hold the same. Simple rather than fast.

use std::{fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, RecordBatch, new_null_array},
    compute::cast,
    datatypes::SchemaRef,
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};

use super::{
    SourceOptions,
    blocking::Cancel,
    dates::with_dates,
    frame::Lines,
    json, lines,
    locate::DataFile,
    parquet_rows,
    reading::{Reading, open_as},
};
use crate::error::{Error, Result, file_error};

/// Records that are decoded at a time.
const BATCH_ROWS: usize = 1024;

/// How a file is read.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Csv { reading: Box<Reading>, header: bool },
    Json { options: Box<SourceOptions> },
    Parquet,
}

/// Some rows of a file.
pub(super) struct Records {
    /// The values, by the columns of the schema.
    pub(super) columns: Vec<ArrayRef>,
    /// Where each row stands.
    pub(super) lines: Vec<u64>,
    /// What each row was, as JSON text.
    pub(super) raw: Vec<String>,
}

/// Calls `each` for the rows of a file, some at a time.
pub(super) fn read(
    file: &DataFile,
    form: &Form,
    schema: &SchemaRef,
    each: impl FnMut(Records) -> Result<()>,
) -> Result<()> {
    match form {
        Form::Csv { reading, header } => read_csv(file, reading, *header, schema, each),
        Form::Json { options } => read_json(file, options, schema, each),
        Form::Parquet => read_parquet(file, schema, each),
    }
}

fn undecodable(file: &DataFile) -> impl Fn(ArrowError) -> Error + '_ {
    |error| {
        Error::data(format!("`{}` cannot be read: {error}", file.shown))
            .hint("open it again")
            .caused_by(error)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn read_csv(
    file: &DataFile,
    reading: &Reading,
    header: bool,
    schema: &SchemaRef,
    mut each: impl FnMut(Records) -> Result<()>,
) -> Result<()> {
    let (_, reader) = open_as(&file.path, reading, Lines::Emptied)?;
    let (watched, mut lines) = lines::watch(reader);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(header)
        .flexible(true)
        .delimiter(reading.delimiter)
        .quote(reading.quote)
        .from_reader(watched);
    let keys: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    let unreadable = |error: csv::Error| {
        Error::data(format!("`{}` cannot be read", file.shown)).hint("open it again").caused_by(error)
    };
    // The header counts as a record when rows of a sheet are numbered.
    let mut number = u64::from(header);
    let mut record = csv::ByteRecord::new();
    let mut places = Vec::new();
    let mut raw = Vec::new();
    let mut text = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    loop {
        let more = reader.read_byte_record(&mut record).map_err(unreadable)?;
        if more {
            let start = record.position().map_or(0, csv::Position::byte);
            places.push(file.row_of(number, lines.of_record(start)));
            number += 1;
            raw.push(raw_fields(&keys, &record));
            text.write_byte_record(&with_dates(&record, &reading.dates)).map_err(unreadable)?;
        }
        if raw.len() == BATCH_ROWS || (!more && !raw.is_empty()) {
            let written = std::mem::replace(
                &mut text,
                csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()),
            );
            let written = written.into_inner().map_err(|error| Error::data(error.to_string()))?;
            let batch = arrow::csv::ReaderBuilder::new(Arc::clone(schema))
                .with_batch_size(BATCH_ROWS)
                .build(written.as_slice())
                .and_then(|mut batches| one_batch(&mut batches, schema))
                .map_err(undecodable(file))?;
            each(records(batch, std::mem::take(&mut places), std::mem::take(&mut raw)))?;
        }
        if !more {
            return Ok(());
        }
    }
}

fn one_batch(
    batches: &mut dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
    schema: &SchemaRef,
) -> std::result::Result<RecordBatch, ArrowError> {
    batches.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(Arc::clone(schema))))
}

fn records(batch: RecordBatch, lines: Vec<u64>, raw: Vec<String>) -> Records {
    Records { columns: batch.columns().to_vec(), lines, raw }
}

/// The fields of a record as they are written, by the names of their columns.
fn raw_fields(keys: &[String], record: &csv::ByteRecord) -> String {
    let fields = keys
        .iter()
        .zip(record)
        .map(|(key, value)| format!("{key}:{}", quoted(&String::from_utf8_lossy(value))));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn read_json(
    file: &DataFile,
    options: &SourceOptions,
    schema: &SchemaRef,
    mut each: impl FnMut(Records) -> Result<()>,
) -> Result<()> {
    let mut places = Vec::new();
    let mut raw = Vec::new();
    let mut text = Vec::new();
    let mut flush = |places: &mut Vec<u64>, raw: &mut Vec<String>, text: &mut Vec<u8>| {
        if raw.is_empty() {
            return Ok(());
        }
        let batch = arrow::json::ReaderBuilder::new(Arc::clone(schema))
            .with_batch_size(BATCH_ROWS)
            .build(text.as_slice())
            .and_then(|mut batches| one_batch(&mut batches, schema))
            .map_err(undecodable(file))?;
        text.clear();
        each(records(batch, std::mem::take(places), std::mem::take(raw)))
    };
    json::rows(file, options, schema.fields(), &Cancel::default(), |place, original, line| {
        places.push(place);
        raw.push(String::from_utf8_lossy(original).into_owned());
        text.extend_from_slice(line);
        if raw.len() == BATCH_ROWS { flush(&mut places, &mut raw, &mut text) } else { Ok(()) }
    })?;
    flush(&mut places, &mut raw, &mut text)
}

fn read_parquet(
    file: &DataFile,
    schema: &SchemaRef,
    mut each: impl FnMut(Records) -> Result<()>,
) -> Result<()> {
    let damaged = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::data(format!("`{}` cannot be read: {error}", file.shown))
            .hint("copy or export the file again")
            .caused_by(error)
    };
    let opened = File::open(&file.path).map_err(|error| file_error("read", Path::new(&file.shown), error))?;
    let batches = parquet_rows::batches(opened, BATCH_ROWS).map_err(|error| damaged(error.into()))?;
    let mut number = 0;
    for batch in batches {
        let batch = batch.map_err(|error| damaged(error.into()))?;
        let rows = batch.num_rows();
        let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), rows)),
        });
        let columns =
            columns.collect::<std::result::Result<Vec<_>, _>>().map_err(|error| damaged(error.into()))?;
        let raw = raw_values(&batch).map_err(|error| damaged(error.into()))?;
        let lines = (number + 1..).take(rows).collect();
        number += rows as u64;
        each(Records { columns, lines, raw })?;
    }
    Ok(())
}

/// The values of each row as text, by the names of their columns in the file.
fn raw_values(batch: &RecordBatch) -> std::result::Result<Vec<String>, ArrowError> {
    let options = FormatOptions::default();
    let schema = batch.schema();
    let keys: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    let formatters = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let mut fields = Vec::with_capacity(keys.len());
        for ((key, formatter), column) in keys.iter().zip(&formatters).zip(batch.columns()) {
            let value = if column.is_null(row) {
                "null".to_owned()
            } else {
                quoted(&formatter.value(row).try_to_string()?)
            };
            fields.push(format!("{key}:{value}"));
        }
        rows.push(format!("{{{}}}", fields.join(",")));
    }
    Ok(rows)
}
