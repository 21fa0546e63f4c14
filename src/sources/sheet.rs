//! Turns a sheet of a workbook into a CSV copy, so that it is typed and read as CSV files are.
//!
//! The sheet is read twice: to see which rows and columns it has, and to write them. What was seen is remembered, so a
//! sheet is read again only when its file changes.

use std::{collections::BTreeMap, io::Write, sync::Arc};

use calamine::Data;
use serde::{Deserialize, Serialize};

use super::{
    SourceOptions, Sources, Warning,
    blocking::Cancel,
    cache::Key,
    copy_writer::unwritable,
    inline_strings,
    joined_header::{self, Cell, Cells},
    locate::{DataFile, Located},
    workbook::{Workbook, cell_name, has_time, text},
};
use crate::error::{Error, Result};

/// The header is looked for in so many rows that are not empty.
const ROWS_BEFORE_HEADER_MAX: usize = 20;

/// Cells, or rows, between two looks at the cancel flag.
const CELLS_PER_CHECK: u64 = 4096;
const ROWS_PER_CHECK: u64 = 1024;

/// Rows that are looked at for a first impression.
const ROWS_OF_BEGINNING: u64 = 40;

/// Characters of a title that a warning shows.
const TITLE_CHARACTERS_MAX: usize = 60;

/// Which part of a sheet is the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Layout {
    pub(super) sheet: String,
    /// The row of the header, from 0.
    first_row: u32,
    /// The names of all columns if they are joined from that row and the next; empty if they stand in one row.
    joined_names: Vec<String>,
    first_column: u32,
    width: usize,
    /// For each column, whether a date in it has a time.
    timed: Vec<bool>,
    /// Where rows of the copy stand in the sheet: a record (from 0) and its row (from 1), wherever rows were left out.
    runs: Vec<(u64, u64)>,
    warnings: Vec<Warning>,
}

/// The sheet behind a copy.
#[derive(Debug)]
pub(super) struct Sheet {
    runs: Vec<(u64, u64)>,
}

impl Sheet {
    /// The row of the sheet in which a record of the copy stands.
    pub(super) fn row_of(&self, record: u64) -> u64 {
        let run = self.runs.partition_point(|(first, _)| *first <= record).saturating_sub(1);
        self.runs.get(run).map_or(record + 1, |(first, row)| row + (record - first))
    }
}

/// Replaces each workbook by the copy of its sheet, and says how the copies are written.
pub(super) fn copies(
    sources: &Sources,
    mut located: Located,
    options: &SourceOptions,
    cancel: &Cancel,
) -> Result<(Located, SourceOptions)> {
    for file in &mut located.files {
        *file = inline_strings::mended(sources, file)?;
        let layout = layout(sources, file, options, cancel)?;
        located.warnings.extend(layout.warnings.iter().cloned());
        let key = Key::new(file, settings(options));
        let path = sources.0.cache.copy(&key, "csv", |out| write(file, &layout, cancel, out))?;
        *file = DataFile::at(path, file)?;
        file.sheet = Some(Arc::new(Sheet { runs: layout.runs }));
    }
    let options = SourceOptions {
        delimiter: Some(b','),
        quote: Some(b'"'),
        skip: Some(0),
        encoding: Some("utf-8".to_owned()),
        ..options.clone()
    };
    Ok((located, options))
}

fn settings(options: &SourceOptions) -> String {
    format!("sheet {:?} header {:?}", options.sheet, options.header.is_some())
}

fn layout(sources: &Sources, file: &DataFile, options: &SourceOptions, cancel: &Cancel) -> Result<Layout> {
    let key = Key::new(file, settings(options));
    if let Some(known) = sources.0.cache.load(&key) {
        return Ok(known);
    }
    let mut workbook = Workbook::open(file)?;
    let layout = look(&mut workbook, file, options, cancel)?;
    file.check_unchanged()?;
    sources.0.cache.store(&key, &layout);
    Ok(layout)
}

