//! Builds the `ListingTable` over files whose schema is known, making copies and links where files cannot be read as
//! they stand.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::{
    catalog::Session,
    common::TableReference,
    datasource::{
        file_format::{FileFormat, csv::CsvFormat, json::JsonFormat},
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
};
use futures::{StreamExt, TryStreamExt};

use super::{
    Description, FileDescription, Format, Source, SourceOptions, Sources, Warning, blocking,
    cache::{Key, hash, links_directory},
    checked_table::CheckedTable,
    csv,
    describe::ColumnDescription,
    json,
    locate::{DataFile, Located},
    unify::{TextFormat, TextPlan, partition_column},
};
use crate::error::{Error, Result, file_error};

/// Builds the table of text files.
pub(super) async fn text(
    sources: &Sources,
    session: &dyn Session,
    located: Located,
    plan: TextPlan,
    options: &SourceOptions,
) -> Result<Source> {
    let read = copies(sources, &located, &plan, options).await?;
    let compression = plan.compression.for_reader();
    let (kind, format): (Format, Arc<dyn FileFormat>) = match plan.format {
        TextFormat::Csv { delimiter, quote, header, line_breaks } => {
            let format = CsvFormat::default()
                .with_options(session.default_table_options().csv)
                .with_delimiter(delimiter)
                .with_quote(quote)
                .with_escape(None)
                .with_comment(None)
                .with_terminator(None)
                .with_truncated_rows(false)
                .with_has_header(header)
                .with_newlines_in_values(line_breaks)
                .with_file_compression_type(compression);
            (Format::Csv, Arc::new(format))
        }
        TextFormat::Json => {
            let format = JsonFormat::default()
                .with_options(session.default_table_options().json)
                .with_newline_delimited(true)
                .with_file_compression_type(compression);
            (Format::Json, Arc::new(format))
        }
    };
    let mut built = Built {
        format,
        schema: plan.schema,
        columns: plan.columns,
        warnings: plan.warnings,
        self_describing: false,
    };
    let (table, partitions) = listing(sources, session, &located, &read, &built, options).await?;
    let provider = Arc::new(CheckedTable::new(sources.clone(), table, located.files.clone()));
    built.columns.extend(partitions);
    let mut description = description(kind, &located, built.columns, Some(plan.rows));
    description.text = Some(plan.form);
    Ok(Source {
        provider,
        description: Arc::new(description),
        warnings: [located.warnings, built.warnings].concat(),
    })
}

/// Everything about a table but its files.
pub(super) struct Built {
    pub(super) format: Arc<dyn FileFormat>,
    pub(super) schema: SchemaRef,
    pub(super) columns: Vec<ColumnDescription>,
    pub(super) warnings: Vec<Warning>,
    /// Whether a file says itself what its columns are, so that one that appears later can be read too.
    pub(super) self_describing: bool,
}

pub(super) fn description(
    format: Format,
    located: &Located,
    columns: Vec<ColumnDescription>,
    rows: Option<u64>,
) -> Description {
    let files = located
        .files
        .iter()
        .map(|file| FileDescription { path: file.shown.clone(), bytes: file.bytes })
        .collect();
    Description { format, files, rows, columns, text: None }
}

/// The path from which each file is read: itself, or a copy in a form that the reader knows.
async fn copies(
    sources: &Sources,
    located: &Located,
    plan: &TextPlan,
    options: &SourceOptions,
) -> Result<Vec<PathBuf>> {
    let is_csv = matches!(plan.format, TextFormat::Csv { .. });
    let making: Vec<_> = located
        .files
        .iter()
        .zip(&plan.copies)
        .map(|(file, encoding)| {
            let (sources, file, encoding) = (sources.clone(), file.clone(), encoding.clone());
            let (options, schema) = (options.clone(), Arc::clone(&plan.schema));
            async move {
                let Some(encoding) = encoding else { return Ok(file.path) };
                blocking::run(move |cancel| {
                    if is_csv {
                        let key = Key::new(&file, format!("copy from {encoding}"));
                        sources.0.cache.copy(&key, "csv", |out| csv::copy(&file.path, &encoding, cancel, out))
                    } else {
                        let key = Key::new(&file, format!("copy from {encoding} {schema:?}"));
                        sources.0.cache.copy(&key, "ndjson", |out| {
                            json::copy(&file, &options, schema.fields(), cancel, out)
                        })
                    }
                })
                .await
            }
        })
        .collect();
    futures::stream::iter(making).buffered(2).try_collect().await
}

