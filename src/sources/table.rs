//! Builds the `ListingTable` over files whose schema is known, making copies and links where files cannot be read as
//! they stand.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use arrow::datatypes::{DataType, Field, Fields, SchemaRef};
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
    Description, FileDescription, Format, SOURCE_FILE, Source, SourceOptions, Sources, Warning, blocking,
    cache::Key,
    checked_table::CheckedTable,
    describe::ColumnDescription,
    json, links,
    locate::Located,
    reading,
    unify::{TextFormat, TextPlan, partition_column},
};
use crate::error::{Error, Result};

/// Builds the table of text files.
pub(super) async fn text(
    sources: &Sources,
    session: &dyn Session,
    located: Located,
    kind: Format,
    plan: TextPlan,
    options: &SourceOptions,
) -> Result<Source> {
    let read = copies(sources, &located, &plan, options).await?;
    let compression = plan.compression.for_reader();
    let format: Arc<dyn FileFormat> = match plan.format {
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
            Arc::new(format)
        }
        TextFormat::Json => {
            let format = JsonFormat::default()
                .with_options(session.default_table_options().json)
                .with_newline_delimited(true)
                .with_file_compression_type(compression);
            Arc::new(format)
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
    // The form of a copy is nothing to the user.
    description.text = (kind != Format::Xlsx).then_some(plan.form);
    Ok(Source::new(provider, description, [located.warnings, built.warnings].concat()))
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
        .map(|file| FileDescription { path: file.shown.clone(), bytes: file.origin().bytes })
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
        .map(|(file, wanted)| {
            let (sources, file, wanted) = (sources.clone(), file.clone(), wanted.clone());
            let (options, schema) = (options.clone(), Arc::clone(&plan.schema));
            async move {
                let Some(wanted) = wanted else { return Ok(file.path) };
                blocking::run(move |cancel| {
                    if is_csv {
                        let key = Key::new(&file, format!("copy from {wanted:?}"));
                        sources
                            .0
                            .cache
                            .copy(&key, "csv", |out| reading::copy(&file.path, &wanted, cancel, out))
                    } else {
                        let key = Key::new(&file, format!("copy from {} {schema:?}", wanted.encoding));
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
    let mut partitions = partition_columns(located, options)?;
    let mut names = located.partition_names.clone();
    let mut values: Vec<Vec<String>> = located.files.iter().map(|file| file.partitions.clone()).collect();
    if options.source_file {
        check_name_is_free(SOURCE_FILE, built.schema.fields(), located)?;
        names.push(SOURCE_FILE.to_owned());
        for (values, file) in values.iter_mut().zip(&located.files) {
            values.push(links::shortened(&file.named_in_rows(options)));
        }
        partitions.push(ColumnDescription {
            name: SOURCE_FILE.to_owned(),
            data_type: DataType::Utf8View,
            reason: "the path of the row's file".to_owned(),
            is_partition: false,
        });
    }
    let types: Vec<(String, DataType)> =
        partitions.iter().map(|column| (column.name.clone(), column.data_type.clone())).collect();
    let (urls, extension) = if partitions.is_empty() {
        (read.iter().map(|path| url(path, false)).collect::<Result<Vec<_>>>()?, String::new())
    } else {
        // Text must be exactly the files that were typed, whatever appears beside them later.
        let in_place = built.self_describing && !options.source_file;
        let (owner, files, read, base) =
            (sources.clone(), located.files.clone(), read.to_vec(), located.base.clone());
        let (root, extension) = blocking::run(move |_| {
            let copies = &owner.0.cache;
            let in_place = in_place.then_some(base.as_path());
            links::partition_root(copies, in_place, &names, &values, &files, &read)
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

/// The columns of the `name=value` directories.
pub(super) fn partition_columns(
    located: &Located,
    options: &SourceOptions,
) -> Result<Vec<ColumnDescription>> {
    let column = |(index, name): (usize, &String)| {
        let values = located.files.iter().map(|file| file.partitions[index].clone());
        let declared =
            options.declared_partitions.iter().find(|field| field.name() == name).map(Field::data_type);
        partition_column(name, values, declared)
    };
    located.partition_names.iter().enumerate().map(column).collect()
}

/// An error if a column that is to be added exists already.
pub(super) fn check_name_is_free(name: &str, columns: &Fields, located: &Located) -> Result<()> {
    let is_taken = columns.find(name).is_some() || located.partition_names.iter().any(|other| other == name);
    let file = located.files.first().map_or("", |file| file.shown.as_str());
    if !is_taken {
        return Ok(());
    }
    Err(Error::data(format!("`{file}` has a column `{name}`, which marginql adds itself"))
        .hint("rename the column in the file"))
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
