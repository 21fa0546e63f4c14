//! Opens Parquet files: proves that they are whole, and makes one schema of theirs.
//!
//! Statistics and pruning are DataFusion's; here are the checks whose messages name the file.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    panic::AssertUnwindSafe,
    sync::Arc,
};

use ::parquet::file::metadata::ParquetMetaData;
use arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Field, Schema, SchemaRef};
use datafusion::{
    catalog::Session,
    datasource::{
        file_format::{FileFormat, parquet::ParquetFormat},
        physical_plan::parquet::metadata::DFParquetMetadata,
    },
    error::DataFusionError,
};
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{
    Format, Source, SourceOptions, Sources, Warning,
    describe::{ColumnDescription, in_sql, type_name},
    locate::{DataFile, Located},
    lock, look,
    parquet_rows::counted_rows,
    proven_statistics::ProvenStatistics,
    table::{self, Built},
};
use crate::error::{Error, Result, file_error};

/// How many footers are read at a time.
pub(super) const FOOTERS_AT_ONCE: usize = 16;

/// A Parquet file is at least this long: magic, footer length, magic.
const BYTES_MIN: u64 = 12;

/// What the footers of the files say together.
pub(super) struct Looked {
    pub(super) schema: SchemaRef,
    pub(super) columns: Vec<ColumnDescription>,
    pub(super) warnings: Vec<Warning>,
    pub(super) rows: u64,
}

/// Opens Parquet files as a table.
pub(super) async fn open(
    sources: &Sources,
    session: &dyn Session,
    located: Located,
    options: &SourceOptions,
) -> Result<Source> {
    let Looked { schema, columns, warnings, rows } = look(session, &located, options).await?;
    let format = Arc::new(ProvenStatistics(format(session)));
    let mut built = Built { format, columns, schema, warnings: Vec::new(), self_describing: true };
    let read: Vec<_> = located.files.iter().map(|file| file.path.clone()).collect();
    let (table, partitions) = table::listing(sources, session, &located, &read, &built, options).await?;
    built.columns.extend(partitions);
    let description = table::description(Format::Parquet, &located, built.columns, Some(rows));
    Ok(Source::new(Arc::new(table), description, [located.warnings, warnings].concat()))
}

/// How Parquet is read in this session.
fn format(session: &dyn Session) -> ParquetFormat {
    let format = ParquetFormat::default().with_options(session.default_table_options().parquet);
    // Nanoseconds end in 2262, and an open end is written as 9999.
    let unit = format.coerce_int96().unwrap_or_else(|| "us".to_owned());
    format.with_coerce_int96(Some(unit))
}

/// Makes one schema of the files.
pub(super) async fn look(
    session: &dyn Session,
    located: &Located,
    options: &SourceOptions,
) -> Result<Looked> {
    let format = format(session);
    let footers: Vec<(SchemaRef, u64)> = {
        let reads: Vec<_> = located.files.iter().map(|file| footer(session, &format, file)).collect();
        futures::stream::iter(reads).buffered(FOOTERS_AT_ONCE).try_collect().await?
    };
    let rows = footers.iter().map(|(_, rows)| rows).sum();
    let (found, warnings) = merge(located, &footers)?;
    let schema = match &options.declared {
        Some(declared) => declare(&found, declared)?,
        None => found,
    };
    lock::check_parquet(options, &schema, located)?;
    lock::check_complete(options, &schema, located)?;
    let reason = if options.declared.is_some() { "declared" } else { "as the file says" };
    let columns = schema.fields().iter().map(|field| ColumnDescription {
        name: field.name().clone(),
        data_type: field.data_type().clone(),
        reason: reason.to_owned(),
        is_partition: false,
    });
    Ok(Looked { columns: columns.collect(), schema, warnings, rows })
}

/// Proves by its first and last bytes that a file is Parquet, and whole.
pub(super) fn check(file: &DataFile) -> Result<()> {
    let failed = |error| file_error("read", shown(file), error);
    if file.bytes == 0 {
        return Err(Error::data(format!("`{}` is empty: it has 0 bytes", file.shown))
            .hint("export the file again, or leave it out"));
    }
    let mut opened = File::open(&file.path).map_err(failed)?;
    let mut first = Vec::new();
    Read::by_ref(&mut opened).take(256).read_to_end(&mut first).map_err(failed)?;
    if first.starts_with(b"PARE") {
        return Err(
            Error::data(format!("`{}` is encrypted", file.shown)).hint("export it without encryption")
        );
    }
    if !first.starts_with(b"PAR1") {
        let (what, remedy) = look::describe(&first);
        return Err(Error::data(format!("`{}` is not a Parquet file: {what}", file.shown)).hint(remedy));
    }
    let mut last = [0; 8];
    if file.bytes >= BYTES_MIN {
        opened.seek(SeekFrom::End(-8)).and_then(|_| opened.read_exact(&mut last)).map_err(failed)?;
    }
    let [l0, l1, l2, l3, magic @ ..] = last;
    if magic != *b"PAR1" {
        return Err(truncated(file));
    }
    // The length of the footer, then the magic.
    let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
    if length + BYTES_MIN > file.bytes {
        let message = format!("it says that it has {length} bytes");
        return Err(footer_damaged(file, DataFusionError::Execution(message)));
    }
    Ok(())
}

