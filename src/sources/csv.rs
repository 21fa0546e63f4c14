//! Reads a delimited text file once from end to end, in constant memory, and reports what it holds.
//!
//! A row with too many or too few fields is an error here, so that a query never meets one. What the columns become is
//! decided in `facts`; the table is made in `table`.

use std::{
    cell::Cell,
    io::{self, Read, Write},
    path::Path,
    rc::Rc,
};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Serialize};

use super::{
    SourceOptions, Warning,
    blocking::Cancel,
    compression::{self, Compression, read_error},
    dialect,
    encoding::{self, DecodingReader},
    facts::Facts,
    locate::DataFile,
    look,
};
use crate::error::{Error, Result};

/// How much of the file decides about delimiter and quote.
const SAMPLE_BYTES: u64 = 256 * 1024;

/// How many records of the sample are looked at for a first impression.
const RECORDS_LOOKED_AT: usize = 200;

/// A row longer than this is a quote that was never closed, not data.
const ROW_BYTES_MAX: u64 = if cfg!(test) { 3 } else { 64 } * 1024 * 1024;

/// Characters of a row shown in a message.
const ROW_CHARACTERS_SHOWN: usize = 100;

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;

/// What one file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CsvFound {
    pub(super) delimiter: char,
    pub(super) quote: char,
    pub(super) header: bool,
    pub(super) encoding: String,
    pub(super) compression: Compression,
    pub(super) rows: u64,
    /// Whether a value contains a line break, so that the file cannot be split at line ends.
    pub(super) line_breaks: bool,
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Facts>,
    pub(super) warnings: Vec<Warning>,
}

/// Reads the whole file.
pub(super) fn scan(file: &DataFile, options: &SourceOptions, cancel: &Cancel) -> Result<CsvFound> {
    look::refuse_if_not_text(file)?;
    let encoding = match &options.encoding {
        Some(name) => encoding::by_name(name)?,
        None => guess_encoding(file)?,
    };
    match scan_as(file, encoding, options, cancel)? {
        Some(found) => Ok(found),
        // Not UTF-8 after all. Of the single-byte encodings Windows-1252 is by far the most used.
        None if options.encoding.is_none() => {
            let found = scan_as(file, WINDOWS_1252, options, cancel)?;
            let mut found =
                found.ok_or_else(|| Error::data(format!("`{}` cannot be decoded", file.shown)))?;
            found.warnings.push(
                Warning::new(format!("`{}` is not UTF-8; it was read as Windows-1252", file.shown))
                    .with_help("if letters look wrong, convert the file to UTF-8, or name its encoding: OPTIONS ('encoding' 'iso-8859-2')"),
            );
            Ok(found)
        }
        None => Err(Error::data(format!("`{}` is not {}", file.shown, encoding.name()))
            .hint("name another encoding, or let it be found")),
    }
}

fn guess_encoding(file: &DataFile) -> Result<&'static Encoding> {
    let (compression, reader) = compression::open(&file.path)?;
    let mut first = Vec::new();
    reader.take(4096).read_to_end(&mut first).map_err(|error| read_error(&file.path, compression, error))?;
    Ok(encoding::by_first_bytes(&first))
}

/// Opens a file as UTF-8 text, whatever its compression and encoding.
pub(super) fn open(path: &Path, encoding: &'static Encoding) -> Result<(Compression, Box<dyn Read>)> {
    let (compression, reader) = compression::open(path)?;
    let reader: Box<dyn Read> =
        if encoding == UTF_8 { reader } else { Box::new(DecodingReader::new(reader, encoding)) };
    Ok((compression, reader))
}

/// The delimiter and the first records of a file, as its beginning shows them; only whole ones.
pub(super) fn beginning(file: &DataFile) -> Result<(u8, Vec<Vec<Vec<u8>>>)> {
    look::refuse_if_not_text(file)?;
    let encoding = guess_encoding(file)?;
    let mut sample = Vec::new();
    let mut read = |encoding| {
        let (compression, reader) = open(&file.path, encoding)?;
        sample.clear();
        let failed = |error| read_error(Path::new(&file.shown), compression, error);
        reader.take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(failed)?;
        // A letter that the sample cuts in two is no proof.
        let refuted = std::str::from_utf8(&sample).is_err_and(|error| error.error_len().is_some());
        Ok::<bool, Error>(!refuted)
    };
    if !read(encoding)? {
        read(WINDOWS_1252)?;
    }
    let whole = (sample.len() as u64) < SAMPLE_BYTES;
    let (delimiter, quote) = dialect::detect(&sample, whole, None, None);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(sample.as_slice());
    let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
    for record in reader.byte_records().flatten().take(RECORDS_LOOKED_AT) {
        records.push(record.iter().map(<[u8]>::to_vec).collect());
    }
    if !whole && records.len() > 1 && records.len() < RECORDS_LOOKED_AT {
        records.pop();
    }
    Ok((delimiter, records))
}

