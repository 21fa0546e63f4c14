//! Parquet: zstd, statistics, row groups that a reader can skip and share out among its threads.

use ::parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::{EnabledStatistics, WriterProperties},
};
use std::sync::Arc;

use arrow::{
    array::{RecordBatch, new_null_array},
    datatypes::{FieldRef, Fields, Schema},
};

use super::{
    Sink, Summary,
    plain::{self, Recut},
    target::{Target, failed},
};
use crate::error::{Error, Result};

/// Small enough for eight readers on two million rows, large enough that dictionaries pay.
const ROW_GROUP_ROWS: usize = 262_144;

/// Rows handed to the writer at a time. It ends pages only between such portions, so that the size is part
/// of the bytes; four of the writer's own batches of 1,024.
const PORTION_ROWS: usize = 4096;

const CREATED_BY: &str = concat!("marginql version ", env!("CARGO_PKG_VERSION"));

pub(super) struct Parquet {
    writer: ArrowWriter<Target>,
    recut: Recut,
    rows: u64,
}

impl Parquet {
    pub(super) fn open(fields: &Fields, target: Target) -> Result<Self> {
        let schema = plain::schema(fields);
        for field in schema.fields() {
            probe(field).map_err(|error| {
                let (name, data_type) = (field.name(), field.data_type());
                Error::query(format!("Parquet cannot hold column `{name}` of type `{data_type}`"))
                    .hint("write it as text, with a cast to TEXT in the query, or choose another format")
                    .caused_by(error)
            })?;
        }
        let level = ZstdLevel::try_new(3).map_err(|error| failed("Parquet", error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(CREATED_BY.to_owned())
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Page)
            .build();
        let writer = ArrowWriter::try_new(target, Arc::clone(&schema), Some(properties))
            .map_err(|error| failed("Parquet", error))?;
        Ok(Self { writer, recut: Recut::new(schema, PORTION_ROWS), rows: 0 })
    }

    fn drain(&mut self) -> Result<()> {
        while let Some(portion) = self.recut.next() {
            self.writer.write(&portion).map_err(|error| failed("Parquet", error))?;
        }
        Ok(())
    }
}

/// Writes a NULL of the field's type to nowhere: some types are refused only once there is a row, which is
/// too late for a query that has run for an hour.
fn probe(field: &FieldRef) -> Result<(), ParquetError> {
    let schema = Arc::new(Schema::new(vec![Arc::clone(field)]));
    let mut writer = ArrowWriter::try_new(std::io::sink(), Arc::clone(&schema), None)?;
    writer.write(&RecordBatch::try_new(schema, vec![new_null_array(field.data_type(), 1)])?)?;
    writer.close()?;
    Ok(())
}

impl Sink for Parquet {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.recut.push(batch).map_err(|error| failed("Parquet", error))?;
        self.drain()
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.recut.end().map_err(|error| failed("Parquet", error))?;
        self.drain()?;
        let mut target = self.writer.into_inner().map_err(|error| failed("Parquet", error))?;
        target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}
