//! What a file holds, whatever its name says: exports are often called `.xls` that are text, or `.csv` that are workbooks.

use std::{io::Read, path::Path};

use super::{
    Format, Warning,
    archive::{self, Archive},
    compression::{self, Compression, read_error},
    dialect::{self, Given},
    encoding::{self, DecodingReader},
    html,
    locate::DataFile,
    look,
};
use crate::error::{Error, Result};

/// Bytes that decide what a file holds.
const BYTES_LOOKED_AT: u64 = 16 * 1024;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Parquet.
    Parquet,
    /// A workbook of Excel or OpenDocument.
    Workbook,
    /// A zip archive of one file with this name.
    Packed(String),
    /// A zip archive of any other number of files.
    Archive(Vec<String>),
    /// A page with tables.
    Html,
    /// A workbook in the XML of Excel 2003.
    SpreadsheetMl,
    /// Text that begins as JSON does.
    Json,
    /// Any other text; whether its lines have several fields.
    Text { has_fields: bool },
    /// Nothing of these.
    Other,
}

impl Content {
    /// Whether a user may say in which format it is read; archives and unknown forms of workbooks are never tables.
    pub(super) fn is_table_like(&self) -> bool {
        !matches!(self, Content::Archive(_) | Content::SpreadsheetMl)
    }
}

/// Looks at the beginning of a file.
pub(super) fn of(file: &DataFile) -> Result<Content> {
    let first = compression::first_bytes(&file.path, BYTES_LOOKED_AT)?;
    match first.as_slice() {
        [b'P', b'A', b'R', b'1' | b'E', ..] => return Ok(Content::Parquet),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => return Ok(Content::Workbook),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            return Ok(match archive::look(&file.path) {
                Some(Archive::Workbook) => Content::Workbook,
                Some(Archive::One(name)) => Content::Packed(name),
                Some(Archive::Several(names)) => Content::Archive(names),
                None => Content::Other,
            });
        }
        _ => {}
    }
    let first = match Compression::of(&first) {
        Compression::None => first,
        compression => {
            let mut unpacked = Vec::new();
            let (_, reader) = compression::open(&file.path)?;
            let failed = |error| read_error(Path::new(&file.shown), compression, error);
            reader.take(BYTES_LOOKED_AT).read_to_end(&mut unpacked).map_err(failed)?;
            unpacked
        }
    };
    Ok(of_text(&first))
}

fn of_text(first: &[u8]) -> Content {
    let mut text = String::new();
    let decoded =
        DecodingReader::new(first, encoding::by_first_bytes(first)).read_to_string(&mut text).is_ok();
    if !decoded || look::is_binary(first) || text.contains('\0') {
        return Content::Other;
    }
    let start = text.trim_start();
    if html::begins(&text) {
        return Content::Html;
    }
    if start.starts_with('<') && text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Content::SpreadsheetMl;
    }
    if start.starts_with(['{', '[']) {
        return Content::Json;
    }
    let whole = (first.len() as u64) < BYTES_LOOKED_AT;
    Content::Text { has_fields: dialect::detect(text.as_bytes(), whole, &Given::default()).splits }
}

/// The format in which a file is read, by its content where its name is silent or wrong.
///
/// # Errors
/// Neither name nor content says what the file holds, or it is nothing that can be read.
pub(super) fn format(file: &DataFile, content: &Content, warnings: &mut Vec<Warning>) -> Result<Format> {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let by_name = Format::by_name(&name);
    let (format, what) = match (content, by_name) {
        (Content::Archive(names), _) => return Err(archive::refuse(file, names)),
        (Content::SpreadsheetMl, _) => {
            return Err(Error::data(format!(
                "`{}` is a workbook in the XML of Excel 2003, which is not read",
                file.shown
            ))
            .hint("open it in a spreadsheet program and save it as .xlsx, or export it as CSV"));
        }
        (Content::Parquet, _) => (Format::Parquet, "Parquet"),
        (Content::Workbook, _) => (Format::Xlsx, "a workbook"),
        (Content::Html, _) => (Format::Xlsx, "an HTML page"),
        (Content::Json, Some(Format::Xlsx | Format::Parquet) | None) => (Format::Json, "JSON"),
        (Content::Text { has_fields: true }, Some(Format::Xlsx)) => (Format::Csv, "text with delimiters"),
        (Content::Text { has_fields }, None) if *has_fields || file.is_pipe => {
            (Format::Csv, "text with delimiters")
        }
        (_, Some(format)) => return Ok(format),
        (_, None) if file.bytes == 0 => {
            return Err(Error::data(format!("`{}` is empty: it has 0 bytes", file.shown))
                .hint("export the file again, or leave it out"));
        }
        (_, None) => {
            return Err(Error::data(format!("the name of `{}` does not say what it holds", file.shown)).hint(
                "rename it to .csv, .json, .xlsx or .parquet, or write CREATE EXTERNAL TABLE … STORED AS CSV",
            ));
        }
    };
    // Pages under the names of workbooks are read as workbooks, and that they are pages is worth a word.
    if by_name.is_some_and(|by_name| by_name != format || *content == Content::Html) {
        warnings.push(
            Warning::new(format!("`{}` is {what} in spite of its name, and was read as that", file.shown))
                .with_help(
                    "to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …",
                ),
        );
    }
    Ok(format)
}
