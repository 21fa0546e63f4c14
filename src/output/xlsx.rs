//! An Excel workbook with typed cells, a frozen bold heading and a filter; rows go to disk as they come.
//!
//! When a sheet is full, the rows go on in another one with its own heading. Text is written as text, so
//! nothing in the data can become a formula. NULL and the empty text are both an empty cell.

use std::collections::BTreeMap;

use arrow::{
    array::RecordBatch,
    datatypes::{Fields, SchemaRef},
};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::{
    Sink, Style, Summary, screen,
    target::{Target, failed},
    text::{self, Kind},
    xlsx_cell::{Cell, TEXT_MAX, cell, number_format},
};
use crate::error::{Error, Result};

/// The rows of a sheet, the heading included.
pub(super) const SHEET_ROWS_MAX: u32 = 1_048_576;

const SHEET_COLUMNS_MAX: usize = 16_384;

/// Rows that decide how wide the columns are.
const FITTED_ROWS: u64 = 1000;

/// Beyond this many cells, a sheet's XML may pass the 4 GiB of an ordinary ZIP entry.
const CELLS_BEFORE_ZIP64: u64 = 20_000_000;

pub(super) struct Xlsx {
    target: Target,
    workbook: Workbook,
    title: Option<String>,
    sheets: usize,
    /// The sheets of earlier tables.
    sheets_before: usize,
    sheet_rows_max: u32,
    /// The next row of the current sheet.
    next_row: u32,
    columns: Vec<Column>,
    formats: Formats,
    summary: Summary,
    raw: String,
}

struct Column {
    name: String,
    kind: Kind,
    width: usize,
    format: Option<CellFormat>,
}

impl Xlsx {
    pub(super) fn open(fields: &Fields, target: Target, style: &Style, sheet_rows_max: u32) -> Result<Self> {
        let mut sink = Self {
            target,
            workbook: Workbook::new(),
            title: style.title.as_deref().and_then(sheet_name),
            sheets: 0,
            sheets_before: 0,
            sheet_rows_max,
            next_row: 0,
            columns: columns(fields)?,
            formats: Formats::new(),
            summary: Summary::default(),
            raw: String::new(),
        };
        // The time of writing would make the same rows other bytes.
        let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(broken)?;
        sink.workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        sink.begin_sheet()?;
        Ok(sink)
    }

    fn begin_sheet(&mut self) -> Result<()> {
        self.sheets += 1;
        let number = match self.title {
            Some(_) => self.sheets - self.sheets_before,
            None => self.sheets,
        };
        let name = numbered_name(self.title.as_deref(), number);
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(broken)?;
        sheet.set_name(name).map_err(broken)?;
        sheet.set_freeze_panes(1, 0).map_err(broken)?;
        for (index, column) in (0u16..).zip(&self.columns) {
            check_length(&column.name, "the heading", &column.name)?;
            let format =
                if column.kind.is_number() { &self.formats.heading_right } else { &self.formats.heading };
            sheet.write_string_with_format(0, index, &column.name, format).map_err(broken)?;
        }
        self.next_row = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<()> {
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1).map_err(broken)?;
        if let Some(last) = self.columns.len().checked_sub(1) {
            let last = u16::try_from(last).unwrap_or(u16::MAX);
            sheet.autofilter(0, 0, self.next_row - 1, last).map_err(broken)?;
        }
        Ok(())
    }

    /// Ends the last sheet of a table, and makes the columns of its sheets as wide as what is in them.
    fn end_table(&mut self) -> Result<()> {
        self.end_sheet()?;
        for sheet in self.workbook.worksheets_mut().iter_mut().skip(self.sheets_before) {
            for (index, column) in (0u16..).zip(&self.columns) {
                let width = u32::try_from(column.width.clamp(8, 60)).unwrap_or(60);
                sheet.set_column_width(index, width).map_err(broken)?;
            }
        }
        Ok(())
    }

