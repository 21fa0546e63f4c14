//! How the bytes of a delimited file become the plain CSV of its table, and reading it so.

use std::{
    io::{Read, Write},
    path::Path,
};

use encoding_rs::{Encoding, UTF_8};
use serde::{Deserialize, Serialize};

use super::{
    blocking::{Cancel, each_block},
    compression::{self, Compression, read_error},
    copy_writer::unwritable,
    dates::{WrittenDates, with_dates},
    encoding::{self, DecodingReader},
    frame::{Frame, FramedReader, Lines},
    locate::DataFile,
};
use crate::error::{Error, Result};

/// Rows between two looks at the cancel flag.
const ROWS_PER_CHECK: u64 = 4096;

/// How the bytes of a file become the text of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reading {
    pub(super) encoding: String,
    /// Whether bytes that are no letters of the encoding are passed over; otherwise they are kept for an error.
    pub(super) lenient: bool,
    pub(super) frame: Frame,
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// Columns, by their numbers, with dates that readers do not accept as they are written.
    pub(super) dates: Vec<(usize, WrittenDates)>,
}

impl Reading {
    /// Returns the reading of JSON and other texts without fields.
    pub(super) fn of_text(encoding: &str) -> Self {
        Self {
            encoding: encoding.to_owned(),
            lenient: false,
            frame: Frame::default(),
            delimiter: b',',
            quote: b'"',
            dates: Vec::new(),
        }
    }

    /// Returns whether the file can be read as it stands.
    pub(super) fn is_plain(&self) -> bool {
        self.encoding == UTF_8.name() && !self.lenient && self.frame.is_plain() && self.dates.is_empty()
    }

    pub(super) fn encoding(&self) -> Result<&'static Encoding> {
        encoding::by_name(&self.encoding)
    }
}

/// Returns the encoding that the first bytes of a file show.
pub(super) fn guess_by_first_bytes(file: &DataFile) -> Result<&'static Encoding> {
    let (compression, reader) = compression::open(&file.path)?;
    let mut first = Vec::new();
    reader.take(4096).read_to_end(&mut first).map_err(|error| read_error(&file.path, compression, error))?;
    Ok(encoding::by_first_bytes(&first))
}

/// Opens a file as UTF-8 text, whatever its compression and encoding.
pub(super) fn open(
    path: &Path,
    encoding: &'static Encoding,
    lenient: bool,
) -> Result<(Compression, Box<dyn Read>)> {
    let (compression, reader) = compression::open(path)?;
    let is_raw = encoding == UTF_8 && !lenient;
    let reader: Box<dyn Read> = if is_raw { reader } else { Box::new(DecodingReader::new(reader, encoding)) };
    Ok((compression, reader))
}

/// Opens a file as the plain CSV of its table.
pub(super) fn open_as(path: &Path, reading: &Reading, lines: Lines) -> Result<(Compression, Box<dyn Read>)> {
    let (compression, reader) = open(path, reading.encoding()?, reading.lenient)?;
    let Reading { frame, delimiter, quote, .. } = reading;
    Ok(match frame.is_plain() {
        true => (compression, reader),
        false => (compression, Box::new(FramedReader::new(reader, frame, *delimiter, *quote, lines))),
    })
}

/// Writes the table of a file as plain CSV in UTF-8, for readers that know nothing else.
pub(super) fn copy(path: &Path, reading: &Reading, cancel: &Cancel, out: &mut dyn Write) -> Result<()> {
    let (compression, reader) = open_as(path, reading, Lines::Dropped)?;
    if !reading.dates.is_empty() {
        return copy_with_dates(path, compression, reader, reading, cancel, out);
    }
    each_block(
        reader,
        cancel,
        |error| read_error(path, compression, error),
        |block| out.write_all(block).map_err(unwritable),
    )
}

/// Writes the table record by record, with dates as readers accept them.
fn copy_with_dates(
    path: &Path,
    compression: Compression,
    reader: Box<dyn Read>,
    reading: &Reading,
    cancel: &Cancel,
    out: &mut dyn Write,
) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(reading.delimiter)
        .quote(reading.quote)
        .buffer_capacity(1 << 20)
        .from_reader(reader);
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .delimiter(reading.delimiter)
        .quote(reading.quote)
        .from_writer(out);
    let mut record = csv::ByteRecord::new();
    let mut number = 0_u64;
    loop {
        let more = reader.read_byte_record(&mut record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => read_error(path, compression, error),
            other => Error::data(format!("`{}` cannot be read: {other:?}", path.display())),
        })?;
        if !more {
            return writer.flush().map_err(unwritable);
        }
        number += 1;
        if number.is_multiple_of(ROWS_PER_CHECK) {
            cancel.check()?;
        }
        writer.write_byte_record(&with_dates(&record, &reading.dates)).map_err(unwritable)?;
    }
}