/// Writes the file as plain UTF-8, for readers that know nothing else.
pub(super) fn copy(path: &Path, encoding: &str, cancel: &Cancel, out: &mut dyn Write) -> Result<()> {
    let (compression, mut reader) = open(path, encoding::by_name(encoding)?)?;
    let mut block = vec![0; 256 * 1024];
    loop {
        cancel.check()?;
        let length = reader.read(&mut block).map_err(|error| read_error(path, compression, error))?;
        if length == 0 {
            return Ok(());
        }
        out.write_all(&block[..length])
            .map_err(|error| Error::data("cannot write a copy").caused_by(error))?;
    }
}

/// Passes bytes on; knows the last one that is not a line end, and refuses endless rows.
struct Watched {
    reader: Box<dyn Read>,
    last: Rc<Cell<u8>>,
    since_row: Rc<Cell<u64>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > ROW_BYTES_MAX {
            return Err(io::Error::other(EndlessRow));
        }
        let length = self.reader.read(buffer)?;
        if let Some(last) = buffer[..length].iter().rfind(|byte| !matches!(byte, b'\n' | b'\r')) {
            self.last.set(*last);
        }
        self.since_row.set(self.since_row.get() + length as u64);
        Ok(length)
    }
}

#[derive(Debug)]
struct EndlessRow;

impl std::fmt::Display for EndlessRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a row is longer than {} MiB", ROW_BYTES_MAX >> 20)
    }
}

impl std::error::Error for EndlessRow {}

/// Reads the file in one encoding; `None` if it turns out not to be UTF-8.
fn scan_as(
    file: &DataFile,
    encoding: &'static Encoding,
    options: &SourceOptions,
    cancel: &Cancel,
) -> Result<Option<CsvFound>> {
    let failed = |compression| move |error: io::Error| read_error(Path::new(&file.shown), compression, error);
    let (compression, reader) = open(&file.path, encoding)?;
    let mut sample = Vec::new();
    reader.take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(failed(compression))?;
    let whole = (sample.len() as u64) < SAMPLE_BYTES;
    let (delimiter, quote) = dialect::detect(&sample, whole, options.delimiter, options.quote);
    let crlf =
        sample.iter().position(|byte| *byte == b'\n').is_some_and(|at| at > 0 && sample[at - 1] == b'\r');
    drop(sample);

    let (last, since_row) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let (_, reader) = open(&file.path, encoding)?;
    let watched = Watched { reader, last: Rc::clone(&last), since_row: Rc::clone(&since_row) };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .buffer_capacity(1 << 20)
        .from_reader(watched);
    let mut record = csv::ByteRecord::new();
    let mut row_line = 1;
    let mut row_start = 0;
    let mut number = 0;
    let mut read = |record: &mut csv::ByteRecord, row_line: &mut u64, row_start: &mut u64| {
        since_row.set(0);
        let more = reader
            .read_byte_record(record)
            .map_err(|error| unreadable(file, compression, *row_line, error))?;
        if more {
            let position = record.position().cloned().unwrap_or_else(csv::Position::new);
            // The reader has not yet seen the `\n` of the previous row's `\r\n`.
            *row_line = file.row_of(number, position.line() + u64::from(crlf && position.byte() > 0));
            number += 1;
            *row_start = position.byte();
        }
        Ok::<bool, Error>(more)
    };

    if !read(&mut record, &mut row_line, &mut row_start)? {
        return Err(Error::data(format!("`{}` is empty: it has no header and no row", file.shown))
            .hint("export the file again, or leave it out"));
    }
    if std::str::from_utf8(record.as_slice()).is_err() {
        return Ok(None);
    }
    let first: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
    let first_line = row_line;
    let mut columns = vec![Facts::default(); first.len()];
    let mut rows = 0;
    let has_break =
        |record: &csv::ByteRecord| record.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    let mut line_breaks = has_break(&record);
    let mut last_field_breaks = false;
    while read(&mut record, &mut row_line, &mut row_start)? {
        if rows % ROWS_PER_CHECK == 0 {
            cancel.check()?;
        }
        rows += 1;
        if std::str::from_utf8(record.as_slice()).is_err() {
            return Ok(None);
        }
        if record.len() != first.len() {
            let row_line = exact_line(file, encoding, row_start)?;
            return Err(ragged(file, &record, row_line, first_line, first.len(), delimiter));
        }
        let breaks = has_break(&record);
        line_breaks |= breaks;
        last_field_breaks = breaks && record.iter().next_back().is_some_and(|field| field.contains(&b'\n'));
        for (facts, field) in columns.iter_mut().zip(&record) {
            facts.observe(row_line, field);
        }
    }
    if last_field_breaks && last.get() != quote {
        return Err(open_quote(file, exact_line(file, encoding, row_start)?, quote));
    }
    let found = CsvFound {
        delimiter: delimiter.into(),
        quote: quote.into(),
        header: options.header.unwrap_or_else(|| dialect::has_header(&first, &columns)),
        encoding: encoding.name().to_owned(),
        compression,
        rows,
        line_breaks,
        names: Vec::new(),
        columns,
        warnings: Vec::new(),
    };
    Ok(Some(name_columns(found, file, options, &first, first_line)))
}