pub(super) fn shown(file: &DataFile) -> &std::path::Path {
    file.shown.as_ref()
}

fn truncated(file: &DataFile) -> Error {
    Error::data(format!(
        "`{}` is truncated: it begins like Parquet, but its end, where the columns are described, is missing",
        file.shown
    ))
    .hint("copy or export the file again; whoever writes it may not be finished")
}

async fn footer(session: &dyn Session, format: &ParquetFormat, file: &DataFile) -> Result<(SchemaRef, u64)> {
    let (store, meta) = stored(session, file).await?;
    let objects = std::slice::from_ref(&meta);
    let schema = guarded(file, format.infer_schema(session, &store, objects)).await?;
    let rows = counted_rows(metadata(session, file).await?.as_ref());
    Ok((schema, rows.try_into().unwrap_or(0)))
}

/// What the end of a file says, which the session remembers.
pub(super) async fn metadata(session: &dyn Session, file: &DataFile) -> Result<Arc<ParquetMetaData>> {
    let (store, meta) = stored(session, file).await?;
    let cache = session.runtime_env().cache_manager.get_file_metadata_cache();
    let reader = DFParquetMetadata::new(store.as_ref(), &meta).with_file_metadata_cache(Some(cache));
    guarded(file, reader.fetch_metadata()).await
}

/// What a reader says of the end of a file; one that panics has met contradictions.
async fn guarded<T>(
    file: &DataFile,
    reading: impl Future<Output = std::result::Result<T, DataFusionError>>,
) -> Result<T> {
    let contradiction = |_| DataFusionError::Execution("its parts contradict each other".to_owned());
    let read = AssertUnwindSafe(reading).catch_unwind().await;
    read.map_err(contradiction).flatten().map_err(|error| footer_damaged(file, error))
}

async fn stored(session: &dyn Session, file: &DataFile) -> Result<(Arc<dyn ObjectStore>, ObjectMeta)> {
    let url = table::url(&file.path, false)?;
    let store = session.runtime_env().object_store(&url).map_err(|error| footer_damaged(file, error))?;
    let meta = store.head(url.prefix()).await.map_err(|error| footer_damaged(file, error.into()))?;
    Ok((store, meta))
}

pub(super) fn footer_damaged(file: &DataFile, error: DataFusionError) -> Error {
    let shown = &file.shown;
    Error::data(format!("`{shown}` is damaged: its end, where the columns are described, cannot be read"))
        // As a cause it would be taken for the error itself.
        .note(error.strip_backtrace())
        .hint("copy or export the file again")
}

/// One schema for all files: equal or safely widened types; a column that a file lacks is NULL there.
fn merge(located: &Located, footers: &[(SchemaRef, u64)]) -> Result<(SchemaRef, Vec<Warning>)> {
    let mut merged: Vec<(Field, &DataFile)> = Vec::new();
    for ((schema, _), file) in footers.iter().zip(&located.files) {
        // A partition directory wins over a column of the same name in the file.
        for field in schema.fields().iter().filter(|field| !located.partition_names.contains(field.name())) {
            let Some((known, first)) = merged.iter_mut().find(|(known, _)| known.name() == field.name())
            else {
                merged.push((field.as_ref().clone(), file));
                continue;
            };
            let Some(wider) = widen(known.data_type(), field.data_type()) else {
                return Err(Error::data(format!(
                    "column `{}` has different types: {} in `{}`, {} in `{}`",
                    field.name(),
                    type_name(known.data_type()),
                    first.shown,
                    type_name(field.data_type()),
                    file.shown
                ))
                .hint("make a table of each, and join them with UNION ALL and a CAST"));
            };
            *known =
                known.clone().with_data_type(wider).with_nullable(known.is_nullable() || field.is_nullable());
        }
    }
    let mut warnings = Vec::new();
    for (field, first) in &mut merged {
        let lacking = footers
            .iter()
            .zip(&located.files)
            .find(|((schema, _), _)| schema.column_with_name(field.name()).is_none());
        if let Some((_, file)) = lacking {
            *field = field.clone().with_nullable(true);
            warnings.push(Warning::new(format!(
                "column `{}` of `{}` is not in every file, such as `{}`; it is NULL there",
                field.name(),
                first.shown,
                file.shown
            )));
        }
    }
    let fields: Vec<Field> = merged.into_iter().map(|(field, _)| field).collect();
    Ok((Arc::new(Schema::new(fields)), warnings))
}

