//! The same rows as a source's table, each with its file, its line and its original text: for rows that are set aside.
//!
//! It reads the files themselves, not through `table`, because a scan does not say where a row stands. The files are
//! streamed by DataFusion's `StreamingTable`; there is no execution node of our own.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringViewArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    catalog::{Session, streaming::StreamingTable},
    common::ScalarValue,
    error::Result as EngineResult,
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{stream::RecordBatchReceiverStreamBuilder, streaming::PartitionStream},
};

use super::{
    Format, SOURCE_FILE, Source, SourceOptions, Sources,
    describe::ColumnDescription,
    factory::outside,
    locate::{DataFile, Located},
    parquet,
    reading::Reading,
    records::{self, Form, Records},
    table::{check_name_is_free, description, partition_columns},
    unify::TextFormat,
};
use crate::error::{Error, ErrorKind, Result};

/// The name of the column with the line, the element or the row of the sheet on which a row begins.
pub const SOURCE_LINE: &str = "source_line";

/// The name of the column with the row as it was read, as JSON text.
pub const RAW_ROW: &str = "raw_row";

/// Batches that wait to be taken.
const BATCHES_WAITING: usize = 2;

/// Opens files as a table of rows with their places.
pub(super) async fn open(
    sources: &Sources,
    session: &dyn Session,
    located: Located,
    format: Format,
    options: &SourceOptions,
) -> Result<Source> {
    let (schema, mut columns, warnings, rows, forms) = match format {
        Format::Parquet => {
            let found = parquet::look(session, &located, options).await?;
            let forms = located.files.iter().map(|_| Form::Parquet).collect();
            (found.schema, found.columns, found.warnings, found.rows, forms)
        }
        _ => {
            let plan = sources.text_plan(&located, format, options).await?;
            let form = |reading: &Reading| match plan.format {
                TextFormat::Csv { header, .. } => Form::Csv { reading: Box::new(reading.clone()), header },
                TextFormat::Json => Form::Json { options: Box::new(options.clone()) },
            };
            let forms: Vec<Form> = plan.readings.iter().map(form).collect();
            (plan.schema, plan.columns, plan.warnings, plan.rows, forms)
        }
    };
    for name in [SOURCE_FILE, SOURCE_LINE, RAW_ROW] {
        check_name_is_free(name, schema.fields(), &located)?;
    }
    let partitions = partition_columns(&located, options)?;
    let all = table_schema(&schema, &partitions);
    let provider = StreamingTable::try_new(
        Arc::clone(&all),
        streams(&located, forms, &schema, &all, &partitions, options),
    )
    .map_err(|error| Error::data("the files cannot be made a table").caused_by(error))?;
    columns.extend(partitions);
    columns.extend(all.fields().iter().skip(columns.len()).map(|field| ColumnDescription {
        name: field.name().clone(),
        data_type: field.data_type().clone(),
        reason: "where the row stands".to_owned(),
        is_partition: false,
    }));
    let description = description(format, &located, columns, Some(rows));
    Ok(Source::new(Arc::new(provider), description, [located.warnings, warnings].concat()))
}

/// The columns of the files, those of their directories, and those of the places.
fn table_schema(schema: &Schema, partitions: &[ColumnDescription]) -> SchemaRef {
    let mut fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.extend(partitions.iter().map(|column| Field::new(&column.name, column.data_type.clone(), false)));
    fields.push(Field::new(SOURCE_FILE, DataType::Utf8View, false));
    fields.push(Field::new(SOURCE_LINE, DataType::Int64, false));
    fields.push(Field::new(RAW_ROW, DataType::Utf8View, false));
    Arc::new(Schema::new(fields))
}

/// One stream per core at most, each over its share of the files: a thousand files must not be open at once.
fn streams(
    located: &Located,
    forms: Vec<Form>,
    file_schema: &SchemaRef,
    schema: &SchemaRef,
    partitions: &[ColumnDescription],
    options: &SourceOptions,
) -> Vec<Arc<dyn PartitionStream>> {
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let types: Arc<[DataType]> = partitions.iter().map(|column| column.data_type.clone()).collect();
    let files: Vec<NumberedFile> = located
        .files
        .iter()
        .zip(forms)
        .map(|(file, form)| NumberedFile { file: file.clone(), form, name: file.named_in_rows(options) })
        .collect();
    let share = files.len().div_ceil(at_once).max(1);
    let stream = |files: &[NumberedFile]| {
        Arc::new(NumberedFiles {
            files: files.into(),
            file_schema: Arc::clone(file_schema),
            schema: Arc::clone(schema),
            partition_types: Arc::clone(&types),
        }) as Arc<dyn PartitionStream>
    };
    files.chunks(share).map(stream).collect()
}

#[derive(Debug, Clone)]
struct NumberedFile {
    file: DataFile,
    form: Form,
    /// Its path as rows show it.
    name: String,
}

/// Some files, read one after another.
#[derive(Debug, Clone)]
struct NumberedFiles {
    files: Arc<[NumberedFile]>,
    /// The columns that the files hold.
    file_schema: SchemaRef,
    schema: SchemaRef,
    partition_types: Arc<[DataType]>,
}

impl PartitionStream for NumberedFiles {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStreamBuilder::new(Arc::clone(&self.schema), BATCHES_WAITING);
        let sender = builder.tx();
        let this = self.clone();
        builder.spawn_blocking(move || {
            this.read(|batch| {
                let gone = |_| Error::new(ErrorKind::Interrupted, "reading was cancelled");
                sender.blocking_send(Ok(batch)).map_err(gone)
            })
            .map_err(outside)
        });
        builder.build()
    }
}

impl NumberedFiles {
    fn read(&self, mut each: impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        for numbered in self.files.iter() {
            numbered.file.check_unchanged()?;
            records::read(&numbered.file, &numbered.form, &self.file_schema, |records| {
                let batch = self.batch(numbered, records);
                each(batch.map_err(|error| {
                    Error::data(format!("`{}` cannot be read", numbered.file.shown)).caused_by(error)
                })?)
            })?;
        }
        Ok(())
    }

    fn batch(&self, numbered: &NumberedFile, records: Records) -> EngineResult<RecordBatch> {
        let rows = records.lines.len();
        let mut columns = records.columns;
        for (value, data_type) in numbered.file.partitions.iter().zip(self.partition_types.iter()) {
            columns.push(ScalarValue::try_from_string(value.clone(), data_type)?.to_array_of_size(rows)?);
        }
        let names: ArrayRef = ScalarValue::Utf8View(Some(numbered.name.clone())).to_array_of_size(rows)?;
        columns.push(names);
        columns.push(Arc::new(Int64Array::from_iter_values(
            records.lines.iter().map(|line| line.cast_signed()),
        )));
        columns.push(Arc::new(StringViewArray::from_iter_values(records.raw)));
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}