/// The sheets in which a cell has a value.
pub(super) fn filled_sheets(workbook: &mut Workbook) -> Result<Vec<String>> {
    let mut filled = Vec::new();
    for name in workbook.sheet_names() {
        let mut any = false;
        workbook.each_cell(&name, |_, _, _| {
            any = true;
            Ok(false)
        })?;
        if any {
            filled.push(name);
        }
    }
    Ok(filled)
}

fn look(
    workbook: &mut Workbook,
    file: &DataFile,
    options: &SourceOptions,
    cancel: &Cancel,
) -> Result<Layout> {
    let mut warnings = Vec::new();
    let sheet = match &options.sheet {
        Some(wanted) => named(workbook, file, wanted)?,
        None => {
            let filled = filled_sheets(workbook)?;
            let Some(first) = filled.first() else {
                return Err(Error::data(format!("no sheet of `{}` holds a value", file.shown))
                    .hint("export the file again, or leave it out"));
            };
            if filled.len() > 1 {
                let others =
                    filled[1..].iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                warnings.push(
                    Warning::new(format!("of `{}` only the sheet `{first}` is read; it also has {others}", file.shown))
                        .with_help("to read another, name it: CREATE EXTERNAL TABLE … STORED AS XLSX OPTIONS ('sheet' '…'), or `book.xlsx#Sheet` in a project")
                        .into_fault(),
                );
            }
            first.clone()
        }
    };
    let mut seen = Seen::default();
    let mut cells = 0_u64;
    workbook.each_cell(&sheet, |row, column, value| {
        cells += 1;
        if cells.is_multiple_of(CELLS_PER_CHECK) {
            cancel.check()?;
        }
        seen.observe(row, column, &value);
        Ok(true)
    })?;
    let mut unsaved: Option<(String, u64)> = None;
    workbook.each_formula_without_value(&sheet, |row, column| {
        cancel.check()?;
        let (_, count) = unsaved.get_or_insert_with(|| (cell_name(row, column), 0));
        *count += 1;
        Ok(())
    })?;
    if let Some((first, count)) = unsaved {
        let formulas = match count {
            1 => format!("a formula without a saved value, in cell {first}; it is read as empty"),
            _ => format!(
                "{count} formulas without a saved value, the first in cell {first}; they are read as empty"
            ),
        };
        warnings.push(
            Warning::new(format!("the sheet `{sheet}` of `{}` has {formulas}", file.shown))
                .with_help(
                    "open it in a spreadsheet program and save it there: then the values are saved too",
                )
                .into_fault(),
        );
    }
    seen.finish(sheet, file, options, warnings)
}

fn cell(value: &Data) -> Cell {
    Cell { text: text(value, false), is_text: matches!(value, Data::String(_)) }
}

fn named(workbook: &Workbook, file: &DataFile, wanted: &str) -> Result<String> {
    let names = workbook.sheet_names();
    let found = names
        .iter()
        .find(|name| *name == wanted)
        .or_else(|| names.iter().find(|name| name.to_lowercase() == wanted.to_lowercase()));
    found.cloned().ok_or_else(|| {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        Error::data(format!("`{}` has no sheet `{wanted}`", file.shown))
            .hint(format!("it has: {}", names.join(", ")))
    })
}

/// A row with a value.
#[derive(Debug, Clone)]
struct Row {
    row: u32,
    cells: Cells,
}

impl Row {
    fn columns(&self) -> Option<(u32, u32)> {
        Some((*self.cells.first_key_value()?.0, *self.cells.last_key_value()?.0))
    }

    /// The beginning of what it says, for a warning.
    fn title(&self) -> String {
        let mut title = String::new();
        for cell in self.cells.values() {
            if title.chars().count() >= TITLE_CHARACTERS_MAX {
                break;
            }
            title.push_str(if title.is_empty() { "" } else { " " });
            title.push_str(&cell.text);
        }
        title
    }
}

/// What one pass over the cells shows.
#[derive(Debug, Default)]
struct Seen {
    /// The first rows with a value, among which the header is.
    top: Vec<Row>,
    /// The first and the last column of the rows after them.
    below: Option<(u32, u32)>,
    last_row: Option<u32>,
    timed: Vec<bool>,
    /// Runs of rows that follow each other: number among the rows with a value (from 0), and row (from 1).
    runs: Vec<(u64, u64)>,
    rows: u64,
    /// The first cell with an error, and how many there are.
    errors: Option<(String, u64)>,
}

