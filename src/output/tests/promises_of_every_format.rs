//! What holds for each of the formats.

use arrow::compute::concat_batches;

use super::*;
use crate::error::ErrorKind;

fn pieces(rows: &RecordBatch, lengths: &[usize]) -> Vec<RecordBatch> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    for length in lengths.iter().cycle() {
        if start >= rows.num_rows() {
            break;
        }
        let length = (*length).min(rows.num_rows() - start);
        pieces.push(rows.slice(start, length));
        start += length;
        if lengths.iter().all(|length| *length == 0) {
            pieces.push(rows.slice(start, rows.num_rows() - start));
            break;
        }
    }
    pieces
}

/// The same rows in fresh arrays: own dictionaries, no common buffers.
fn rebuilt(piece: &RecordBatch) -> RecordBatch {
    let empty = piece.slice(0, 0);
    concat_batches(&piece.schema(), [&empty, piece]).unwrap()
}

fn same_bytes(rows: &RecordBatch, lengths: &[usize]) {
    for format in Format::ALL {
        for style in
            [Style::default(), Style { width: Some(80), rows_max: Some(4), color: true, ..Style::default() }]
        {
            let whole = render(format, &rows.schema(), std::slice::from_ref(rows), &style);
            let cut: Vec<_> = pieces(rows, lengths).iter().map(rebuilt).collect();
            let cut = render(format, &rows.schema(), &cut, &style);
            assert!(whole == cut, "{format} depends on the batches {lengths:?}");
        }
    }
}

#[test]
fn batch_boundaries_leave_no_trace() {
    let rows = company();
    // Every way to cut six rows in up to three places, empty batches included.
    for first in 0..=6 {
        for second in 0..=6 - first {
            same_bytes(&rows, &[first, second, 6 - first - second]);
        }
    }
}

#[test]
fn batch_boundaries_leave_no_trace_across_portions_and_row_groups() {
    same_bytes(&many(20_500), &[1_000, 1, 4_097, 0, 333]);
}

#[test]
fn what_stands_under_a_null_is_not_written() {
    let nulls = || Some(vec![true, false].into());
    let hidden = |under: i64| batch(vec![("n", Arc::new(Int64Array::new(vec![1, under].into(), nulls())))]);
    for format in Format::ALL {
        let bytes = |rows: RecordBatch| render(format, &rows.schema(), &[rows], &Style::default()).0;
        assert!(bytes(hidden(0)) == bytes(hidden(42)), "{format}");
    }
}

#[test]
fn no_rows_still_have_a_header() {
    let schema = Arc::new(Schema::new(vec![
        Field::new("customer", DataType::Utf8View, true),
        Field::new("margin", DataType::Decimal128(18, 4), true),
    ]));
    for batches in [vec![], vec![RecordBatch::new_empty(Arc::clone(&schema))]] {
        for format in Format::ALL {
            let (bytes, summary) = render(format, &schema, &batches, &Style::default());
            assert_eq!(summary, Summary::default(), "{format}");
            let text = String::from_utf8_lossy(&bytes);
            match format {
                Format::Csv => assert_eq!(text, "customer,margin\n"),
                Format::Tsv => assert_eq!(text, "customer\tmargin\n"),
                Format::Json => assert_eq!(text, "[]\n"),
                Format::Ndjson => assert_eq!(text, ""),
                Format::Markdown => assert_eq!(text, "| customer | margin |\n| -------- | -----: |\n"),
                Format::Expanded => {
                    assert_eq!(text, "─[ no rows ]─\ncustomer │\nmargin   │\n");
                }
                Format::Table => assert_eq!(
                    text,
                    "╭──────────┬────────╮\n│ customer │ margin │\n├──────────┼────────┤\n╰──────────┴────────╯\n"
                ),
                Format::Html => {
                    assert!(text.contains("<th>customer</th><th class=\"n\">margin</th>"), "{text}")
                }
                // Read back in `files_read_back` and `xlsx_cells_are_typed`.
                Format::Parquet | Format::Arrow | Format::Xlsx => assert!(!bytes.is_empty()),
            }
        }
    }
}

/// Fails like a pipe whose reader went away, or like a full disk.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_told_apart_from_a_full_disk() {
    let rows = company();
    for format in Format::ALL {
        for (io, kind) in [
            (io::ErrorKind::BrokenPipe, ErrorKind::BrokenPipe),
            (io::ErrorKind::StorageFull, ErrorKind::Data),
        ] {
            let write = || -> Result<Summary> {
                let mut sink = open(format, rows.schema(), Box::new(Failing(io)), &Style::default())?;
                sink.write(&rows)?;
                sink.finish()
            };
            let error = write().unwrap_err();
            assert_eq!(error.kind(), kind, "{format}: {error}");
            if kind == ErrorKind::Data {
                assert_eq!(
                    error.message(),
                    "cannot write the output: no space left on the device",
                    "{format}"
                );
            }
        }
    }
}

#[test]
fn a_sink_that_is_dropped_early_writes_nothing_more() {
    for format in Format::ALL {
        let arrived = Arrived::default();
        let rows = company();
        let mut sink = open(format, rows.schema(), Box::new(arrived.clone()), &Style::default()).unwrap();
        sink.write(&rows).unwrap();
        drop(sink);
        assert_eq!(arrived.bytes(), b"", "{format}");
    }
}

#[test]
fn a_batch_of_another_schema_is_refused() {
    let mut sink = open(Format::Csv, company().schema(), Box::new(io::sink()), &Style::default()).unwrap();
    let error = sink.write(&many(1)).unwrap_err();
    assert_eq!(error.message(), "the result has 3 columns where 12 were announced");
}

#[test]
fn the_announced_names_are_written_not_those_of_the_batch() {
    let announced = Arc::new(Schema::new(vec![Field::new("sum(x) / 2", DataType::Int64, false)]));
    let internal = batch(vec![("sum(t.x) / Int64(2)", Arc::new(Int64Array::from(vec![Some(7), None])))]);
    for format in Format::ALL.into_iter().filter(|format| !format.is_binary()) {
        let bytes = render(format, &announced, std::slice::from_ref(&internal), &Style::default()).0;
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("sum(x) / 2") && !text.contains("Int64"), "{format}: {text}");
    }
}
