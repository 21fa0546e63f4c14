//! Reads a delimited text file once from end to end, in constant memory, and reports what it holds.
//!
//! A row with too many or too few fields is an error here, so that a query never meets one. What the columns become is
//! decided in `facts`; the table is made in `table`.

use std::{
    cell::Cell,
    io::{self, Read},
    path::Path,
    rc::Rc,
};

use encoding_rs::{Encoding, UTF_8};
use serde::{Deserialize, Serialize};

use super::{
    SourceOptions, Warning,
    blocking::Cancel,
    compression::{self, Compression, read_error},
    dialect::{self, Given},
    encoding,
    facts::Facts,
    frame::{Comments, FramedReader, Lines},
    locate::DataFile,
    look,
    misfits::{open_quote, ragged},
    notes::{self, EndError, Notes, Step, Waiting},
    reading::{Reading, guess_by_first_bytes, open, open_as},
    rows_seen::{Table, breaks, is_escaped},
};
use crate::error::{Error, Result};

/// How much of the file decides about delimiter and quote.
const SAMPLE_BYTES: u64 = 256 * 1024;

/// How many records of the sample are looked at for a first impression.
const RECORDS_LOOKED_AT: usize = 200;

/// A row longer than this is a quote that was never closed, not data.
const ROW_BYTES_MAX: u64 = if cfg!(test) { 3 } else { 64 } * 1024 * 1024;

/// Texts that a message lists.
const TEXTS_SHOWN_MAX: usize = 3;

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;

/// What one file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CsvFound {
    pub(super) reading: Reading,
    pub(super) header: bool,
    pub(super) compression: Compression,
    pub(super) rows: u64,
    /// Whether a value contains a line break, so that the file cannot be split at line ends.
    pub(super) line_breaks: bool,
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Facts>,
    pub(super) warnings: Vec<Warning>,
}

/// What a scan that went wrong has shown, so that the next one goes right.
#[derive(Debug, Clone, Default)]
struct Learned {
    encoding: Option<&'static Encoding>,
    lenient: bool,
    escape: Option<u8>,
    comment: Option<u8>,
}

/// How a scan ends.
enum Outcome {
    Found(Box<CsvFound>),
    /// A row is not UTF-8.
    NotUtf8,
    /// A quote is escaped by a backslash.
    Escaped,
    /// A row that does not fit begins with `#`.
    Commented,
}

/// Reads the whole file.
pub(super) fn scan(file: &DataFile, options: &SourceOptions, cancel: &Cancel) -> Result<CsvFound> {
    look::refuse_if_not_text(file)?;
    let mut learned = Learned::default();
    let named = options.encoding.as_deref().map(encoding::by_name).transpose()?;
    let mut warnings = Vec::new();
    loop {
        let encoding = match learned.encoding.or(named) {
            Some(encoding) => encoding,
            None => guess_by_first_bytes(file)?,
        };
        match scan_as(file, encoding, &learned, options, cancel)? {
            Outcome::Found(mut found) => {
                found.warnings.splice(0..0, warnings);
                return Ok(*found);
            }
            Outcome::NotUtf8 if named.is_none() && learned.encoding.is_none() => {
                let (compression, reader) = compression::open(&file.path)?;
                let failed = |error| read_error(Path::new(&file.shown), compression, error);
                let guess = encoding::guess(reader, || cancel.check().is_ok()).map_err(failed)?;
                cancel.check()?;
                (learned.encoding, learned.lenient) = (Some(guess), guess == UTF_8);
                if guess != UTF_8 {
                    warnings.push(
                        Warning::new(format!("`{}` is not UTF-8; it was read as {}, which was guessed", file.shown, guess.name()))
                            .with_help("if letters look wrong, convert the file to UTF-8, or name its encoding: OPTIONS ('encoding' 'iso-8859-2')"),
                    );
                }
            }
            Outcome::NotUtf8 => {
                return Err(Error::data(format!("`{}` is not {}", file.shown, encoding.name()))
                    .hint("name another encoding, or let it be found"));
            }
            Outcome::Escaped => learned.escape = Some(b'\\'),
            Outcome::Commented => learned.comment = Some(b'#'),
        }
    }
}

