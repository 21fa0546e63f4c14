//! Damaged files: small files of every format, changed at random, that must give rows or a clear error.
//!
//! Everything follows from a seed and the number of a file. [`Damage::run`] reads one file through a session of its own; what
//! ends the process is for whoever started it to see.

use std::{
    io::{self, Cursor, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use marginql::{
    engine::{Engine, EngineOptions},
    error::{Error, ErrorKind},
    output::{Format, Style, open},
    query::{Parameters, Text, parse_statements},
};
use parquet::{
    arrow::ArrowWriter,
    basic::Compression,
    file::properties::{WriterProperties, WriterVersion},
};
use tokio::runtime::Runtime;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::chance::{Chance, Subject};

/// Rows of the files before they are damaged.
const ROWS: i64 = 300;

/// The process that reads a file takes at most so many bytes.
pub const RESIDENT_BYTES_MAX: u64 = 600 << 20;

/// Bytes at the end of a file in which formats describe what is before.
const END_BYTES: usize = 400;

/// What became of a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It could be read.
    Rows,
    /// It was refused, with this message.
    Refused(String),
    /// A fault of the program: what, and the message.
    Fault(String),
}

/// Files of every format, and sessions that read them.
#[derive(Debug)]
pub struct Damage {
    seed: u64,
    limit: Duration,
    originals: Vec<(&'static str, Vec<u8>)>,
    runtime: Runtime,
    directory: tempfile::TempDir,
}

impl Damage {
    /// Writes the files that are to be damaged; one that is not read within the limit shows a fault.
    ///
    /// # Errors
    /// Files that cannot be written, threads that cannot be started.
    pub fn new(seed: u64, limit: Duration) -> io::Result<Self> {
        Ok(Self {
            seed,
            limit,
            originals: originals()?,
            runtime: runtime()?,
            directory: tempfile::tempdir()?,
        })
    }

    /// The damaged file of a number: its name, and what is in it.
    pub fn file(&self, number: u64) -> (&'static str, Vec<u8>) {
        let mut chance = Chance::new(self.seed, Subject::Data, number);
        let (name, original) = chance.pick(&self.originals);
        let mut bytes = original.clone();
        for _ in 0..=chance.weighted(&[(6, 0), (3, 1), (1, 4)]) {
            self.damage(&mut bytes, &mut chance);
        }
        (name, bytes)
    }

    fn damage(&self, bytes: &mut Vec<u8>, chance: &mut Chance) {
        if bytes.is_empty() {
            return;
        }
        let at = match chance.percent(40) {
            true => bytes.len() - 1 - chance.below(END_BYTES.min(bytes.len())),
            false => chance.below(bytes.len()),
        };
        let length = 1 + chance.below((bytes.len() - at).min(64));
        match chance.below(8) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at..at + length].fill(*chance.pick(&[0x00, 0xff, b'"', b'{', b'<', b'\n'])),
            2 => bytes[at..at + length].iter_mut().for_each(|byte| *byte = chance.below(256) as u8),
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..at + length)),
            5 => {
                let copied = bytes[at..at + length].to_vec();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, copied);
            }
            6 => {
                let extreme: u32 = *chance.pick(&[0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX]);
                let end = bytes.len().min(at + 4);
                bytes[at..end].copy_from_slice(&extreme.to_le_bytes()[..end - at]);
            }
            _ => {
                let (_, other) = chance.pick(&self.originals);
                let from = chance.below(other.len());
                let end = other.len().min(from + 1 + chance.below(512));
                bytes.splice(at..at, other[from..end].to_vec());
            }
        }
    }

    /// Reads the damaged file of a number from end to end.
    pub fn run(&mut self, number: u64) -> Outcome {
        let (name, bytes) = self.file(number);
        let path = self.directory.path().join(name);
        if let Err(error) = std::fs::write(&path, bytes) {
            return Outcome::Fault(format!("the file cannot be written: {error}"));
        }
        let text = path.to_string_lossy().into_owned();
        let task = self.runtime.spawn(async move { read(&text).await });
        let limit = self.limit;
        match self.runtime.block_on(async { tokio::time::timeout(limit, task).await }) {
            Ok(Ok(Ok(()))) => Outcome::Rows,
            Ok(Ok(Err(error))) => judged(&error),
            Ok(Err(died)) => Outcome::Fault(format!("a panic: {died}")),
            Err(_) => {
                // A thread that never ends is lost with its runtime.
                if let Ok(fresh) = runtime() {
                    std::mem::replace(&mut self.runtime, fresh).shutdown_background();
                }
                Outcome::Fault(format!("no end after {} s", limit.as_secs()))
            }
        }
    }

    /// Reads a damaged file as [`Damage::run`] does, in a process that does nothing else: too much memory is a fault too.
    pub fn run_alone(&mut self, number: u64) -> Outcome {
        reset_resident_bytes();
        let outcome = self.run(number);
        match resident_bytes() {
            Some(bytes) if bytes > RESIDENT_BYTES_MAX => {
                Outcome::Fault(format!("{} MiB of memory", bytes >> 20))
            }
            _ => outcome,
        }
    }
}

