//! Rows of a table under construction: values go in by column, Arrow batches come out.
//!
//! Knows types, not meanings. Next: `files`, which takes the batches.

use std::fmt::{Arguments, Write};

use arrow::{
    array::{
        ArrayRef, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder,
        TimestampMicrosecondBuilder,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use std::sync::Arc;

use super::{calendar::Day, company::Money};
use crate::error::{Error, ErrorKind, Result};

/// Rows per batch; fixed, because the pages of a Parquet file depend on it.
pub(super) const BATCH_ROWS: usize = 65_536;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// UTF-8 text; ids are text too.
    Text,
    /// DECIMAL(18,4).
    Money,
    /// DECIMAL(18,8), for exchange rates.
    Rate,
    /// DECIMAL(9,6), for shares that add to 1.
    Share,
    /// DECIMAL(18,6), for minutes times a share.
    Minutes,
    /// BIGINT.
    Integer,
    /// DATE.
    Date,
    /// TIMESTAMP in microseconds, without time zone.
    Timestamp,
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Kind::Text => DataType::Utf8,
            Kind::Money => DataType::Decimal128(18, 4),
            Kind::Rate => DataType::Decimal128(18, 8),
            Kind::Share => DataType::Decimal128(9, 6),
            Kind::Minutes => DataType::Decimal128(18, 6),
            Kind::Integer => DataType::Int64,
            Kind::Date => DataType::Date32,
            Kind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }
}

enum Column {
    Text(StringBuilder),
    Decimal(Decimal128Builder),
    Integer(Int64Builder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
}

/// Rows that are not in a batch yet. Values are given in the order of the columns.
pub(super) struct Rows {
    schema: SchemaRef,
    columns: Vec<Column>,
    next: usize,
    count: usize,
}

impl Rows {
    pub(super) fn new(columns: &[(&str, Kind)]) -> Self {
        let fields: Vec<Field> =
            columns.iter().map(|(name, kind)| Field::new(*name, kind.data_type(), true)).collect();
        let columns = fields
            .iter()
            .map(|field| match field.data_type() {
                DataType::Utf8 => Column::Text(StringBuilder::new()),
                DataType::Int64 => Column::Integer(Int64Builder::new()),
                DataType::Date32 => Column::Date(Date32Builder::new()),
                DataType::Timestamp(..) => Column::Timestamp(TimestampMicrosecondBuilder::new()),
                decimal => Column::Decimal(Decimal128Builder::new().with_data_type(decimal.clone())),
            })
            .collect();
        Self { schema: Arc::new(Schema::new(fields)), columns, next: 0, count: 0 }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn text(&mut self, value: &str) {
        match self.advance() {
            Column::Text(builder) => builder.append_value(value),
            _ => unreachable_type("text"),
        }
    }

    /// Text made on the fly, without an allocation of its own.
    pub(super) fn format(&mut self, value: Arguments<'_>) {
        match self.advance() {
            Column::Text(builder) => {
                builder.write_fmt(value).expect("a builder of text takes every text");
                builder.append_value("");
            }
            _ => unreachable_type("text"),
        }
    }

    /// Money, a rate or a share, in units of the column's last digit.
    pub(super) fn units(&mut self, value: i64) {
        match self.advance() {
            Column::Decimal(builder) => builder.append_value(i128::from(value)),
            _ => unreachable_type("a decimal"),
        }
    }

    pub(super) fn money(&mut self, value: Money) {
        self.units(value);
    }

    pub(super) fn integer(&mut self, value: u64) {
        match self.advance() {
            Column::Integer(builder) => builder.append_value(i64::try_from(value).unwrap_or(i64::MAX)),
            _ => unreachable_type("an integer"),
        }
    }

    pub(super) fn date(&mut self, value: Day) {
        match self.advance() {
            Column::Date(builder) => builder.append_value(value),
            _ => unreachable_type("a date"),
        }
    }

    /// A time as seconds since 1970-01-01.
    pub(super) fn timestamp(&mut self, seconds: i64) {
        match self.advance() {
            Column::Timestamp(builder) => builder.append_value(seconds * 1_000_000),
            _ => unreachable_type("a timestamp"),
        }
    }

    pub(super) fn null(&mut self) {
        match self.advance() {
            Column::Text(builder) => builder.append_null(),
            Column::Decimal(builder) => builder.append_null(),
            Column::Integer(builder) => builder.append_null(),
            Column::Date(builder) => builder.append_null(),
            Column::Timestamp(builder) => builder.append_null(),
        }
    }

    /// Whether a batch is due.
    pub(super) fn is_full(&self) -> bool {
        self.count >= BATCH_ROWS && self.next == 0
    }

    /// Takes the rows out as a batch.
    pub(super) fn finish(&mut self) -> Result<RecordBatch> {
        assert_eq!(self.next, 0, "a row has a value for every column");
        self.count = 0;
        let arrays: Vec<ArrayRef> = self
            .columns
            .iter_mut()
            .map(|column| -> ArrayRef {
                match column {
                    Column::Text(builder) => Arc::new(builder.finish()),
                    Column::Decimal(builder) => Arc::new(builder.finish()),
                    Column::Integer(builder) => Arc::new(builder.finish()),
                    Column::Date(builder) => Arc::new(builder.finish()),
                    Column::Timestamp(builder) => Arc::new(builder.finish()),
                }
            })
            .collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(|error| {
            Error::new(ErrorKind::Internal, "the columns of a sample table do not fit together")
                .caused_by(error)
        })
    }

    fn advance(&mut self) -> &mut Column {
        let position = self.next;
        self.next += 1;
        if self.next == self.columns.len() {
            self.next = 0;
            self.count += 1;
        }
        &mut self.columns[position]
    }
}

/// A table's own code gives a value of another type than its columns say: only a defect here can do that.
#[cold]
fn unreachable_type(given: &str) -> ! {
    panic!("a column of another type was given {given}")
}
