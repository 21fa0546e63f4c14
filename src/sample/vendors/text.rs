//! Writes an export as delimited text: values go in by column, as the systems render them.
//!
//! Knows nothing of what the columns mean. Next: `mod`, which lists the files.

use std::{
    fmt::{Arguments, Write as _},
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use csv::ByteRecord;
use rust_decimal::Decimal;
use tempfile::NamedTempFile;

use crate::{
    error::{Error, ErrorKind, Result, file_error},
    sample::{
        calendar::{Date, Day, date_of},
        company::{Money, ONE},
        files::temporary_file,
    },
};

/// A text file that is being written; dropping it unfinished removes what there is.
pub(in crate::sample) struct TextTable {
    path: PathBuf,
    /// None: rows are only added up.
    writer: Option<csv::Writer<BufWriter<NamedTempFile<File>>>>,
    /// The columns that are added up, and their totals.
    totals: Vec<(usize, Decimal)>,
    width: usize,
    record: ByteRecord,
    scratch: String,
    rows: u64,
}

impl TextTable {
    /// Begins a file with its header; an earlier one of the same name stays until this one is complete.
    pub(super) fn create(path: &Path, header: &[&str], delimiter: u8) -> Result<Self> {
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory).map_err(|error| file_error("create", directory, error))?;
        let file = temporary_file(directory).map_err(|error| file_error("write into", directory, error))?;
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(BufWriter::new(file));
        writer.write_record(header).map_err(|error| csv_error(path, error))?;
        Ok(Self { writer: Some(writer), ..Self::adding_up(path, header, &[]) })
    }

    /// Begins a file that is not written: its columns of these names are added up.
    pub(super) fn adding_up(path: &Path, header: &[&str], columns: &[&str]) -> Self {
        let place = |name: &&str| header.iter().position(|other| other == name);
        let totals = columns.iter().filter_map(place).map(|place| (place, Decimal::ZERO)).collect();
        Self {
            path: path.to_owned(),
            writer: None,
            totals,
            width: header.len(),
            record: ByteRecord::new(),
            scratch: String::new(),
            rows: 0,
        }
    }

    /// The totals of the columns that are added up. What is no amount is not in them.
    pub(super) fn totals(&self) -> impl Iterator<Item = Decimal> {
        self.totals.iter().map(|(_, total)| *total)
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.record.push_field(value.as_bytes());
        self
    }

    /// Text made on the fly.
    pub(super) fn format(&mut self, value: Arguments<'_>) -> &mut Self {
        self.scratch.clear();
        self.scratch.write_fmt(value).expect("a String takes every text");
        self.record.push_field(self.scratch.as_bytes());
        self
    }

    pub(super) fn number(&mut self, value: u64) -> &mut Self {
        self.format(format_args!("{value}"))
    }

    /// An amount with the two decimals of the systems.
    pub(super) fn money(&mut self, value: Money) -> &mut Self {
        self.format(format_args!("{}", TwoDecimals(value)))
    }

    pub(super) fn date(&mut self, value: Day) -> &mut Self {
        self.format(format_args!("{}", IsoDate(value)))
    }

    /// A time as seconds since 1970-01-01, rendered `2025-03-01 15:17:00`.
    pub(super) fn timestamp(&mut self, seconds: i64) -> &mut Self {
        self.format(format_args!("{}", IsoTime(seconds)))
    }

    pub(super) fn boolean(&mut self, value: bool) -> &mut Self {
        self.text(if value { "true" } else { "false" })
    }

    pub(super) fn blank(&mut self) -> &mut Self {
        self.text("")
    }

    /// Completes the row.
    pub(super) fn end(&mut self) -> Result<()> {
        self.end_times(1)
    }

    /// Completes the row and writes it as often as said: an export that repeats itself.
    pub(super) fn end_times(&mut self, times: u64) -> Result<()> {
        assert_eq!(
            self.record.len(),
            self.width,
            "a row of `{}` has a value for every column",
            self.path.display()
        );
        for (place, total) in &mut self.totals {
            let amount =
                std::str::from_utf8(&self.record[*place]).ok().and_then(|text| text.trim().parse().ok());
            *total += amount.unwrap_or(Decimal::ZERO) * Decimal::from(times);
        }
        for _ in 0..times {
            let Some(writer) = &mut self.writer else { break };
            writer.write_byte_record(&self.record).map_err(|error| csv_error(&self.path, error))?;
        }
        self.rows += times;
        self.record.clear();
        Ok(())
    }

    /// Completes the file and gives it its name; tells the rows and bytes in it.
    pub(super) fn finish(self) -> Result<(u64, u64)> {
        let Self { path, writer, rows, .. } = self;
        let Some(writer) = writer else { return Ok((rows, 0)) };
        let file = writer.into_inner().map_err(|error| file_error("write", &path, error.into_error()))?;
        let file = file.into_inner().map_err(|error| file_error("write", &path, error.into_error()))?;
        Ok((rows, persist(file, &path)?))
    }
}

/// Writes a file that is not a table.
pub(super) fn write_text(path: &Path, text: &str) -> Result<u64> {
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(|error| file_error("create", directory, error))?;
    let mut file = temporary_file(directory).map_err(|error| file_error("write into", directory, error))?;
    file.write_all(text.as_bytes()).map_err(|error| file_error("write", path, error))?;
    persist(file, path)
}

fn persist(file: NamedTempFile<File>, path: &Path) -> Result<u64> {
    let file = file.persist(path).map_err(|error| file_error("write", path, error.error))?;
    Ok(file.metadata().map_err(|error| file_error("read", path, error))?.len())
}

fn csv_error(path: &Path, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => file_error("write", path, error),
        other => Error::new(ErrorKind::Internal, format!("cannot write `{}`: {other:?}", path.display())),
    }
}

/// Renders money with two decimals; the amounts of exports have no more.
pub(super) struct TwoDecimals(pub Money);

impl std::fmt::Display for TwoDecimals {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        debug_assert_eq!(self.0 % 100, 0, "exports have two decimals");
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", units / one, units % one / 100)
    }
}

/// Renders a day as `2025-03-01`.
pub(super) struct IsoDate(pub Day);

impl std::fmt::Display for IsoDate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Date { year, month, day } = date_of(self.0);
        write!(formatter, "{year}-{month:02}-{day:02}")
    }
}

/// Renders a second as `2025-03-01 15:17:00`.
pub(super) struct IsoTime(pub i64);

impl std::fmt::Display for IsoTime {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = Day::try_from(self.0.div_euclid(86_400)).unwrap_or(0);
        let second = self.0.rem_euclid(86_400);
        write!(formatter, "{} {:02}:{:02}:{:02}", IsoDate(day), second / 3_600, second / 60 % 60, second % 60)
    }
}
