//! Parquet and Arrow files, read by their own readers.

use ::parquet::{
    arrow::arrow_reader::ParquetRecordBatchReaderBuilder,
    file::reader::{FileReader as _, SerializedFileReader},
};
use arrow::{array::AsArray, compute::concat_batches, ipc::reader::FileReader};

use super::*;

fn file_of(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn parquet_rows(bytes: Vec<u8>) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file_of(&bytes)).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<_> = reader.build().unwrap().map(|batch| batch.unwrap()).collect();
    concat_batches(&schema, &batches).unwrap()
}

fn arrow_rows(bytes: Vec<u8>) -> RecordBatch {
    let reader = FileReader::try_new(io::Cursor::new(bytes), None).unwrap();
    let schema = reader.schema();
    let batches: Vec<_> = reader.map(|batch| batch.unwrap()).collect();
    concat_batches(&schema, &batches).unwrap()
}

/// The rows as text, which does not see encodings.
fn spelled(rows: &RecordBatch) -> String {
    text_of(Format::Csv, rows, &Style::default())
}

#[test]
fn every_value_returns_from_parquet_and_arrow() {
    for rows in [company(), many(20_500)] {
        let bytes = |format| render(format, &rows.schema(), std::slice::from_ref(&rows), &Style::default()).0;
        for back in [parquet_rows(bytes(Format::Parquet)), arrow_rows(bytes(Format::Arrow))] {
            assert_eq!(spelled(&back), spelled(&rows));
            for (before, after) in rows.schema().fields().iter().zip(back.schema().fields()) {
                match before.data_type() {
                    DataType::Utf8View | DataType::Dictionary(_, _) => {
                        assert_eq!(after.data_type(), &DataType::Utf8);
                    }
                    other => assert_eq!(after.data_type(), other),
                }
            }
        }
    }
}

#[test]
fn no_rows_still_have_their_schema() {
    let schema = company().schema();
    let parquet = parquet_rows(render(Format::Parquet, &schema, &[], &Style::default()).0);
    let arrow = arrow_rows(render(Format::Arrow, &schema, &[], &Style::default()).0);
    for back in [parquet, arrow] {
        assert_eq!(back.num_rows(), 0);
        assert_eq!(back.schema().field(2).data_type(), &DataType::Decimal128(38, 4));
        assert_eq!(back.schema().fields().len(), schema.fields().len());
    }
}

#[test]
fn dictionaries_that_differ_from_batch_to_batch_are_one_column() {
    let one = |value: &str| {
        let segment: DictionaryArray<arrow::datatypes::Int8Type> = vec![value; 2].into_iter().collect();
        batch(vec![("segment", Arc::new(segment))])
    };
    // More values than the keys' type can count.
    let batches: Vec<_> = (0..300).map(|number| one(&format!("segment {number}"))).collect();
    let bytes = render(Format::Arrow, &batches[0].schema(), &batches, &Style::default()).0;
    let back = arrow_rows(bytes);
    assert_eq!(back.num_rows(), 600);
    assert_eq!(back.column(0).as_string::<i32>().value(599), "segment 299");
}

#[test]
fn parquet_says_who_wrote_it_and_has_statistics() {
    let rows = many(5_000);
    let bytes = render(Format::Parquet, &rows.schema(), std::slice::from_ref(&rows), &Style::default()).0;
    let reader = SerializedFileReader::new(file_of(&bytes)).unwrap();
    let metadata = reader.metadata();
    assert!(metadata.file_metadata().created_by().unwrap().starts_with("marginql version "));
    let tickets = metadata.row_group(0).column(2);
    assert!(matches!(tickets.compression(), ::parquet::basic::Compression::ZSTD(_)));
    let statistics = tickets.statistics().unwrap();
    assert_eq!(statistics.max_bytes_opt().unwrap(), 4_999i32.to_le_bytes());
}

#[test]
fn a_type_that_parquet_does_not_know_is_refused_before_any_row() {
    let schema = Schema::new(vec![Field::new(
        "lasting",
        DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano),
        true,
    )]);
    let error =
        open(Format::Parquet, Arc::new(schema), Box::new(io::sink()), &Style::default()).err().unwrap();
    assert!(error.message().starts_with("Parquet cannot hold column `lasting` of type `Interval"), "{error}");
}
