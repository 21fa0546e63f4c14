//! Writes batches to one file of a sample, under a temporary name until it is complete.
//!
//! Knows nothing of what the rows mean. The bytes depend on the rows alone: no clock, no version.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use arrow::{
    array::RecordBatch,
    csv::{Writer as CsvWriter, WriterBuilder},
    datatypes::SchemaRef,
    error::ArrowError,
};
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use tempfile::NamedTempFile;

use super::SampleFormat;
use crate::error::{Error, ErrorKind, Result, file_error};

/// Rows per row group: small enough to be held while it is written, large enough to be read fast.
const ROW_GROUP_ROWS: usize = 131_072;

/// A file that is being written; dropping it unfinished removes what there is.
pub(super) struct TableFile {
    path: PathBuf,
    writer: Writer,
    rows: u64,
}

enum Writer {
    Parquet(Box<ArrowWriter<BufWriter<NamedTempFile>>>),
    Csv(Box<CsvWriter<BufWriter<NamedTempFile>>>),
}

impl TableFile {
    /// Begins a file; an earlier one of the same name stays until this one is complete.
    pub(super) fn create(path: &Path, format: SampleFormat, schema: &SchemaRef) -> Result<Self> {
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory).map_err(|error| file_error("create", directory, error))?;
        let file = temporary_file(directory).map_err(|error| file_error("write into", directory, error))?;
        let file = BufWriter::new(file);
        let writer = match format {
            SampleFormat::Parquet => {
                let options = ArrowWriterOptions::new()
                    .with_properties(properties())
                    // Parquet's own types say everything; Arrow's copy of the schema would only add bytes.
                    .with_skip_arrow_metadata(true);
                let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options)
                    .map_err(|error| parquet_error(path, error))?;
                Writer::Parquet(Box::new(writer))
            }
            SampleFormat::Csv => {
                let mut writer = WriterBuilder::new()
                    .with_header(true)
                    .with_timestamp_format("%Y-%m-%dT%H:%M:%S".to_owned())
                    .build(file);
                // The header stands even if no row follows.
                writer
                    .write(&RecordBatch::new_empty(schema.clone()))
                    .map_err(|error| arrow_error(path, error))?;
                Writer::Csv(Box::new(writer))
            }
        };
        Ok(Self { path: path.to_owned(), writer, rows: 0 })
    }

    /// Appends rows.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        match &mut self.writer {
            Writer::Parquet(writer) => writer.write(batch).map_err(|error| parquet_error(&self.path, error)),
            Writer::Csv(writer) => writer.write(batch).map_err(|error| arrow_error(&self.path, error)),
        }
    }

    /// Completes the file and gives it its name; tells the rows and bytes in it.
    pub(super) fn finish(self) -> Result<(u64, u64)> {
        let Self { path, writer, rows } = self;
        let mut file = match writer {
            Writer::Parquet(writer) => writer.into_inner().map_err(|error| parquet_error(&path, error))?,
            Writer::Csv(writer) => writer.into_inner(),
        };
        file.flush().map_err(|error| file_error("write", &path, error))?;
        let file = file.into_inner().map_err(|error| file_error("write", &path, error.into_error()))?;
        let file = file.persist(&path).map_err(|error| file_error("write", &path, error.error))?;
        let bytes = file.metadata().map_err(|error| file_error("read", &path, error))?.len();
        Ok((rows, bytes))
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        // Not the version: the same rows stay the same bytes.
        .set_created_by("marginql sample".to_owned())
        .build()
}

pub(super) fn temporary_file(directory: &Path) -> std::io::Result<NamedTempFile<File>> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".marginql-").suffix(".tmp");
    // A sample is for everybody whom the umask allows; temporary files are private by default.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

fn parquet_error(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => file_error("write", path, *source),
            Err(source) => broken(path, source),
        },
        error => broken(path, error),
    }
}

fn arrow_error(path: &Path, error: ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, source) => file_error("write", path, source),
        error => broken(path, error),
    }
}

fn broken(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let source = source.into();
    Error::new(ErrorKind::Data, format!("cannot write `{}`: {source}", path.display())).caused_by(source)
}