/// Makes the table over the given paths, one per file.
pub(super) async fn listing(
    sources: &Sources,
    session: &dyn Session,
    located: &Located,
    read: &[PathBuf],
    built: &Built,
    options: &SourceOptions,
) -> Result<(ListingTable, Vec<ColumnDescription>)> {
    let mut partitions = Vec::new();
    for (index, name) in located.partition_names.iter().enumerate() {
        let values = located.files.iter().map(|file| file.partitions[index].clone());
        let declared =
            options.declared_partitions.iter().find(|field| field.name() == name).map(Field::data_type);
        partitions.push(partition_column(name, values, declared)?);
    }
    let types: Vec<(String, DataType)> =
        partitions.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
    let (urls, extension) = if partitions.is_empty() {
        (read.iter().map(|path| url(path, false)).collect::<Result<Vec<_>>>()?, String::new())
    } else {
        // Text must be exactly the files that were typed, whatever appears beside them later.
        let in_place = built.self_describing;
        let (owner, files, read, base) =
            (sources.clone(), located.files.clone(), read.to_vec(), located.base.clone());
        let names = located.partition_names.clone();
        let (root, extension) = blocking::run(move |_| {
            partition_root(&owner, in_place.then_some(base.as_path()), &names, &files, &read)
        })
        .await?;
        // The session remembers listings by table name: a name of its own shows each table the files of now.
        let number = sources.0.opened.fetch_add(1, Ordering::Relaxed);
        (vec![url(&root, true)?.with_table_ref(TableReference::bare(format!("source {number}")))], extension)
    };
    let listing = ListingOptions::new(Arc::clone(&built.format))
        .with_file_extension(extension)
        .with_table_partition_cols(types)
        .with_file_sort_order(options.sorted_by.clone());
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(listing)
        .with_schema(Arc::clone(&built.schema));
    let table = ListingTable::try_new(config)
        .map_err(|error| Error::data("the files cannot be made a table").caused_by(error))?
        .with_cache(session.runtime_env().cache_manager.get_file_statistic_cache());
    Ok((table, partitions))
}

/// The directory to list for a partitioned table, and the ending of its files.
///
/// DataFusion reads partition values from directory names, and lists everything below. If that is not exactly the
/// files of this table, they are linked into a directory of their own.
fn partition_root(
    sources: &Sources,
    base: Option<&Path>,
    names: &[String],
    files: &[DataFile],
    read: &[PathBuf],
) -> Result<(PathBuf, String)> {
    let ending = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.rfind('.').map_or_else(String::new, |dot| name[dot..].to_owned())
    };
    let common = files.first().map(|file| ending(&file.path)).unwrap_or_default();
    let in_place = files.iter().zip(read).all(|(file, read)| file.path == *read && ending(read) == common);
    if let Some(base) = base.filter(|_| in_place && !common.is_empty())
        && count(base, &common)? == files.len()
    {
        return Ok((base.to_owned(), common));
    }
    let root = links_directory(&sources.0.cache.copies()?, &(names, read));
    for (index, (file, target)) in files.iter().zip(read).enumerate() {
        let mut directory = root.clone();
        for (name, value) in names.iter().zip(&file.partitions) {
            directory.push(format!("{name}={}", value.replace('%', "%25").replace('/', "%2F")));
        }
        fs::create_dir_all(&directory).map_err(|error| file_error("create", &directory, error))?;
        let link = directory.join(format!("{index:06}-{:016x}", hash(target)));
        match symlink(target, &link) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(file_error("create", &link, error));
            }
            _ => {}
        }
    }
    Ok((root, String::new()))
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_file(target, link)
}

/// How many files DataFusion would read below a directory.
fn count(directory: &Path, ending: &str) -> Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(directory).map_err(|error| file_error("read", directory, error))? {
        let path = entry.map_err(|error| file_error("read", directory, error))?.path();
        if path.is_dir() {
            files += count(&path, ending)?;
        } else if path.to_string_lossy().ends_with(ending) {
            files += 1;
        }
    }
    Ok(files)
}

/// A path as the address DataFusion wants; characters that mean something in addresses are encoded.
pub(super) fn url(path: &Path, is_directory: bool) -> Result<ListingTableUrl> {
    let text = path.to_str().ok_or_else(|| {
        Error::data(format!("the path `{}` is not UTF-8", path.display())).hint("rename it")
    })?;
    let mut address = String::from("file://");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(byte))
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    if is_directory && !address.ends_with('/') {
        address.push('/');
    }
    ListingTableUrl::parse(&address)
        .map_err(|error| Error::data(format!("cannot read `{text}`")).caused_by(error))
}
