//! Reads the cells of workbooks, of Excel old and new and of OpenDocument, and writes each value as text.
//!
//! The workbooks of today are streamed cell by cell; only their table of texts is in memory. The older forms are read
//! sheet by sheet. What becomes of the cells is for `sheet`.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{
    Data, DataRef, Error as CellError, ExcelDateTime, Ods, OdsError, Reader, SheetType, SheetVisible, Sheets,
    Xls, XlsError, Xlsb, XlsbError, Xlsx, XlsxError, open_workbook_from_rs,
};

use super::{
    compression,
    content::{self, Content},
    html,
    locate::DataFile,
    look,
    padding::Padding,
};
use crate::error::{Error, Result, file_error};

/// Doubles hold every whole number up to here exactly.
const EXACT_WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A day number that is past the last day of the year 9999 is not a date.
const DAYS_END: f64 = 2_958_466.0;

/// What the name of a table of a page begins with.
const TABLE: &str = "table ";

/// A workbook that was opened.
pub(super) struct Workbook {
    form: Form,
    shown: String,
}

/// What the cells are read from.
enum Form {
    Sheets(Box<Sheets<BufReader<File>>>),
    /// The tables of an HTML page, which are called `table 1` and so on.
    Page(Vec<html::Table>),
}

impl Workbook {
    /// Opens a workbook; what it is decides its content, not its name, except between the forms of zip archives.
    pub(super) fn open(file: &DataFile) -> Result<Self> {
        if file.bytes == 0 {
            return Err(Error::data(format!("`{}` is empty: it has 0 bytes", file.shown))
                .hint("export the file again, or leave it out"));
        }
        let failed = |error| file_error("read", Path::new(&file.shown), error);
        let first = compression::first_bytes(&file.path, 256)?;
        let opened = || File::open(&file.path).map(BufReader::new).map_err(failed);
        let name = file.path.to_string_lossy().to_ascii_lowercase();
        let sheets = match first.as_slice() {
            [b'P', b'K', ..] if name.ends_with(".ods") => {
                open_workbook_from_rs::<Ods<_>, _>(opened()?).map(Sheets::Ods).map_err(CellError::Ods)
            }
            [b'P', b'K', ..] if name.ends_with(".xlsb") => {
                open_workbook_from_rs::<Xlsb<_>, _>(opened()?).map(Sheets::Xlsb).map_err(CellError::Xlsb)
            }
            [b'P', b'K', ..] => {
                open_workbook_from_rs::<Xlsx<_>, _>(opened()?).map(Sheets::Xlsx).map_err(CellError::Xlsx)
            }
            // A new workbook that is encrypted lies in the container of the old ones.
            [0xd0, 0xcf, 0x11, 0xe0, ..] => match open_workbook_from_rs::<Xlsx<_>, _>(opened()?) {
                Err(XlsxError::Password) => Err(CellError::Xlsx(XlsxError::Password)),
                _ => open_workbook_from_rs::<Xls<_>, _>(opened()?).map(Sheets::Xls).map_err(CellError::Xls),
            },
            _ if content::of(file)? == Content::Html => {
                return Ok(Self { form: Form::Page(html::tables(file)?), shown: file.shown.clone() });
            }
            _ => {
                let (what, remedy) = look::describe(&first);
                return Err(
                    Error::data(format!("`{}` is not an Excel workbook: {what}", file.shown)).hint(remedy)
                );
            }
        };
        match sheets {
            Ok(sheets) => Ok(Self { form: Form::Sheets(Box::new(sheets)), shown: file.shown.clone() }),
            Err(error) => Err(unreadable(&file.shown, error)),
        }
    }

    /// The names of the sheets with cells, those that are shown before those that are hidden.
    pub(super) fn sheet_names(&self) -> Vec<String> {
        let sheets = match &self.form {
            Form::Sheets(sheets) => sheets,
            Form::Page(tables) => {
                return (1..=tables.len()).map(|number| format!("{TABLE}{number}")).collect();
            }
        };
        let sheets = sheets.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let (shown, hidden): (Vec<_>, Vec<_>) =
            sheets.partition(|sheet| sheet.visible == SheetVisible::Visible);
        shown.into_iter().chain(hidden).map(|sheet| sheet.name.clone()).collect()
    }

