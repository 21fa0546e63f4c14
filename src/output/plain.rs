//! Batches for files: plain types, and cuts that depend on the rows alone.
//!
//! The engine's encodings are its own affair: whether a text column is `Utf8`, `Utf8View` or a dictionary
//! depends on the plan, and not every reader of a file understands them all. Files carry `Utf8` and
//! `Binary`, dictionaries and runs as their values. Every column is nullable, as in any SQL result.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, RecordBatch, RecordBatchOptions},
    compute::{BatchCoalescer, cast},
    datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef},
    error::ArrowError,
};

/// The schema as files carry it. Metadata of the query's source does not describe the query's result.
pub(super) fn schema(fields: &Fields) -> SchemaRef {
    let fields = fields.iter().map(|field| {
        let name = field.name().as_str();
        Field::new(name, plain(field.data_type()), true).with_metadata(field.metadata().clone())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(item) | DataType::ListView(item) => DataType::List(plain_field(item)),
        DataType::LargeList(item) | DataType::LargeListView(item) => DataType::LargeList(plain_field(item)),
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(plain_field(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        DataType::Map(entries, sorted) => DataType::Map(plain_field(entries), *sorted),
        other => other.clone(),
    }
}

fn plain_field(field: &FieldRef) -> FieldRef {
    Arc::new(field.as_ref().clone().with_data_type(plain(field.data_type())))
}

/// The batch with dictionaries, also nested ones, replaced by their values; cheap if there are none.
pub(super) fn resolve_dictionaries(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    if !batch.schema_ref().fields().iter().any(|field| has_dictionary(field.data_type())) {
        return Ok(batch.clone());
    }
    conform(batch, &schema(batch.schema_ref().fields()))
}

fn has_dictionary(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, _) => true,
        DataType::RunEndEncoded(_, field)
        | DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => has_dictionary(field.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| has_dictionary(field.data_type())),
        _ => false,
    }
}

fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        if array.data_type() == field.data_type() {
            Ok(Arc::clone(array))
        } else {
            cast(array, field.data_type())
        }
    });
    let columns: Vec<ArrayRef> = columns.collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

/// Cuts rows into batches of one size, whatever the batches they come in.
pub(super) struct Recut {
    schema: SchemaRef,
    coalescer: BatchCoalescer,
}

impl Recut {
    pub(super) fn new(schema: SchemaRef, rows: usize) -> Self {
        let coalescer = BatchCoalescer::new(Arc::clone(&schema), rows);
        Self { schema, coalescer }
    }

    pub(super) fn push(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.coalescer.push_batch(conform(batch, &self.schema)?)
    }

    /// Ends the input: what is left becomes a last, shorter batch.
    pub(super) fn end(&mut self) -> Result<(), ArrowError> {
        self.coalescer.finish_buffered_batch()
    }

    pub(super) fn next(&mut self) -> Option<RecordBatch> {
        self.coalescer.next_completed_batch()
    }
}