/// Takes the first row as names, or as one more row.
fn name_columns(
    mut found: CsvFound,
    file: &DataFile,
    options: &SourceOptions,
    first: &[Vec<u8>],
    line: u64,
) -> CsvFound {
    if found.header {
        let (names, changes) = dialect::names(first);
        found.names = names;
        found
            .warnings
            .extend(changes.into_iter().map(|change| Warning::new(format!("`{}`: {change}", file.shown))));
        return found;
    }
    for (facts, field) in found.columns.iter_mut().zip(first) {
        let mut with_first = Facts::default();
        with_first.observe(line, field);
        with_first.merge(facts);
        *facts = with_first;
    }
    found.rows += 1;
    found.names = (1..=first.len()).map(|number| format!("column_{number}")).collect();
    if options.header.is_none() && options.declared.is_none() {
        found.warnings.push(
            Warning::new(format!("`{}` has no header: its first row holds values like the others; the columns are called `column_1` and so on", file.shown))
                .with_help("if the first row is a header, say so: CREATE EXTERNAL TABLE … OPTIONS ('header' 'true'); names can be given there too"),
        );
    }
    found
}

fn unreadable(file: &DataFile, compression: Compression, line: u64, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<EndlessRow>()) => {
            Error::data(format!("`{}` has a row longer than {} MiB after line {line}", file.shown, ROW_BYTES_MAX >> 20))
                .hint("a quote is opened there and never closed; close it, or double a quote that belongs to the value")
        }
        csv::ErrorKind::Io(error) => read_error(Path::new(&file.shown), compression, error),
        other => Error::data(format!("cannot read `{}` after line {line}: {other:?}", file.shown)),
    }
}

/// The line of the row that begins at a byte, for a message: empty lines before it count too.
fn exact_line(file: &DataFile, encoding: &'static Encoding, start: u64) -> Result<u64> {
    let (compression, reader) = open(&file.path, encoding)?;
    let mut line = 1;
    let mut previous = 0;
    for (at, byte) in (0..).zip(io::BufReader::with_capacity(1 << 20, reader).bytes()) {
        let byte = byte.map_err(|error| read_error(Path::new(&file.shown), compression, error))?;
        if at >= start && !matches!(byte, b'\n' | b'\r') {
            break;
        }
        line += u64::from(byte == b'\r' || (byte == b'\n' && previous != b'\r'));
        previous = byte;
    }
    Ok(line)
}

fn open_quote(file: &DataFile, line: u64, quote: u8) -> Error {
    Error::data(format!(
        "`{}` line {line}: a `{}` is opened in this row and never closed",
        file.shown,
        char::from(quote)
    ))
    .hint("close the quote, or double a quote that belongs to the value; the file may also be truncated")
}

fn ragged(
    file: &DataFile,
    record: &csv::ByteRecord,
    line: u64,
    first_line: u64,
    expected: usize,
    delimiter: u8,
) -> Error {
    let delimiter = char::from(delimiter);
    let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    let row = fields.join(&delimiter.to_string());
    let mut shown: String = row.chars().take(ROW_CHARACTERS_SHOWN).collect();
    if shown.len() < row.len() {
        shown.push('…');
    }
    let count = |fields: usize| if fields == 1 { "1 field".to_owned() } else { format!("{fields} fields") };
    let error = Error::data(format!(
        "`{}` line {line} has {}, but line {first_line} has {expected}",
        file.shown,
        count(record.len())
    ))
    .note(format!("the row is `{}`", shown.escape_debug()));
    let named = if delimiter == '\t' { "a tab".to_owned() } else { format!("`{delimiter}`") };
    if record.len() > expected {
        error.hint(format!("put a value that contains {named} in quotes; if fields are separated by something else, give OPTIONS ('delimiter' ';')"))
    } else if row.contains('\n') {
        error.hint("a quote in this row may not be closed")
    } else {
        error.hint(format!(
            "fields are separated by {named}; empty ones must be there too, and the file may be truncated"
        ))
    }
}