/// The delimiter and the first records of a file, as its beginning shows them; only whole ones.
pub(super) fn beginning(file: &DataFile) -> Result<(u8, Vec<Vec<Vec<u8>>>)> {
    look::refuse_if_not_text(file)?;
    let mut sample = Vec::new();
    let mut read = |encoding| {
        let (compression, reader) = open(&file.path, encoding, false)?;
        sample.clear();
        let failed = |error| read_error(Path::new(&file.shown), compression, error);
        reader.take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(failed)?;
        // A letter that the sample cuts in two is no proof.
        let refuted = std::str::from_utf8(&sample).is_err_and(|error| error.error_len().is_some());
        Ok::<bool, Error>(!refuted)
    };
    if !read(guess_by_first_bytes(file)?)? {
        let (compression, reader) = compression::open(&file.path)?;
        let failed = |error| read_error(Path::new(&file.shown), compression, error);
        let guess = encoding::guess(reader.take(SAMPLE_BYTES), || true).map_err(failed)?;
        read(guess)?;
    }
    let whole = (sample.len() as u64) < SAMPLE_BYTES;
    let dialect = dialect::detect(&sample, whole, &Given::default());
    let (delimiter, quote) = (dialect.delimiter, dialect.quote);
    let framed = FramedReader::new(sample.as_slice(), &dialect.frame, delimiter, quote, Lines::Dropped);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(framed);
    let mut records: Vec<Vec<Vec<u8>>> = Vec::new();
    for record in reader.byte_records().flatten().take(RECORDS_LOOKED_AT) {
        records.push(record.iter().map(<[u8]>::to_vec).collect());
    }
    if !whole && records.len() > 1 && records.len() < RECORDS_LOOKED_AT {
        records.pop();
    }
    Ok((delimiter, records))
}