    fn write_row(&mut self, values: &[text::Column<'_>], row: usize) -> Result<()> {
        if self.next_row == self.sheet_rows_max {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.summary.rows += 1;
        let is_fitted = self.summary.rows <= FITTED_ROWS;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1).map_err(broken)?;
        for ((index, column), value) in (0u16..).zip(&mut self.columns).zip(values) {
            if value.is_null(row) {
                continue;
            }
            self.raw.clear();
            value.write(row, &mut self.raw)?;
            let cell = cell(column.kind, &self.raw);
            if is_fitted {
                column.width = column.width.max(shown_width(column.kind, &self.raw));
            }
            match cell {
                Cell::Exact(_) => self.summary.numbers_as_text += 1,
                Cell::Text(text) => {
                    check_length(text, &format!("row {}", self.summary.rows), &column.name)?;
                }
                _ => {}
            }
            put(sheet, (self.next_row, index), cell, column.format.as_ref(), &mut self.formats)
                .map_err(broken)?;
        }
        self.next_row += 1;
        Ok(())
    }
}

impl Sink for Xlsx {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let values = text::columns(batch)?;
        (0..batch.num_rows()).try_for_each(|row| self.write_row(&values, row))
    }

    fn next_table(&mut self, schema: SchemaRef, title: Option<&str>) -> Result<()> {
        self.end_table()?;
        self.title = title.and_then(sheet_name);
        self.sheets_before = self.sheets;
        self.columns = columns(schema.fields())?;
        self.begin_sheet()
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.end_table()?;
        if self.summary.rows.saturating_mul(self.columns.len() as u64) > CELLS_BEFORE_ZIP64 {
            self.workbook.use_zip_large_file(true);
        }
        self.workbook.save_to_writer(&mut self.target).map_err(broken)?;
        self.target.done()?;
        self.summary.rows_shown = self.summary.rows;
        Ok(self.summary)
    }
}

