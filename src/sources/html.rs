//! The tables of an HTML page: many a system exports one under the name of a workbook.
//!
//! A cell that spans several columns or rows has its value in the first of them, as in a workbook.

use std::{fs::File, io::Read, path::Path};

use encoding_rs::{Encoding, UTF_8};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::{
    encoding::{self, DecodingReader},
    locate::DataFile,
};
use crate::error::{Error, Result, file_error};

/// Columns and rows that a cell may span, as the HTML standard limits them.
const COLUMNS_SPANNED_MAX: u32 = 1000;
const ROWS_SPANNED_MAX: u32 = 65_534;

/// The encoding is declared within so many bytes, as the HTML standard asks for.
const DECLARATION_BYTES: usize = 1024;

/// Beginnings of a page, in lower case.
const BEGINNINGS: [&str; 8] =
    ["<!doctype html", "<html", "<head", "<body", "<table", "<meta", "<style", "<div"];

/// Whether a text begins as a page does.
pub(super) fn begins(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // Comments and the declaration of XML may stand before a page.
    let rest = match text {
        _ if text.starts_with("<!--") => text.split_once("-->").map_or("", |(_, rest)| rest),
        _ if text.starts_with("<?xml") => text.split_once("?>").map_or("", |(_, rest)| rest),
        _ => return BEGINNINGS.iter().any(|beginning| starts_with(text, beginning)),
    };
    !rest.is_empty() && begins(rest)
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// A table, as cells with row and column (both from 0) in the order of the page; only those with a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) cells: Vec<(u32, u32, String)>,
}

/// Reads the tables of a page, those within others too; without those that have no text.
///
/// # Errors
/// A file that cannot be read, or has no table.
pub(super) fn tables(file: &DataFile) -> Result<Vec<Table>> {
    let failed = |error| file_error("read", Path::new(&file.shown), error);
    let mut bytes = Vec::new();
    File::open(&file.path).and_then(|mut opened| opened.read_to_end(&mut bytes)).map_err(failed)?;
    let mut text = String::new();
    let encoding = encoding_of(&bytes).map_err(failed)?;
    DecodingReader::new(bytes.as_slice(), encoding).read_to_string(&mut text).map_err(failed)?;
    let tables = parse(&text);
    if tables.is_empty() {
        return Err(Error::data(format!("`{}` is an HTML page without a table", file.shown))
            .hint("it may be an error page that was saved as data; export the file again"));
    }
    Ok(tables)
}

fn encoding_of(bytes: &[u8]) -> std::io::Result<&'static Encoding> {
    let by_mark = encoding::by_first_bytes(&bytes[..bytes.len().min(DECLARATION_BYTES)]);
    if by_mark != UTF_8 || std::str::from_utf8(bytes).is_ok() {
        return Ok(by_mark);
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_BYTES)]).to_ascii_lowercase();
    let declared = start.split_once("charset=").map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    let name = declared.and_then(|rest| rest.split(['"', '\'', '>', ';', ' ', '/']).next());
    match name.and_then(|name| Encoding::for_label(name.as_bytes())).filter(|named| *named != UTF_8) {
        Some(named) => Ok(named),
        None => encoding::guess(bytes, || true),
    }
}

/// A table that is being read.
#[derive(Debug, Default)]
struct Open {
    table: Table,
    /// The next row.
    next_row: u32,
    /// The next column of the row, in a row.
    column: Option<u32>,
    /// For each column, the rows from here on that a cell above spans.
    spanned: Vec<u32>,
    /// The text of the cell, in a cell.
    cell: Option<String>,
}

impl Open {
    fn begin_row(&mut self) {
        self.end_row();
        self.column = Some(0);
    }

    fn end_row(&mut self) {
        self.end_cell();
        if self.column.take().is_some() {
            self.next_row += 1;
            self.spanned.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        }
    }

    fn begin_cell(&mut self, tag: &StartTag<()>) {
        self.end_cell();
        let mut column = *self.column.get_or_insert(0);
        while self.spanned.get(column as usize).is_some_and(|rows| *rows > 0) {
            column += 1;
        }
        let columns = span(tag, b"colspan", COLUMNS_SPANNED_MAX);
        let rows = span(tag, b"rowspan", ROWS_SPANNED_MAX);
        let end = (column + columns) as usize;
        if self.spanned.len() < end {
            self.spanned.resize(end, 0);
        }
        self.spanned[column as usize..end].fill(rows);
        self.table.cells.push((self.next_row, column, String::new()));
        self.column = Some(column + columns);
        self.cell = Some(String::new());
    }