/// The type that holds every value of both exactly, if there is one.
fn widen(a: &DataType, b: &DataType) -> Option<DataType> {
    if a == b {
        return Some(a.clone());
    }
    if matches!(a, DataType::Null) {
        return Some(b.clone());
    }
    if matches!(b, DataType::Null) {
        return Some(a.clone());
    }
    if is_text(a) && is_text(b) {
        return Some(DataType::Utf8View);
    }
    if let (Some((a_signed, a_bits)), Some((b_signed, b_bits))) = (integer(a), integer(b)) {
        return widen_integers(a_signed, a_bits, b_signed, b_bits);
    }
    if let (DataType::Float32 | DataType::Float64, DataType::Float32 | DataType::Float64) = (a, b) {
        return Some(DataType::Float64);
    }
    let ((a_integer, a_scale), (b_integer, b_scale)) = (decimal(a)?, decimal(b)?);
    let scale = a_scale.max(b_scale);
    let precision = a_integer.max(b_integer) + scale;
    (precision <= DECIMAL128_MAX_PRECISION).then_some(DataType::Decimal128(precision, scale.cast_signed()))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// Whether an integer type is signed, and its bits.
fn integer(data_type: &DataType) -> Option<(bool, u8)> {
    Some(match data_type {
        DataType::Int8 => (true, 8),
        DataType::Int16 => (true, 16),
        DataType::Int32 => (true, 32),
        DataType::Int64 => (true, 64),
        DataType::UInt8 => (false, 8),
        DataType::UInt16 => (false, 16),
        DataType::UInt32 => (false, 32),
        DataType::UInt64 => (false, 64),
        _ => return None,
    })
}

fn widen_integers(a_signed: bool, a_bits: u8, b_signed: bool, b_bits: u8) -> Option<DataType> {
    let bits = match (a_signed, b_signed) {
        (true, true) => a_bits.max(b_bits),
        (false, false) => {
            return Some(match a_bits.max(b_bits) {
                8 => DataType::UInt8,
                16 => DataType::UInt16,
                32 => DataType::UInt32,
                _ => DataType::UInt64,
            });
        }
        // An unsigned number needs one bit more among signed ones.
        (true, false) => a_bits.max(b_bits.checked_mul(2)?),
        (false, true) => b_bits.max(a_bits.checked_mul(2)?),
    };
    Some(match bits {
        8 => DataType::Int8,
        16 => DataType::Int16,
        32 => DataType::Int32,
        64 => DataType::Int64,
        _ => DataType::Decimal128(20, 0),
    })
}

/// Digits before and after the point that a number of this type can have.
fn decimal(data_type: &DataType) -> Option<(u8, u8)> {
    match data_type {
        DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) => {
            let scale = u8::try_from(*s).ok()?;
            Some((p.checked_sub(scale)?, scale))
        }
        _ => integer(data_type).map(|(_, bits)| match bits {
            8 => (3, 0),
            16 => (5, 0),
            32 => (10, 0),
            _ => (20, 0),
        }),
    }
}

fn declare(found: &Schema, declared: &Schema) -> Result<SchemaRef> {
    if let Some(field) = declared.fields().iter().find(|field| found.column_with_name(field.name()).is_none())
    {
        let names: Vec<_> = found.fields().iter().map(|field| in_sql(field.name())).collect();
        return Err(Error::data(format!("no file has the declared column `{}`", field.name()))
            .hint(format!("the files have: {}", names.join(", "))));
    }
    Ok(Arc::new(declared.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_widening_is_done() {
        use DataType::{
            Date32, Decimal128, Decimal256, Float32, Float64, Int8, Int32, Int64, UInt32, UInt64, Utf8,
            Utf8View,
        };
        assert_eq!(widen(&Int32, &Int64), Some(Int64));
        assert_eq!(widen(&UInt32, &Int8), Some(Int64));
        assert_eq!(widen(&UInt64, &Int64), Some(Decimal128(20, 0)));
        assert_eq!(widen(&Decimal128(10, 2), &Decimal128(8, 4)), Some(Decimal128(12, 4)));
        assert_eq!(widen(&Int64, &Decimal128(12, 2)), Some(Decimal128(22, 2)));
        assert_eq!(widen(&Decimal128(38, 0), &Decimal128(38, 2)), None);
        assert_eq!(widen(&Utf8, &Utf8View), Some(Utf8View));
        assert_eq!(widen(&Float32, &Float64), Some(Float64));
        assert_eq!(widen(&Float64, &Decimal128(10, 2)), None);
        assert_eq!(widen(&Int64, &Utf8), None);
        assert_eq!(widen(&Date32, &Utf8), None);
        assert_eq!(widen(&Decimal256(40, 2), &Decimal128(10, 2)), None);
    }
}