fn columns(fields: &Fields) -> Result<Vec<Column>> {
    if fields.len() > SHEET_COLUMNS_MAX {
        let count = fields.len();
        return Err(Error::query(format!("an Excel sheet has 16,384 columns, the result {count}"))
            .hint("select fewer columns, or write CSV or Parquet"));
    }
    let column = |field: &std::sync::Arc<arrow::datatypes::Field>| {
        let kind = Kind::of(field.data_type());
        let format = number_format(kind).map(|format| CellFormat::new().set_num_format(format));
        // Room for the filter's button beside the name.
        let width = screen::width(field.name()) + 3;
        Column { name: field.name().clone(), kind, width, format }
    };
    Ok(fields.iter().map(column).collect())
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell<'_>,
    number: Option<&CellFormat>,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(value) => match number {
            Some(format) => sheet.write_number_with_format(row, column, value, format)?,
            None => sheet.write_number(row, column, value)?,
        },
        Cell::Exact(text) => sheet.write_string_with_format(row, column, text, &formats.exact)?,
        Cell::Boolean(value) => sheet.write_boolean(row, column, value)?,
        Cell::Date(days) => sheet.write_number_with_format(row, column, days, &formats.date)?,
        Cell::Time { days, has_fraction } => {
            let format = formats.clock("", has_fraction, "");
            sheet.write_number_with_format(row, column, days, format)?
        }
        Cell::Timestamp { days, has_fraction, zone } => {
            let format = formats.clock("yyyy-mm-dd ", has_fraction, zone);
            sheet.write_number_with_format(row, column, days, format)?
        }
        Cell::Text(text) => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// How cells look, apart from each column's numbers.
struct Formats {
    heading: CellFormat,
    heading_right: CellFormat,
    exact: CellFormat,
    date: CellFormat,
    /// By the format's text: every offset from UTC has one, since Excel knows no zones.
    clocks: BTreeMap<String, CellFormat>,
}

impl Formats {
    fn new() -> Self {
        let heading = CellFormat::new().set_bold().set_border_bottom(FormatBorder::Thin);
        Self {
            heading_right: heading.clone().set_align(FormatAlign::Right),
            heading,
            exact: CellFormat::new().set_align(FormatAlign::Right).set_num_format("@"),
            date: CellFormat::new().set_num_format("yyyy-mm-dd"),
            clocks: BTreeMap::new(),
        }
    }

    fn clock(&mut self, day: &str, has_fraction: bool, zone: &str) -> &CellFormat {
        let fraction = if has_fraction { ".000" } else { "" };
        let zone = if zone.is_empty() { String::new() } else { format!("\"{zone}\"") };
        let text = format!("{day}hh:mm:ss{fraction}{zone}");
        self.clocks.entry(text).or_insert_with_key(|text| CellFormat::new().set_num_format(text))
    }
}

/// The width of a value as Excel shows it: decimals gain a comma per thousand.
fn shown_width(kind: Kind, text: &str) -> usize {
    let width = text.split('\n').map(screen::width).max().unwrap_or(0) + 1;
    match kind {
        Kind::Decimal { .. } => {
            let whole = text.split('.').next().unwrap_or(text).trim_start_matches('-').len();
            width + whole.saturating_sub(1) / 3
        }
        _ => width,
    }
}

fn check_length(text: &str, place: &str, column: &str) -> Result<()> {
    // No text has more units of UTF-16 than bytes, so that most need not be counted.
    if text.len() <= TEXT_MAX {
        return Ok(());
    }
    let length = text.encode_utf16().count();
    if length <= TEXT_MAX {
        return Ok(());
    }
    Err(Error::data(format!(
        "{place}, column `{column}`: a text of {length} characters does not fit into an Excel cell, which holds {TEXT_MAX}"
    ))
    .hint("shorten it in the query with `left(…, 32767)`, or write CSV or Parquet"))
}

/// A title as Excel accepts it for a sheet: 31 characters, none of `[]:*?/\`, no apostrophe at the ends.
fn sheet_name(title: &str) -> Option<String> {
    let replaced: String = title
        .chars()
        .map(|character| match character {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '-',
            character if character.is_control() => ' ',
            character => character,
        })
        .collect();
    let name = shortened(&replaced, 31);
    // Excel keeps this one name for itself.
    let name = if name.eq_ignore_ascii_case("history") { format!("{name} ") + "1" } else { name };
    (!name.is_empty()).then_some(name)
}

fn shortened(name: &str, units_max: usize) -> String {
    let mut units = 0;
    let kept: String = name
        .trim_matches(['\'', ' '])
        .chars()
        .take_while(|character| {
            units += character.len_utf16();
            units <= units_max
        })
        .collect();
    kept.trim_matches(['\'', ' ']).to_owned()
}

fn numbered_name(title: Option<&str>, number: usize) -> String {
    match title {
        None => format!("Sheet {number}"),
        Some(title) if number == 1 => title.to_owned(),
        Some(title) => {
            let suffix = format!(" {number}");
            shortened(title, 31 - suffix.len()) + &suffix
        }
    }
}

fn broken(error: XlsxError) -> Error {
    failed("Excel", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_title_becomes_a_name_that_excel_accepts() {
        assert_eq!(sheet_name("Margin 2026/01: top [10]?").unwrap(), "Margin 2026-01- top -10--");
        assert_eq!(sheet_name("'quoted'").unwrap(), "quoted");
        assert_eq!(sheet_name("history").unwrap(), "history 1");
        assert_eq!(sheet_name(" '' "), None);
        let long = sheet_name(&"Ümsätze 😀".repeat(10)).unwrap();
        assert!(long.encode_utf16().count() <= 31, "{long}");
        assert!(numbered_name(Some(&long), 12).encode_utf16().count() <= 31);
        assert!(numbered_name(Some(&long), 12).ends_with(" 12"));
    }
}