fn judged(error: &Error) -> Outcome {
    let message = error.message().to_owned();
    let is_fault =
        error.kind() == ErrorKind::Internal || message.contains("defect") || error.hints().is_empty();
    if is_fault { Outcome::Fault(message) } else { Outcome::Refused(message) }
}

async fn read(path: &str) -> Result<(), Error> {
    let options =
        EngineOptions { memory_limit: Some("200MB".parse()?), threads: Some(2), ..EngineOptions::default() };
    let engine = Engine::new(&options)?;
    let sql = Text::new("<damage>", format!("SELECT * FROM '{path}'"));
    let statements = parse_statements(&sql, engine.dialect().as_ref())?;
    for statement in statements {
        let mut rows = engine.run(&statement, &Parameters::default()).await?;
        while rows.next().await?.is_some() {}
    }
    Ok(())
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(8 << 20)
        .enable_all()
        .build()
}

/// Begins to measure the most memory anew, where the system can.
fn reset_resident_bytes() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory since; none where the system does not tell.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// A target that can be read back.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn rows() -> io::Result<RecordBatch> {
    let texts = |number: i64| match number % 5 {
        0 => None,
        1 => Some("Müller, \"the\" second\nline".to_owned()),
        _ => Some(format!("customer {number}")),
    };
    let amounts = Decimal128Array::from_iter(
        (0..ROWS).map(|number| (number % 7 != 0).then(|| i128::from(number) * 12_345 - 900)),
    );
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from_iter_values(0..ROWS))),
        ("customer", Arc::new(StringArray::from_iter((0..ROWS).map(texts)))),
        ("amount", Arc::new(amounts.with_precision_and_scale(18, 4).map_err(io::Error::other)?)),
        ("day", Arc::new(Date32Array::from_iter_values((0..ROWS).map(|number| 20_000 + number as i32)))),
        ("paid", Arc::new(BooleanArray::from_iter((0..ROWS).map(|number| Some(number % 3 == 0))))),
    ];
    RecordBatch::try_from_iter(columns).map_err(io::Error::other)
}

fn written(format: Format, batch: &RecordBatch) -> io::Result<Vec<u8>> {
    let shared = Shared::default();
    let mut sink = open(format, batch.schema(), Box::new(shared.clone()), &Style::default())
        .map_err(io::Error::other)?;
    sink.write(batch).map_err(io::Error::other)?;
    sink.finish().map_err(io::Error::other)?;
    let bytes = std::mem::take(&mut *shared.0.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(bytes)
}

fn parquet(batch: &RecordBatch, properties: WriterProperties) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(io::Error::other)?;
    writer.write(batch).map_err(io::Error::other)?;
    writer.close().map_err(io::Error::other)?;
    Ok(bytes)
}

fn archive(name: &str, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default())?;
    writer.write_all(content)?;
    Ok(writer.finish()?.into_inner())
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content)?;
    writer.finish()
}

/// Files of every format, by several writers.
fn originals() -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let batch = rows()?;
    let csv = written(Format::Csv, &batch)?;
    let json = written(Format::Json, &batch)?;
    let second_version = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(100))
        .build();
    let plain = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_compression(Compression::UNCOMPRESSED)
        .set_data_page_row_count_limit(50)
        .build();
    Ok(vec![
        ("plain.parquet", parquet(&batch, plain)?),
        ("second.parquet", parquet(&batch, second_version)?),
        ("ours.parquet", written(Format::Parquet, &batch)?),
        ("text.csv.gz", gzip(&csv)?),
        ("text.zip", archive("text.csv", &csv)?),
        ("tabs.tsv", written(Format::Tsv, &batch)?),
        ("lines.ndjson", written(Format::Ndjson, &batch)?),
        ("wrapped.json", [b"{\"data\": ".as_slice(), &json, b", \"next\": null}"].concat()),
        ("array.json", json),
        ("page.html.xls", written(Format::Html, &batch)?),
        ("book.xlsx", written(Format::Xlsx, &batch)?),
        ("text.csv", csv),
    ])
}