    /// Calls `cell` with row, column (both from 0) and value of each cell that is not empty, until it says `false`.
    ///
    /// A number that its format fills up with zeros is the text that the cell shows.
    pub(super) fn each_cell(
        &mut self,
        sheet: &str,
        mut cell: impl FnMut(u32, u32, Data) -> Result<bool>,
    ) -> Result<()> {
        let shown = self.shown.clone();
        let failed = |error: CellError| unreadable(&shown, error);
        let sheets = match &mut self.form {
            Form::Sheets(sheets) => sheets,
            Form::Page(tables) => {
                let number: Option<usize> = sheet.strip_prefix(TABLE).and_then(|number| number.parse().ok());
                let table = number.and_then(|number| tables.get(number.checked_sub(1)?));
                for (row, column, text) in table.map_or(&[][..], |table| &table.cells) {
                    if !cell(*row, *column, Data::String(text.clone()))? {
                        break;
                    }
                }
                return Ok(());
            }
        };
        if let Sheets::Xlsx(workbook) = sheets.as_mut() {
            let failed = |error: XlsxError| failed(CellError::Xlsx(error));
            let mut reader = workbook.worksheet_cells_reader(sheet).map_err(failed)?;
            let paddings: Vec<Option<Padding>> = reader.styles().iter().map(Padding::of).collect();
            while let Some((found, style)) = reader.next_cell_with_style_id().map_err(failed)? {
                let (row, column) = found.get_position();
                let mut value = Data::from(found.get_value().clone());
                if let Some(padding) = paddings.get(style).and_then(Option::as_ref) {
                    value = padding.shown(value);
                }
                if !is_empty(&value) && !cell(row, column, value)? {
                    break;
                }
            }
            return Ok(());
        }
        let range = sheets.worksheet_range(sheet).map_err(failed)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place =
                |offset: usize, first: u32| u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(first);
            if !is_empty(value) && !cell(place(row, first_row), place(column, first_column), value.clone())? {
                break;
            }
        }
        Ok(())
    }
}

impl Workbook {
    /// Calls `cell` with row and column of each formula whose value was not saved; of workbooks in the form of today only.
    pub(super) fn each_formula_without_value(
        &mut self,
        sheet: &str,
        mut cell: impl FnMut(u32, u32) -> Result<()>,
    ) -> Result<()> {
        let shown = self.shown.clone();
        let failed = |error: XlsxError| unreadable(&shown, CellError::Xlsx(error));
        let Form::Sheets(sheets) = &mut self.form else { return Ok(()) };
        let Sheets::Xlsx(workbook) = sheets.as_mut() else { return Ok(()) };
        let mut reader = workbook.worksheet_cells_reader(sheet).map_err(failed)?;
        while let Some(found) = reader.next_cell_with_formula_metadata().map_err(failed)? {
            if found.formula.is_some() && matches!(found.value, DataRef::Empty) {
                let (row, column) = found.pos;
                cell(row, column)?;
            }
        }
        Ok(())
    }
}

fn is_empty(value: &Data) -> bool {
    match value {
        Data::Empty => true,
        Data::String(text) => text.is_empty(),
        _ => false,
    }
}

fn unreadable(shown: &str, error: CellError) -> Error {
    let is_encrypted = matches!(
        error,
        CellError::Xlsx(XlsxError::Password)
            | CellError::Xls(XlsError::Password)
            | CellError::Xlsb(XlsbError::Password)
            | CellError::Ods(OdsError::Password)
    );
    if is_encrypted {
        return Error::data(format!("`{shown}` is encrypted: it opens only with a password"))
            .hint("save it without a password");
    }
    Error::data(format!("`{shown}` is damaged: it cannot be read as a workbook ({error})"))
        .hint("copy or export the file again; if a spreadsheet program opens it, save it there under a new name")
        .caused_by(error)
}

/// Whether a value is a day with a time of that day.
pub(super) fn has_time(value: &Data) -> bool {
    match value {
        Data::DateTime(moment) if moment.is_datetime() && is_day(moment.as_f64()) => {
            let (_, _, _, hour, minute, second, thousandth) = moment.to_ymd_hms_milli();
            (hour, minute, second, thousandth) != (0, 0, 0, 0)
        }
        _ => false,
    }
}

