//! What the sinks promise together, and the rows and the reader's end that the tests share.

mod files_read_back;
mod promises_of_every_format;
mod text_formats_spell_exactly;
mod the_table_fits_the_terminal;
mod xlsx_cells_are_typed;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
        Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StringViewArray, StructArray,
        TimestampMicrosecondArray,
    },
    datatypes::{DataType, Field, Int32Type, Schema},
};

use super::{Format, Sink, Style, Summary, open};
use crate::error::Result;

/// The bytes that arrived.
#[derive(Clone, Default)]
struct Arrived(Arc<Mutex<Vec<u8>>>);

impl Arrived {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Arrived {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn render(
    format: Format,
    schema: &Arc<Schema>,
    batches: &[RecordBatch],
    style: &Style,
) -> (Vec<u8>, Summary) {
    let arrived = Arrived::default();
    let mut sink = open(format, Arc::clone(schema), Box::new(arrived.clone()), style).unwrap();
    for batch in batches {
        sink.write(batch).unwrap();
    }
    let summary = sink.finish().unwrap();
    (arrived.bytes(), summary)
}

/// What `format` makes of one batch, as text.
fn text_of(format: Format, batch: &RecordBatch, style: &Style) -> String {
    String::from_utf8(render(format, &batch.schema(), std::slice::from_ref(batch), style).0).unwrap()
}

/// A batch of nullable columns.
fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<_> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

fn money(units: Vec<Option<i128>>, scale: i8) -> ArrayRef {
    Arc::new(Decimal128Array::from(units).with_precision_and_scale(38, scale).unwrap())
}

/// Six rows of the most usual types, with NULLs, text that needs care, and a dictionary.
fn company() -> RecordBatch {
    let customers =
        vec![Some("ACME"), Some("a,\"b\"\nc|d\te"), Some(""), None, Some("顧客 <i>&amp;"), Some("=1+1")];
    let segments: DictionaryArray<Int32Type> =
        vec![Some("smb"), None, Some("ent"), Some("smb"), Some("ent"), None].into_iter().collect();
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>([
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
        Some(vec![Some(-3)]),
        None,
        Some(vec![Some(7)]),
    ]);
    let point = StructArray::from(vec![(
        Arc::new(Field::new("x", DataType::Utf8, true)),
        Arc::new(StringArray::from(vec![Some("p"), None, Some(""), Some("q"), Some("r"), None])) as ArrayRef,
    )]);
    let dates = vec![Some(20_454), Some(-1), None, Some(0), Some(2_932_896), Some(-25_567)];
    let times =
        vec![Some(1_767_261_600_000_000), Some(1_767_261_600_123_000), None, Some(0), Some(-1), Some(1)];
    batch(vec![
        ("customer", Arc::new(StringViewArray::from(customers))),
        ("segment", Arc::new(segments)),
        (
            "revenue",
            money(vec![Some(12_345_000), Some(-50_000), Some(0), None, Some(i128::MAX / 2), Some(-1)], 4),
        ),
        (
            "tickets",
            Arc::new(Int64Array::from(vec![
                Some(3),
                None,
                Some(i64::MIN),
                Some(0),
                Some(i64::MAX),
                Some(-7),
            ])),
        ),
        (
            "score",
            Arc::new(Float64Array::from(vec![
                Some(0.1),
                Some(f64::NAN),
                Some(-1e300),
                None,
                Some(f64::INFINITY),
                Some(2.0),
            ])),
        ),
        (
            "active",
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true), Some(false), None])),
        ),
        ("since", Arc::new(Date32Array::from(dates))),
        ("seen", Arc::new(TimestampMicrosecondArray::from(times.clone()))),
        ("seen_at", Arc::new(TimestampMicrosecondArray::from(times).with_timezone("+02:00"))),
        (
            "hash",
            Arc::new(BinaryArray::from_opt_vec(vec![
                Some(&[0, 255]),
                None,
                Some(&[]),
                Some(&[16]),
                None,
                Some(&[1]),
            ])),
        ),
        ("tags", Arc::new(tags)),
        ("point", Arc::new(point)),
    ])
}

/// Many small rows, wide ones late, to pass every internal limit of rows.
fn many(rows: i64) -> RecordBatch {
    let names =
        (0..rows).map(|row| if row % 9_001 == 9_000 { "x".repeat(30) } else { format!("customer {row}") });
    batch(vec![
        ("customer", Arc::new(names.map(Some).collect::<StringArray>())),
        (
            "margin",
            money((0..rows).map(|row| (row % 7 != 0).then_some(i128::from(row * row - 5_000))).collect(), 2),
        ),
        ("tickets", Arc::new((0..rows).map(|row| i32::try_from(row).ok()).collect::<Int32Array>())),
    ])
}
