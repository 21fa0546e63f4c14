//! Rows into bytes: one file per format, behind one streaming trait.
//!
//! Knows Arrow and bytes, never a session, a query or the command line. A sink is given the schema when it
//! opens, so that an empty result still has its header, and its bytes depend on the rows alone, never on how
//! the rows were cut into batches. Start with `format` for the list, with `text` for how a value is spelled,
//! and with `atomic` for files that appear whole or not at all.

mod atomic;
mod delimited;
mod expanded;
mod format;
mod html;
mod ipc;
mod json;
mod layout;
mod markdown;
mod parquet;
mod plain;
mod screen;
mod table;
mod target;
mod text;
mod xlsx;
mod xlsx_cell;

#[cfg(test)]
mod tests;

use std::{io::Write, sync::Arc};

use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::{Field, Schema, SchemaRef},
};

use self::target::Target;
pub use self::{atomic::AtomicFile, format::Format};
use crate::error::{Error, ErrorKind, Result};

/// How rows are shown; each field says which formats heed it.
#[derive(Debug, Clone, Default)]
pub struct Style {
    /// The columns of the terminal; `None` cuts nothing. Heeded by `table` and `expanded`.
    pub width: Option<usize>,
    /// The most rows that are shown; `None` shows all. Heeded by `table` and `expanded`.
    pub rows_max: Option<usize>,
    /// Colours and bold type by ANSI escapes; the text is the same without.
    pub color: bool,
    /// The heading of an HTML page and the name of an Excel sheet.
    pub title: Option<String>,
    /// An apostrophe before texts that a spreadsheet would take for a formula. Heeded by `csv` and `tsv`.
    pub formulas_as_text: bool,
}

/// What a sink did, for the notes that the command line prints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The rows that the sink was given.
    pub rows: u64,
    /// The rows that it wrote; fewer than `rows` only under [`Style::rows_max`].
    pub rows_shown: u64,
    /// The names of the columns that did not fit into [`Style::width`].
    pub columns_hidden: Vec<String>,
    /// The numbers and times that were written to Excel as text, because a double would lose digits.
    pub numbers_as_text: u64,
}

/// Takes batches and writes them; nothing is complete before [`Sink::finish`].
pub trait Sink: Send {
    /// Writes the rows of a batch that has the types of the schema given to [`open`]; its own names are
    /// not looked at.
    fn write(&mut self, batch: &RecordBatch) -> Result<()>;

    /// Ends the table, and begins another one in the same file: another sheet, or further down the page.
    ///
    /// # Errors
    /// A format that holds one table; see [`Format::holds_tables`].
    fn next_table(&mut self, _schema: SchemaRef, _title: Option<&str>) -> Result<()> {
        Err(Error::usage("a file of this format holds one table"))
    }

    /// Writes what closes the format, flushes the target and tells what was written.
    fn finish(self: Box<Self>) -> Result<Summary>;
}

/// Opens a sink that writes rows of `schema` to `target`.
///
/// The sink buffers by itself. If it is dropped before [`Sink::finish`], what it still buffers is not
/// written: a query that fails at once leaves stdout empty.
///
/// ```
/// use std::{io::Write, sync::{Arc, Mutex}};
/// use arrow::{array::{Decimal128Array, RecordBatch}, datatypes::Schema};
/// use marginql::output::{Format, Style, open};
///
/// #[derive(Clone, Default)]
/// struct Shared(Arc<Mutex<Vec<u8>>>);
/// impl Write for Shared {
///     fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
///         self.0.lock().expect("no writer panics").write(bytes)
///     }
///     fn flush(&mut self) -> std::io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let amount = Decimal128Array::from(vec![12_345_000, -5]).with_precision_and_scale(18, 4)?;
/// let batch = RecordBatch::try_from_iter([("amount", Arc::new(amount) as _)])?;
/// let written = Shared::default();
/// let mut sink = open(Format::Csv, batch.schema(), Box::new(written.clone()), &Style::default())?;
/// sink.write(&batch)?;
/// assert_eq!(sink.finish()?.rows, 2);
/// assert_eq!(*written.0.lock().expect("no writer panics"), b"amount\n1234.5000\n-0.0005\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn open(
    format: Format,
    schema: SchemaRef,
    target: Box<dyn Write + Send>,
    style: &Style,
) -> Result<Box<dyn Sink>> {
    let target = Target::new(target);
    let fields = schema.fields();
    let sink: Box<dyn Sink> = match format {
        Format::Table => Box::new(table::Table::open(fields, target, style)),
        Format::Expanded => Box::new(expanded::Expanded::open(fields, target, style)),
        Format::Csv => Box::new(delimited::Delimited::open(fields, target, b',', style)?),
        Format::Tsv => Box::new(delimited::Delimited::open(fields, target, b'\t', style)?),
        Format::Json => Box::new(json::Json::<json::Array>::open(target)),
        Format::Ndjson => Box::new(json::Json::<json::Lines>::open(target)),
        Format::Markdown => Box::new(markdown::Markdown::open(fields, target)),
        Format::Html => Box::new(html::Html::open(fields, target, style)?),
        Format::Parquet => Box::new(parquet::Parquet::open(fields, target)?),
        Format::Xlsx => Box::new(xlsx::Xlsx::open(fields, target, style, xlsx::SHEET_ROWS_MAX)?),
        Format::Arrow => Box::new(ipc::Ipc::open(fields, target)?),
    };
    Ok(Box::new(Checked { schema, sink }))
}

/// Holds every batch against the schema that the sink was opened with.
struct Checked {
    schema: SchemaRef,
    sink: Box<dyn Sink>,
}

impl Sink for Checked {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_columns() != self.schema.fields().len() {
            return Err(Error::new(
                ErrorKind::Internal,
                format!(
                    "the result has {} columns where {} were announced",
                    batch.num_columns(),
                    self.schema.fields().len()
                ),
            ));
        }
        let mut fields = Vec::with_capacity(batch.num_columns());
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            // Names and nullability inside of nested types may differ from step to step of a plan.
            if !field.data_type().equals_datatype(column.data_type()) {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!(
                        "column `{}` has type `{}` where `{}` was announced",
                        field.name(),
                        column.data_type(),
                        field.data_type()
                    ),
                ));
            }
            fields.push(Field::new(field.name(), column.data_type().clone(), true));
        }
        if batch.num_rows() == 0 {
            return Ok(());
        }
        // The announced names are the user's; a batch may still carry the plan's internal ones.
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let columns = batch.columns().to_vec();
        let named = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
            .map_err(|error| target::failed("any format", error))?;
        self.sink.write(&named)
    }

    fn next_table(&mut self, schema: SchemaRef, title: Option<&str>) -> Result<()> {
        self.sink.next_table(Arc::clone(&schema), title)?;
        self.schema = schema;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Summary> {
        self.sink.finish()
    }
}