    fn end_cell(&mut self) {
        let Some(text) = self.cell.take() else { return };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.table.cells.last_mut() {
            Some((_, _, last)) if !text.is_empty() => *last = text,
            _ => {
                self.table.cells.pop();
            }
        }
    }

    fn finish(mut self) -> Table {
        self.end_row();
        self.table
    }
}

fn span(tag: &StartTag<()>, name: &[u8], most: u32) -> u32 {
    let value = tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(1_u32).clamp(1, most)
}

fn parse(text: &str) -> Vec<Table> {
    let mut emitter = DefaultEmitter::default();
    // Scripts and styles hold no tags.
    emitter.naively_switch_states(true);
    let (mut done, mut open) = (Vec::new(), Vec::<(usize, Open)>::new());
    let mut number = 0;
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) if **tag.name == *b"table" => {
                open.push((number, Open::default()));
                number += 1;
            }
            Token::EndTag(tag) if **tag.name == *b"table" => {
                done.extend(open.pop().map(|(number, table)| (number, table.finish())));
            }
            token => {
                if let Some((_, table)) = open.last_mut() {
                    read(table, &token);
                }
            }
        }
    }
    done.extend(open.into_iter().map(|(number, table)| (number, table.finish())));
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, table)| table).filter(|table| !table.cells.is_empty()).collect()
}

fn read(table: &mut Open, token: &Token<()>) {
    match token {
        Token::StartTag(tag) => match tag.name.as_slice() {
            b"tr" => table.begin_row(),
            b"td" | b"th" => table.begin_cell(tag),
            b"br" | b"p" | b"div" | b"li" => {
                if let Some(text) = &mut table.cell {
                    text.push(' ');
                }
            }
            _ => {}
        },
        Token::EndTag(tag) => match tag.name.as_slice() {
            b"tr" | b"thead" | b"tbody" | b"tfoot" => table.end_row(),
            b"td" | b"th" => table.end_cell(),
            _ => {}
        },
        Token::String(text) => {
            if let Some(cell) = &mut table.cell {
                cell.push_str(&String::from_utf8_lossy(text));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(html: &str) -> Vec<Vec<(u32, u32, String)>> {
        parse(html).into_iter().map(|table| table.cells).collect()
    }

    fn cell(row: u32, column: u32, text: &str) -> (u32, u32, String) {
        (row, column, text.to_owned())
    }

    #[test]
    fn rows_and_cells_need_no_end() {
        let html = "<table><tr><th>Customer<th>Amount<tr><td>Kr&uuml;ger &amp; Co<td>&nbsp;10,50\n</table>";
        assert_eq!(
            cells(html),
            [[cell(0, 0, "Customer"), cell(0, 1, "Amount"), cell(1, 0, "Krüger & Co"), cell(1, 1, "10,50")]]
        );
    }

    #[test]
    fn cells_that_span_others_shift_what_follows() {
        let html = "<table><tr><td rowspan=2>a</td><td colspan='2'>b</td><td>c</td></tr><tr><td>d</td><td></td><td>e</td></tr><tr><td>f</td></tr></table>";
        assert_eq!(
            cells(html),
            [[
                cell(0, 0, "a"),
                cell(0, 1, "b"),
                cell(0, 3, "c"),
                cell(1, 1, "d"),
                cell(1, 3, "e"),
                cell(2, 0, "f")
            ]]
        );
    }

    #[test]
    fn tables_within_tables_are_tables_of_their_own() {
        let html = "<table><tr><td>a<table><tr><td>x<br>y</td></tr></table></td><td>b</td></tr></table><table></table>";
        assert_eq!(cells(html), [vec![cell(0, 0, "a"), cell(0, 1, "b")], vec![cell(0, 0, "x y")]]);
    }

    #[test]
    fn scripts_and_spans_without_sense_are_harmless() {
        let html = "<script>'<table><tr><td>no'</script><table><tr><td colspan=0 rowspan=-1>a<td colspan=99999999999>b<td colspan=5000>c</table>";
        assert_eq!(cells(html), [[cell(0, 0, "a"), cell(0, 1, "b"), cell(0, 2, "c")]]);
    }

    #[test]
    fn pages_are_told_from_other_texts() {
        for page in [
            "<!DOCTYPE HTML>",
            "\u{feff}\n<Table border=1>",
            "<?xml version='1.0'?><html>",
            "<!-- x --> <html>",
        ] {
            assert!(begins(page), "{page}");
        }
        for other in ["<?xml version='1.0'?><Workbook>", "a,b", "<a>", "", "<!-- never ends"] {
            assert!(!begins(other), "{other}");
        }
    }
}