fn is_day(number: f64) -> bool {
    (1.0..DAYS_END).contains(&number)
}

/// A value as text: numbers plain, dates as ISO writes them, with a time if the column has times.
pub(super) fn text(value: &Data, with_time: bool) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) => moment_text(*moment, with_time),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// A number with at most 15 significant digits, which is what a spreadsheet shows: 0.1 + 0.2 is 0.3.
///
/// Whole numbers keep all their digits, for long ones are codes.
fn number_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.fract() == 0.0 && number.abs() <= EXACT_WHOLE_MAX {
        return format!("{number:.0}");
    }
    let written = format!("{number:.14e}");
    let Some((mantissa, exponent)) = written.split_once('e') else { return written };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(-30..=30).contains(&exponent) {
        return written;
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let before = exponent + 1;
    let Ok(point) = usize::try_from(before) else {
        return format!("{sign}0.{}{digits}", "0".repeat(before.unsigned_abs() as usize));
    };
    match digits.get(..point) {
        Some("") => format!("{sign}0.{digits}"),
        Some(integer) if integer.len() == digits.len() => format!("{sign}{integer}"),
        Some(integer) => format!("{sign}{integer}.{}", &digits[point..]),
        None => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
    }
}

fn moment_text(moment: ExcelDateTime, with_time: bool) -> String {
    let number = moment.as_f64();
    if moment.is_duration() && number >= 0.0 {
        // Hours go beyond a day, as the format [h]:mm:ss shows them.
        let seconds = (number * 86_400.0).round();
        let whole = |value: f64| format!("{value:02.0}");
        let (hours, rest) = ((seconds / 3600.0).floor(), seconds % 3600.0);
        return format!("{}:{}:{}", whole(hours), whole((rest / 60.0).floor()), whole(rest % 60.0));
    }
    let (year, month, day, hour, minute, second, thousandth) = moment.to_ymd_hms_milli();
    let fraction = if thousandth == 0 { String::new() } else { format!(".{thousandth:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    if (0.0..1.0).contains(&number) {
        return time;
    }
    if !is_day(number) {
        return number_text(number);
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if with_time { format!("{date} {time}") } else { date }
}

/// The name of a cell, such as `B7`.
pub(super) fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % 26) as usize]));
        rest /= 26;
    }
    format!("{}{}", letters.into_iter().rev().collect::<String>(), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    #[test]
    fn numbers_are_plain_and_without_noise() {
        for (number, expected) in [
            (0.1 + 0.2, "0.3"),
            (1.005, "1.005"),
            (-12.5, "-12.5"),
            (1234567.89, "1234567.89"),
            (100.0, "100"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (123_456_789_012_345_680.0, "123456789012346000"),
            (1_234_567_890_123_456.0, "1234567890123456"),
            (0.5, "0.5"),
            (2.0e20, "200000000000000000000"),
            (99.999_999_999_999_99, "100"),
        ] {
            assert_eq!(number_text(number), expected);
        }
    }

    #[test]
    fn dates_are_written_as_iso_writes_them() {
        let date =
            |number, with_time| text(&Data::DateTime(ExcelDateTime::new(number, DateTime, false)), with_time);
        assert_eq!(date(45_943.0, false), "2025-10-13");
        assert_eq!(date(45_943.0, true), "2025-10-13 00:00:00");
        assert_eq!(date(45_943.541, true), "2025-10-13 12:59:02.400");
        assert_eq!(date(0.25, false), "06:00:00");
        assert_eq!(date(-3.5, false), "-3.5");
        let duration = Data::DateTime(ExcelDateTime::new(1.5, TimeDelta, false));
        assert_eq!(text(&duration, false), "36:00:00");
    }

    #[test]
    fn cells_have_names() {
        assert_eq!(cell_name(0, 0), "A1");
        assert_eq!(cell_name(6, 25), "Z7");
        assert_eq!(cell_name(9, 26), "AA10");
        assert_eq!(cell_name(0, 16_383), "XFD1");
    }
}
