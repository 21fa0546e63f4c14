//! Reads the rows of Parquet files outside of queries: to see that all are there, to rename columns, to find what is damaged.

use std::{collections::BTreeSet, fs::File, io::Write, path::Path, sync::Arc};

use ::parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
            ParquetRecordBatchReaderBuilder,
        },
    },
    basic::{ConvertedType, LogicalType, Repetition},
    errors::ParquetError,
    file::metadata::ParquetMetaData,
    schema::types::Type,
};
use arrow::{
    array::{RecordBatch, RecordBatchReader},
    datatypes::{Field, Schema, TimeUnit},
};
use datafusion::{catalog::Session, datasource::physical_plan::parquet::Int96Coercer};
use futures::{StreamExt, TryStreamExt};

use super::{
    Sources, Warning,
    blocking::{self, Cancel},
    cache::Key,
    copy_writer::unwritable,
    dialect,
    locate::{DataFile, Located},
    parquet::{FOOTERS_AT_ONCE, check, footer_damaged, metadata, shown},
};
use crate::error::{Error, Result, file_error};

/// Rows that are copied at a time.
const ROWS_COPIED_AT_ONCE: usize = 8192;

/// Proves that the files are whole, and puts copies in the place of those in which two columns have one name.
pub(super) async fn readable(
    sources: &Sources,
    session: &dyn Session,
    mut located: Located,
) -> Result<Located> {
    let files = located.files.clone();
    blocking::run(move |cancel| {
        files.iter().try_for_each(|file| {
            cancel.check()?;
            check(file)
        })
    })
    .await?;
    let reads: Vec<_> = located.files.iter().map(|file| metadata(session, file)).collect();
    let footers: Vec<_> = futures::stream::iter(reads).buffered(FOOTERS_AT_ONCE).try_collect().await?;
    for (file, metadata) in located.files.iter_mut().zip(footers) {
        let columns = metadata.file_metadata().schema_descr().root_schema().get_fields();
        let old = columns.iter().find(|column| repeats_without_list(column, false));
        let counted = counted_rows(&metadata);
        if old.is_some() || counted != metadata.file_metadata().num_rows() {
            let why = match old {
                Some(column) => {
                    format!("its column `{}` repeats in an old form that is not read", column.name())
                }
                None => "its end, where rows are counted, contradicts itself".to_owned(),
            };
            let file = file.clone();
            blocking::run(move |cancel| check_rows(&file, counted, &why, cancel)).await?;
        }
        let header: Vec<Vec<u8>> = columns.iter().map(|column| column.name().as_bytes().to_vec()).collect();
        let distinct: BTreeSet<_> = header.iter().collect();
        if distinct.len() == header.len() {
            continue;
        }
        let (names, changes) = dialect::names(&header);
        located
            .warnings
            .extend(changes.into_iter().map(|change| Warning::new(format!("`{}`: {change}", file.shown))));
        let (sources, original) = (sources.clone(), file.clone());
        *file = blocking::run(move |cancel| {
            let key = Key::new(&original, format!("columns {names:?}"));
            let copy = |out: &mut dyn Write| renamed(&original, &names, cancel, out);
            DataFile::at(sources.0.cache.copy(&key, "parquet", copy)?, &original)
        })
        .await?;
    }
    Ok(located)
}

/// Whether a column repeats as old writers wrote it, without saying that it is a list; the reader may lose rows of such.
fn repeats_without_list(column: &Type, is_in_list: bool) -> bool {
    let about = column.get_basic_info();
    let repeats = about.has_repetition() && about.repetition() == Repetition::REPEATED;
    let is_list = matches!(
        about.converted_type(),
        ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE
    ) || matches!(about.logical_type_ref(), Some(LogicalType::List | LogicalType::Map));
    (repeats && !is_in_list)
        || (column.is_group() && column.get_fields().iter().any(|inner| repeats_without_list(inner, is_list)))
}

/// The rows of all row groups. The number for the whole file may be another: old writers left it out.
pub(super) fn counted_rows(metadata: &ParquetMetaData) -> i64 {
    metadata.row_groups().iter().map(|group| group.num_rows()).sum()
}

/// An error if a file gives another number of rows than its row groups count.
fn check_rows(file: &DataFile, counted: i64, why: &str, cancel: &Cancel) -> Result<()> {
    let failed = |error| file_error("read", shown(file), error);
    let opened = File::open(&file.path).map_err(failed)?;
    let mut rows = 0;
    let read = batches(opened, ROWS_COPIED_AT_ONCE).map_err(|error| footer_damaged(file, error.into()))?;
    for batch in read {
        cancel.check()?;
        let batch = batch.map_err(|error| footer_damaged(file, error.into()))?;
        rows += i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
    }
    if rows == counted {
        return Ok(());
    }
    Err(Error::data(format!("`{}` counts {counted} rows and gives {rows}: {why}", file.shown))
        .hint("write the file again with a program of today"))
}

/// Writes the rows of a file with other names of its columns.
fn renamed(file: &DataFile, names: &[String], cancel: &Cancel, out: &mut dyn Write) -> Result<()> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::data(format!("`{}` cannot be read as Parquet", file.shown)).caused_by(error)
    };
    let opened = File::open(&file.path).map_err(|error| file_error("read", shown(file), error))?;
    let batches = batches(opened, ROWS_COPIED_AT_ONCE).map_err(|error| failed(error.into()))?;
    let fields: Vec<Field> = batches
        .schema()
        .fields()
        .iter()
        .zip(names)
        .map(|(field, name)| field.as_ref().clone().with_name(name))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    // A writer wants to own what it writes to, and may be sent elsewhere.
    let mut block = Vec::new();
    let mut writer =
        ArrowWriter::try_new(&mut block, Arc::clone(&schema), None).map_err(|error| failed(error.into()))?;
    for batch in batches {
        cancel.check()?;
        let batch = batch.map_err(|error| failed(error.into()))?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())
            .map_err(|error| failed(error.into()))?;
        writer.write(&batch).map_err(|error| failed(error.into()))?;
    }
    writer.close().map_err(|error| failed(error.into()))?;
    out.write_all(&block).map_err(unwritable)
}

/// The rows of a file, as queries read them.
pub(super) fn batches(
    file: File,
    rows: usize,
) -> std::result::Result<ParquetRecordBatchReader, ParquetError> {
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let unit = TimeUnit::Microsecond;
    let coerced = Int96Coercer::new(metadata.parquet_schema(), metadata.schema(), &unit).coerce();
    let metadata = match coerced {
        Some(schema) => {
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_schema(Arc::new(schema)))?
        }
        None => metadata,
    };
    ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(rows).build()
}

/// The error for a file whose pages cannot be read; none if all can.
pub(crate) fn damaged(path: &Path) -> Option<Error> {
    // Readers may run into what is damaged with their eyes shut.
    let read = std::panic::catch_unwind(|| -> std::result::Result<(), ParquetError> {
        for batch in batches(File::open(path)?, ROWS_COPIED_AT_ONCE)? {
            batch?;
        }
        Ok(())
    });
    let cause = match read {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => Some(error),
        Err(_) => None,
    };
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).display();
    let error = Error::data(format!("`{shown}` is damaged: its rows cannot be read"))
        .hint("copy or export the file again; whoever writes it may not be finished");
    Some(match cause {
        Some(cause) => error.caused_by(cause),
        None => error,
    })
}