impl Seen {
    fn observe(&mut self, row: u32, column: u32, value: &Data) {
        if self.last_row != Some(row) {
            if self.last_row.is_none_or(|last| last + 1 != row) {
                self.runs.push((self.rows, u64::from(row) + 1));
            }
            self.last_row = Some(row);
            self.rows += 1;
            if self.top.len() < ROWS_BEFORE_HEADER_MAX {
                self.top.push(Row { row, cells: Cells::new() });
            }
        }
        match self.top.last_mut().filter(|top| top.row == row) {
            Some(top) => {
                top.cells.insert(column, cell(value));
            }
            None => {
                let (first, last) = self.below.unwrap_or((column, column));
                self.below = Some((first.min(column), last.max(column)));
            }
        }
        if has_time(value) {
            let column = column as usize;
            if self.timed.len() <= column {
                self.timed.resize(column + 1, false);
            }
            self.timed[column] = true;
        }
        if let Data::Error(error) = value {
            let (_, count) = self
                .errors
                .get_or_insert_with(|| (format!("`{error}` in cell {}", cell_name(row, column)), 0));
            *count += 1;
        }
    }

    /// Which of the first rows is the header: titles above it fill less than half as many cells as the fullest row.
    fn header(&self) -> usize {
        let widest = self.top.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        let is_header = |row: &Row| row.cells.len() * 2 >= widest && (row.cells.len() > 1 || widest == 1);
        self.top.iter().position(is_header).unwrap_or_default()
    }

    /// The upper of the two rows that are the header together, and the names of columns.
    fn joined_header(&self, header: usize) -> Option<(usize, BTreeMap<u32, String>)> {
        // The row that looks like the header is the lower one of them, or the upper one.
        [header.checked_sub(1), Some(header)].into_iter().flatten().find_map(|upper| {
            let [first, second, below @ ..] = self.top.get(upper..)? else { return None };
            let below: Vec<&Cells> = below.iter().map(|row| &row.cells).collect();
            let names = joined_header::join(&first.cells, &second.cells, &below)?;
            (first.row + 1 == second.row).then_some((upper, names))
        })
    }

    fn finish(
        self,
        sheet: String,
        file: &DataFile,
        options: &SourceOptions,
        mut warnings: Vec<Warning>,
    ) -> Result<Layout> {
        let (mut header, joined) = match options.header {
            Some(_) => (0, None),
            None => (self.header(), self.joined_header(self.header())),
        };
        if let Some((upper, names)) = &joined {
            header = *upper;
            let row = u64::from(self.top[header].row) + 1;
            let lower = &self.top[header + 1].cells;
            let is_joined = |(column, name): &(&u32, &String)| {
                lower.get(column).is_some_and(|cell| cell.text.trim() != name.as_str())
            };
            let example = names.iter().find(is_joined).map_or("", |(_, name)| name.as_str());
            warnings.push(
                Warning::new(format!(
                    "`{}`: the names of columns stand in rows {row} and {} of the sheet `{sheet}`; they are joined, as in `{example}`",
                    file.shown,
                    row + 1
                ))
                .with_help("if one row is the header, say so: CREATE EXTERNAL TABLE … STORED AS XLSX OPTIONS ('header' 'true')"),
            );
        }
        let Some(first) = self.top.get(header) else {
            return Err(Error::data(format!("the sheet `{sheet}` of `{}` holds no value", file.shown))
                .hint("name another sheet, or export the file again"));
        };
        if header > 0 {
            let titles: Vec<_> =
                self.top[..header].iter().map(|row| format!("`{}`", row.title().trim())).collect();
            warnings.push(
                Warning::new(format!(
                    "`{}`: the header is in row {} of the sheet `{sheet}`; what stands above it was left out: {}",
                    file.shown,
                    u64::from(first.row) + 1,
                    titles.join(", ")
                ))
                .with_help("if the table begins above, say so: CREATE EXTERNAL TABLE … STORED AS XLSX OPTIONS ('header' 'true')"),
            );
        }
        if let Some((place, count)) = &self.errors {
            let others = if *count > 1 { format!(" and {} more", count - 1) } else { String::new() };
            warnings.push(
                Warning::new(format!(
                    "the sheet `{sheet}` of `{}` has {place}{others}; such cells stay text",
                    file.shown
                ))
                .with_help(
                    "mend the formulas, or convert the column in the query: TRY_CAST(… AS DECIMAL(18,2))",
                ),
            );
        }
        let spans = self.top[header..].iter().filter_map(Row::columns).chain(self.below);
        let (first_column, last_column) =
            spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
        let skipped = header as u64 + u64::from(joined.is_some());
        let mut runs = vec![(0, u64::from(first.row) + 1)];
        if joined.is_some() {
            runs.push((1, u64::from(first.row) + 3));
        }
        runs.extend(
            self.runs
                .iter()
                .filter(|(number, _)| *number > skipped)
                .map(|(number, row)| (number - skipped, *row)),
        );
        Ok(Layout {
            first_row: first.row,
            first_column,
            joined_names: joined.map_or_else(Vec::new, |(_, mut names)| {
                (first_column..=last_column).map(|column| names.remove(&column).unwrap_or_default()).collect()
            }),
            width: (last_column - first_column) as usize + 1,
            timed: self.timed.get(first_column as usize..).unwrap_or_default().to_vec(),
            sheet,
            runs,
            warnings,
        })
    }
}