/// Passes bytes on; knows the last one that is not a line end, and refuses endless rows.
struct Watched {
    reader: Box<dyn Read>,
    /// The last byte that is no line end, and how many line ends came after it.
    last: Rc<Cell<(u8, u64)>>,
    since_row: Rc<Cell<u64>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > ROW_BYTES_MAX {
            return Err(io::Error::other(EndlessRow));
        }
        let length = self.reader.read(buffer)?;
        let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let (last, ends) = self.last.get();
        self.last.set(match buffer[..length].iter().rposition(|byte| !is_break(byte)) {
            Some(at) => (buffer[at], (length - at - 1) as u64),
            None => (last, ends + length as u64),
        });
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

/// Reads the file in one encoding, as far as it turns out to be right.
fn scan_as(
    file: &DataFile,
    encoding: &'static Encoding,
    learned: &Learned,
    options: &SourceOptions,
    cancel: &Cancel,
) -> Result<Outcome> {
    let failed = |compression| move |error: io::Error| read_error(Path::new(&file.shown), compression, error);
    let (compression, reader) = open(&file.path, encoding, learned.lenient)?;
    let mut sample = Vec::new();
    reader.take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(failed(compression))?;
    let whole = (sample.len() as u64) < SAMPLE_BYTES;
    let given = Given {
        delimiter: options.delimiter,
        quote: options.quote,
        escape: options.escape.or(learned.escape),
        comment: options.comment.or(learned.comment),
        skip: options.skip,
    };
    let dialect = dialect::detect(&sample, whole, &given);
    let crlf =
        sample.iter().position(|byte| *byte == b'\n').is_some_and(|at| at > 0 && sample[at - 1] == b'\r');
    drop(sample);
    let (delimiter, quote) = (dialect.delimiter, dialect.quote);
    let mut reading = Reading {
        encoding: encoding.name().to_owned(),
        lenient: learned.lenient,
        frame: dialect.frame,
        delimiter,
        quote,
        dates: Vec::new(),
    };

    let (last, since_row) = (Rc::new(Cell::new((0, 0))), Rc::new(Cell::new(0)));
    let (_, reader) = open_as(&file.path, &reading, Lines::Emptied)?;
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
        return Ok(Outcome::NotUtf8);
    }
    let first: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
    let first_line = row_line;
    let facts = Facts::with_date_format(options.date_format.clone());
    let mut table = Table::new(vec![facts; first.len()], encoding != UTF_8 || learned.lenient);
    table.look(&record, row_line);
    let mut notes = Notes::below(first.len());
    let mut last_of_table = (row_start, 0);
    let misfit = |waiting: &Waiting| -> Result<Outcome> {
        if given.comment.is_none() && waiting.record.get(0).is_some_and(|field| field.starts_with(b"#")) {
            return Ok(Outcome::Commented);
        }
        let line = exact_line(file, &reading, waiting.start)?;
        Err(ragged(file, &waiting.record, line, first_line, first.len(), delimiter))
    };
    while read(&mut record, &mut row_line, &mut row_start)? {
        if table.rows.is_multiple_of(ROWS_PER_CHECK) {
            cancel.check()?;
        }
        if std::str::from_utf8(record.as_slice()).is_err() {
            return Ok(Outcome::NotUtf8);
        }
        if given.escape.is_none() && reading.frame.quoting.escape.is_none() && is_escaped(&record, quote) {
            return Ok(Outcome::Escaped);
        }
        match notes.take(row_start, row_line, &record) {
            Step::Row => {}
            Step::Wait => continue,
            Step::Release => {
                for waiting in notes.release() {
                    table.add(&waiting.record, waiting.line);
                }
            }
            Step::Misfit(waiting) => return misfit(&waiting),
        }
        table.add(&record, row_line);
        last_of_table = (row_start, breaks(&record));
    }
    let (last_byte, last_break) = last.get();
    let is_set_apart = |waiting: &Waiting| -> Result<bool> {
        let (start, breaks) = last_of_table;
        let (before, line) = (exact_line(file, &reading, start)?, exact_line(file, &reading, waiting.start)?);
        Ok(line > before + breaks + 1)
    };
    let (rows, below) = match notes.finish(last_break == 0, is_set_apart) {
        Ok(ended) => ended,
        Err(EndError::Misfit(waiting)) => return misfit(&waiting),
        Err(EndError::Reading(error)) => return Err(error),
    };
    for waiting in rows {
        table.add(&waiting.record, waiting.line);
    }
    if table.last_field_breaks && last_byte != quote && below.is_empty() {
        return Err(open_quote(file, exact_line(file, &reading, row_start)?, quote));
    }
    let mut warnings = Vec::new();
    if !dialect.titles.is_empty() {
        let line = reading.frame.skip + 1;
        warnings.push(
            Warning::new(format!(
                "`{}`: the header is on line {line}; what stands above it was left out: {}",
                file.shown,
                listed(&dialect.titles)
            ))
            .with_help("if the table begins above, say so: CREATE EXTERNAL TABLE … OPTIONS ('skip' '0')"),
        );
    }
    if let Some(note) = below.first() {
        let line = exact_line(file, &reading, note.start)?;
        reading.frame.end = Some(line);
        let texts: Vec<String> =
            below.iter().map(|note| notes::shown(&note.record)).filter(|text| !text.is_empty()).collect();
        if texts.iter().any(|text| text != "\u{1a}") {
            warnings.push(
                Warning::new(format!(
                    "`{}`: what stands below the table, from line {line} on, was left out: {}",
                    file.shown,
                    listed(&texts)
                ))
                .with_help("if these are rows of the table, give them all its fields"),
            );
        }
    }
    if let Some(comment) = reading.frame.comment
        && options.comment.is_none()
    {
        let comments = comments(file, &reading)?;
        warnings.push(
            Warning::new(format!(
                "`{}`: {} with `{}` left out as comments: {}",
                file.shown,
                if comments.count == 1 {
                    "1 line that begins".to_owned()
                } else {
                    format!("{} lines that begin", comments.count)
                },
                char::from(comment),
                listed(&comments.first)
            ))
            .with_help("to make that sure, write it: CREATE EXTERNAL TABLE … OPTIONS ('comment' '#')"),
        );
    }
    if reading.frame.quoting.escape.is_some() && options.escape.is_none() {
        warnings.push(
            Warning::new(format!(
                "`{}`: quotes within values are written `\\{}`",
                file.shown,
                char::from(quote)
            ))
            .with_help("to make that sure, write it: CREATE EXTERNAL TABLE … OPTIONS ('escape' '\\')"),
        );
    }
    if let Some((line, count)) = table.undecodable {
        let values = if count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") };
        warnings.push(
            Warning::new(format!(
                "`{}`: {values} letters that are not {}, the first on line {line}; they are shown as `\u{fffd}`",
                file.shown,
                encoding.name()
            ))
            .with_help("if the file has another encoding, name it: OPTIONS ('encoding' 'iso-8859-2')"),
        );
    }
    let is_marked = compression == Compression::None
        && encoding == UTF_8
        && compression::first_bytes(&file.path, 3)?.as_slice() == b"\xef\xbb\xbf";
    let header = options.header.unwrap_or_else(|| dialect::has_header(&first, &table.columns));
    // A byte order mark is part of the header to the reader of queries, and would be part of the first value.
    reading.lenient |= is_marked && !header;
    let found = CsvFound {
        reading,
        header,
        compression,
        rows: table.rows,
        line_breaks: table.line_breaks,
        names: Vec::new(),
        columns: table.columns,
        warnings,
    };
    Ok(Outcome::Found(Box::new(name_columns(found, file, options, &first, first_line))))
}

fn listed(texts: &[String]) -> String {
    let shown: Vec<_> = texts.iter().take(TEXTS_SHOWN_MAX).map(|text| format!("`{text}`")).collect();
    let more = if texts.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn comments(file: &DataFile, reading: &Reading) -> Result<Comments> {
    let (compression, reader) = open(&file.path, reading.encoding()?, reading.lenient)?;
    let Reading { frame, delimiter, quote, .. } = reading;
    let mut framed = FramedReader::new(reader, frame, *delimiter, *quote, Lines::Dropped);
    io::copy(&mut framed, &mut io::sink())
        .map_err(|error| read_error(Path::new(&file.shown), compression, error))?;
    Ok(framed.comments().clone())
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
        let mut with_first = Facts::with_date_format(options.date_format.clone());
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
fn exact_line(file: &DataFile, reading: &Reading, start: u64) -> Result<u64> {
    let (compression, reader) = open_as(&file.path, reading, Lines::Emptied)?;
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
