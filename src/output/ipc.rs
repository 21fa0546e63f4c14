//! Arrow IPC file format (Feather, version 2), uncompressed, so that readers can map it into memory.

use std::sync::Arc;

use arrow::{
    array::{Array, RecordBatch, RecordBatchOptions},
    datatypes::Fields,
    error::ArrowError,
    ipc::writer::FileWriter,
    row::{RowConverter, SortField},
};

use super::{
    Sink, Summary,
    plain::{self, Recut},
    target::{Target, failed},
};
use crate::error::Result;

/// Rows per record batch of the file; texts of 128 KiB each still stay below the 2 GiB of one array.
const BATCH_ROWS: usize = 16_384;

pub(super) struct Ipc {
    writer: FileWriter<Target>,
    recut: Recut,
    rows_of_values: RowConverter,
    rows: u64,
}

impl Ipc {
    pub(super) fn open(fields: &Fields, target: Target) -> Result<Self> {
        let schema = plain::schema(fields);
        let sort_fields = schema.fields().iter().map(|field| SortField::new(field.data_type().clone()));
        let rows_of_values =
            RowConverter::new(sort_fields.collect()).map_err(|error| failed("Arrow", error))?;
        let writer = FileWriter::try_new(target, &schema).map_err(|error| failed("Arrow", error))?;
        Ok(Self { writer, recut: Recut::new(schema, BATCH_ROWS), rows_of_values, rows: 0 })
    }

    fn drain(&mut self) -> Result<()> {
        while let Some(batch) = self.recut.next() {
            self.rebuild(&batch)
                .and_then(|batch| self.writer.write(&batch))
                .map_err(|error| failed("Arrow", error))?;
        }
        Ok(())
    }

    /// Rebuilds the arrays from their values. What stands under a NULL, or behind the end of a slice, is
    /// whatever the plan happened to leave there; the file would hold it, and differ from run to run.
    fn rebuild(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        if batch.num_columns() == 0 {
            return Ok(batch.clone());
        }
        let rows = self.rows_of_values.convert_columns(batch.columns())?;
        let rebuilt = self.rows_of_values.convert_rows(&rows)?;
        let columns = rebuilt.into_iter().zip(batch.columns()).map(|(rebuilt, original)| {
            if rebuilt.data_type() == original.data_type() { rebuilt } else { Arc::clone(original) }
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)
    }
}

impl Sink for Ipc {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.recut.push(batch).map_err(|error| failed("Arrow", error))?;
        self.drain()
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.recut.end().map_err(|error| failed("Arrow", error))?;
        self.drain()?;
        let mut target = self.writer.into_inner().map_err(|error| failed("Arrow", error))?;
        target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}
