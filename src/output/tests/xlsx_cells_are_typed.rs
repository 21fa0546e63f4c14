//! Excel workbooks, read by an independent reader.

use calamine::{Data, Reader, Xlsx as Workbook};

use super::super::{target::Target, xlsx::Xlsx};
use super::*;

fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut workbook = Workbook::new(io::Cursor::new(bytes)).unwrap();
    workbook
        .worksheets()
        .into_iter()
        .map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect()))
        .collect()
}

fn write(rows: &RecordBatch, style: &Style) -> (Vec<Vec<Data>>, Summary) {
    let (bytes, summary) = render(Format::Xlsx, &rows.schema(), std::slice::from_ref(rows), style);
    (sheets(bytes).remove(0).1, summary)
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn numbers_are_numbers_unless_digits_would_be_lost() {
    let rows = company().project(&[2, 3, 4, 5]).unwrap();
    let (cells, summary) = write(&rows, &Style::default());
    assert_eq!(cells[0], ["revenue", "tickets", "score", "active"].map(text));
    assert_eq!(cells[1], [Data::Float(1234.5), Data::Float(3.0), Data::Float(0.1), Data::Bool(true)]);
    assert_eq!(cells[2], [Data::Float(-5.0), Data::Empty, text("NaN"), Data::Bool(false)]);
    assert_eq!(cells[3][1], text("-9223372036854775808"));
    assert_eq!(cells[4][0], Data::Empty);
    assert_eq!(cells[5][0], text("8507059173023461586584365185794205.2863"));
    assert_eq!(summary.numbers_as_text, 3);
}

#[test]
fn dates_are_dates() {
    let (cells, summary) = write(&company().project(&[6, 7, 8]).unwrap(), &Style::default());
    let shown = |data: &Data| match data {
        Data::DateTime(days) => {
            let (year, month, day, hour, minute, second, millisecond) = days.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{millisecond:03}")
        }
        other => format!("{other:?}"),
    };
    assert_eq!(shown(&cells[1][0]), "2026-01-01 00:00:00.000");
    assert_eq!(shown(&cells[1][1]), "2026-01-01 10:00:00.000");
    assert_eq!(shown(&cells[2][1]), "2026-01-01 10:00:00.123");
    assert_eq!(shown(&cells[1][2]), "2026-01-01 12:00:00.000");
    assert_eq!(shown(&cells[5][0]), "9999-12-31 00:00:00.000");
    assert_eq!(shown(&cells[6][0]), "1900-01-01 00:00:00.000");
    assert_eq!(cells[6][1], text("1970-01-01 00:00:00.000001"));
    // Two columns of two microsecond times each.
    assert_eq!(summary.numbers_as_text, 4);
}

#[test]
fn text_is_text_even_if_it_looks_like_a_formula_or_an_escape() {
    let values = ["=1+1", "@x", "-2", "007", " padded ", "_x0041_", "\u{1}", "a\nb", "<&>"];
    let rows = batch(vec![("note", Arc::new(StringArray::from(values.to_vec())))]);
    let (bytes, _) = render(Format::Xlsx, &rows.schema(), std::slice::from_ref(&rows), &Style::default());
    let mut workbook = Workbook::new(io::Cursor::new(bytes)).unwrap();
    assert!(workbook.worksheet_formula("Sheet 1").unwrap().is_empty());
    let cells = workbook.worksheet_range("Sheet 1").unwrap();
    for (row, value) in values.iter().enumerate() {
        assert_eq!(cells.get((row + 1, 0)), Some(&text(value)), "{value:?}");
    }
}

#[test]
fn rows_go_on_in_another_sheet_with_its_own_header() {
    let rows = many(7);
    let arrived = Arrived::default();
    let style = Style { title: Some("Margins: all".to_owned()), ..Style::default() };
    let target = Target::new(Box::new(arrived.clone()));
    let mut sink = Xlsx::open(rows.schema().fields(), target, &style, 4).unwrap();
    sink.write(&rows).unwrap();
    assert_eq!(Box::new(sink).finish().unwrap().rows, 7);
    let sheets = sheets(arrived.bytes());
    let lengths: Vec<_> = sheets.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect();
    assert_eq!(lengths, [("Margins- all", 4), ("Margins- all 2", 4), ("Margins- all 3", 2)]);
    for (_, rows) in &sheets {
        assert_eq!(rows[0], ["customer", "margin", "tickets"].map(text));
    }
    assert_eq!(sheets[1].1[1][0], text("customer 3"));
    assert_eq!(sheets[2].1[1][0], text("customer 6"));
}

#[test]
fn no_rows_still_have_a_header() {
    let rows = company().slice(0, 0);
    let (cells, _) = write(&rows, &Style::default());
    assert_eq!(cells.len(), 1);
    assert_eq!(cells[0][0], text("customer"));
}

#[test]
fn a_text_that_is_too_long_is_an_error_with_its_place() {
    let long = "é".repeat(32_768);
    let rows = batch(vec![("note", Arc::new(StringArray::from(vec!["short", &long[..65_534], &long])))]);
    let mut sink = open(Format::Xlsx, rows.schema(), Box::new(io::sink()), &Style::default()).unwrap();
    let error = sink.write(&rows).unwrap_err();
    assert_eq!(
        error.message(),
        "row 3, column `note`: a text of 32768 characters does not fit into an Excel cell, which holds 32767"
    );
}