/// The first rows of a sheet from its header on.
pub(super) fn beginning(workbook: &mut Workbook, file: &DataFile, sheet: &str) -> Result<Vec<Vec<String>>> {
    let mut seen = Seen::default();
    workbook.each_cell(sheet, |row, column, value| {
        seen.observe(row, column, &value);
        Ok(seen.rows <= ROWS_OF_BEGINNING)
    })?;
    let layout = seen.finish(sheet.to_owned(), file, &SourceOptions::default(), Vec::new())?;
    let mut rows = Vec::new();
    each_row(workbook, &layout, |fields| {
        rows.push(fields.to_vec());
        Ok((rows.len() as u64) < ROWS_OF_BEGINNING)
    })?;
    Ok(rows)
}

/// Writes the rows of the table as CSV; rows without a value are left out.
fn write(file: &DataFile, layout: &Layout, cancel: &Cancel, out: &mut dyn Write) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    let mut rows = 0_u64;
    each_row(&mut Workbook::open(file)?, layout, |fields| {
        rows += 1;
        if rows.is_multiple_of(ROWS_PER_CHECK) {
            cancel.check()?;
        }
        writer.write_record(fields).map_err(unwritable)?;
        Ok(true)
    })?;
    writer.flush().map_err(unwritable)
}

/// Calls `each` with the texts of each row that has a value, the header first, until it says `false`.
fn each_row(
    workbook: &mut Workbook,
    layout: &Layout,
    mut each: impl FnMut(&[String]) -> Result<bool>,
) -> Result<()> {
    let mut current: Option<u32> = None;
    let mut fields = vec![String::new(); layout.width];
    let mut more = true;
    let mut first_row = layout.first_row;
    if !layout.joined_names.is_empty() {
        more = each(&layout.joined_names)?;
        first_row += 2;
    }
    workbook.each_cell(&layout.sheet, |row, column, value| {
        if row < first_row {
            return Ok(true);
        }
        if current.is_some_and(|current| current != row) {
            more = each(&fields)?;
            fields.iter_mut().for_each(String::clear);
        }
        current = Some(row);
        let index = column.saturating_sub(layout.first_column) as usize;
        let with_time = row > layout.first_row && layout.timed.get(index).copied().unwrap_or_default();
        if let Some(field) = fields.get_mut(index) {
            *field = text(&value, with_time);
        }
        Ok(more)
    })?;
    if more && current.is_some() {
        each(&fields)?;
    }
    Ok(())
}
