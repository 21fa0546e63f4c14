//! Turns files into tables: Parquet, CSV, JSON and sheets of workbooks, compressed or not, alone, in directories, or by pattern.
//!
//! Every table is an ordinary DataFusion `ListingTable` with an explicit schema. The types of text files are decided by
//! whole files (`value`, `facts`), read once and remembered (`cache`). It knows nothing of the command line: what the
//! user should be told is in [`Description`] and [`Warning`]. `docs/sources.md` has the rules.
//!
//! `locate` finds files, `csv`, `json` and `parquet` look into them, `unify` makes one schema of several files,
//! `table` builds the table; `numbered` one whose rows know where they stand; `factory` and `file_tables` are the ways in from SQL.

mod archive;
mod blocking;
mod cache;
mod checked_table;
mod cleanup;
mod compression;
mod content;
mod copy_writer;
mod csv;
mod dates;
mod dates_seen;
mod describe;
mod dialect;
mod encoding;
mod envelope;
mod factory;
mod facts;
mod file_tables;
mod frame;
mod header;
mod html;
mod identity;
mod inflation;
mod inline_strings;
mod joined_header;
mod json;
mod json_facts;
mod json_file;
mod json_text;
mod lines;
mod links;
mod local_files;
mod locate;
mod lock;
mod look;
mod misfits;
mod notes;
mod numbered;
mod options;
mod padding;
mod parquet;
mod parquet_rows;
mod proven_statistics;
mod quoting;
mod reading;
mod readings;
mod records;
mod rows_seen;
mod sheet;
mod spool;
mod stamp;
mod table;
#[cfg(test)]
mod tests;
mod twins;
mod type_names;
mod unify;
mod value;
mod walk;
mod warning;
mod workbook;
mod wrapped;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::AtomicU64},
};

use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::{
    catalog::{Session, TableProvider},
    logical_expr::SortExpr,
};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use compression::Compression;
pub use dates::DateFormat;
pub use describe::{ColumnDescription, Description, FileDescription, TextForm, type_name};
pub use factory::TableFactory;
pub use file_tables::FileTables;
pub use header::FileHeader;
pub(crate) use local_files::LocalFiles;
pub use numbered::{RAW_ROW, SOURCE_LINE};
pub(crate) use parquet_rows::damaged as damaged_parquet;
pub use spool::take_standard_input;
pub use type_names::parse_type_name;
pub use warning::{Importance, Warning};

use crate::error::{Error, Result};
use blocking::Cancel;
use cache::{Cache, Key};
use content::Content;
use locate::{DataFile, Located, locate};
use spool::Spool;
use stamp::Stamp;
use unify::TextPlan;

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Text with delimiters: CSV, TSV and their kin.
    Csv,
    /// JSON: an array of objects, or one object per line.
    Json,
    /// A sheet of a workbook, of Excel or OpenDocument.
    Xlsx,
}

impl Format {
    /// Whether a file of this name in a directory is data; a `README.txt` is not.
    pub fn is_data(name: &str) -> bool {
        !locate::is_lock_file(name) && locate::is_data(name, None)
    }

    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Format::Parquet => "Parquet",
            Format::Csv => "CSV",
            Format::Json => "JSON",
            Format::Xlsx => "Excel",
        }
    }
}

/// The name of the column that [`SourceOptions::source_file`] adds.
pub const SOURCE_FILE: &str = "source_file";

/// What the user said about a source; everything else is found by looking.
#[derive(Debug, Clone, Default)]
pub struct SourceOptions {
    /// The format, whatever the names of the files are.
    pub format: Option<Format>,
    /// The character between fields of a text file.
    pub delimiter: Option<u8>,
    /// The character around fields of a text file.
    pub quote: Option<u8>,
    /// Whether the first row of a text file holds names.
    pub header: Option<bool>,
    /// The character before a quote within a quoted field of a text file; found if it is not given.
    pub escape: Option<u8>,
    /// The character with which lines of a text file begin that are comments; `#` if they break the table.
    pub comment: Option<u8>,
    /// How many lines of a text file stand above its table; found if it is not given.
    pub skip: Option<u64>,
    /// The sheet of a workbook; the first one with values if it is not given.
    pub sheet: Option<String>,
    /// The encoding of a text file, such as `windows-1252`.
    pub encoding: Option<String>,
    /// How dates of a text file are written; found if every date can be read in one way only.
    pub date_format: Option<DateFormat>,
    /// Columns that the user declared; they win over what the files suggest.
    pub declared: Option<SchemaRef>,
    /// Types of columns that are known beforehand, by name. A value that does not fit is an error; other columns are
    /// typed by what they hold.
    pub known: Option<Vec<(String, DataType)>>,
    /// Whether JSON without any row is a table without columns; otherwise it is an error.
    pub empty_is_table: bool,
    /// Whether it is an error if a column of `known` is missing.
    pub missing_is_error: bool,
    /// Names of the partition columns, if the user declared them.
    pub partitioned_by: Vec<String>,
    /// Partition columns whose types the user declared.
    pub declared_partitions: Vec<Field>,
    /// Orders in which the user says the rows are.
    pub sorted_by: Vec<Vec<SortExpr>>,
    /// Whether the table gets a last column `source_file` with the path of each row's file.
    ///
    /// It costs nothing where it is not selected. Paths that are too long for a file name are cut at their beginning.
    pub source_file: bool,
    /// The directory from which the paths in `source_file` are counted, if not as the user wrote them.
    pub relative_to: Option<PathBuf>,
}

/// A table, with what was found and decided on the way.
#[derive(Debug, Clone)]
pub struct Source {
    /// The table itself.
    pub provider: Arc<dyn TableProvider>,
    /// What it consists of.
    pub description: Arc<Description>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    identity: String,
}

impl Source {
    fn new(provider: Arc<dyn TableProvider>, description: Description, warnings: Vec<Warning>) -> Self {
        Self { provider, description: Arc::new(description), warnings, identity: String::new() }
    }
}

/// Opens files as tables. Cheap to clone; clones share what is remembered.
#[derive(Debug, Clone)]
pub struct Sources(Arc<Inner>);

/// What is known of a table, for as long as somebody uses the table.
#[derive(Debug)]
struct Known {
    provider: Weak<dyn TableProvider>,
    description: Arc<Description>,
    identity: String,
}

#[derive(Debug)]
struct Inner {
    cache: Cache,
    /// Warnings of tables that SQL opened, until somebody shows them.
    warnings: Mutex<Vec<Warning>>,
    known: Mutex<Vec<Known>>,
    /// How many partitioned tables were opened; tells their listings apart.
    opened: AtomicU64,
    /// What files hold whose beginning was looked at.
    contents: Mutex<HashMap<(PathBuf, Stamp), Content>>,
    spool: Spool,
}

impl Sources {
    /// Makes sources that remember what they found below `state_directory`, if there is one.
    pub fn new(state_directory: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            cache: Cache::new(state_directory),
            warnings: Mutex::default(),
            known: Mutex::default(),
            opened: AtomicU64::default(),
            contents: Mutex::default(),
            spool: Spool::default(),
        }))
    }

    /// Opens a file, a directory or a pattern as a table.
    ///
    /// # Errors
    /// The files cannot be read, or do not hold what they should.
    pub async fn open(&self, session: &dyn Session, path: &str, options: &SourceOptions) -> Result<Source> {
        self.open_all(session, &[path.to_owned()], options).await
    }

    /// Opens the files of several paths together as one table.
    ///
    /// # Errors
    /// As for [`Sources::open`]; also if a file is named twice.
    pub async fn open_all(
        &self,
        session: &dyn Session,
        paths: &[String],
        options: &SourceOptions,
    ) -> Result<Source> {
        let (located, format) = self.find(paths, options).await?;
        let identity = identity::of(&located, options);
        let (located, options) = self.readable(session, located, format, options).await?;
        let files = located.files.clone();
        let mut source = match format {
            Format::Parquet => parquet::open(self, session, located, &options).await,
            Format::Csv | Format::Json | Format::Xlsx => {
                let plan = self.text_plan(&located, format, &options).await?;
                table::text(self, session, located, format, plan, &options).await
            }
        }?;
        if files.len() > 1 && source.description.rows != Some(0) {
            let sources = self.clone();
            source.warnings.extend(blocking::run(move |cancel| twins::find(&sources, &files, cancel)).await?);
        }
        Ok(self.described(source, identity))
    }

    /// Opens files as a table of the same rows with three more columns: [`SOURCE_FILE`], [`SOURCE_LINE`] and
    /// [`RAW_ROW`].
    ///
    /// The line is that on which the row begins in the file (for elements of a JSON array and for Parquet, the number
    /// of the row; for a sheet, its row), the raw row its text as JSON, by the names of the columns. It is read in one pass without pruning:
    /// for the few rows that are shown to somebody, not for sums.
    ///
    /// # Errors
    /// As for [`Sources::open_all`]; also if a file has a column of these names.
    pub async fn numbered(
        &self,
        session: &dyn Session,
        paths: &[String],
        options: &SourceOptions,
    ) -> Result<Source> {
        let (located, format) = self.find(paths, options).await?;
        let identity = identity::of(&located, options);
        let (located, options) = self.readable(session, located, format, options).await?;
        let source = numbered::open(self, session, located, format, &options).await?;
        Ok(self.described(source, format!("numbered {identity}")))
    }

    /// The files behind the paths, and their format.
    async fn find(&self, paths: &[String], options: &SourceOptions) -> Result<(Located, Format)> {
        let (sources, wanted, options_given) = (self.clone(), paths.to_vec(), options.clone());
        let (located, format) = blocking::run(move |cancel| {
            let located = locate_all(&wanted, options_given.format)?;
            sources.unwrapped(located, &options_given, cancel)
        })
        .await?;
        if !options.partitioned_by.is_empty() && options.partitioned_by != located.partition_names {
            return Err(Error::data(format!(
                "the table is declared PARTITIONED BY ({}), but its directories give ({})",
                options.partitioned_by.join(", "),
                located.partition_names.join(", ")
            ))
            .hint(
                "directories are named `column=value`, and partition columns are declared in their order",
            ));
        }
        Ok((located, format))
    }

    /// The files as text or Parquet: in place of workbooks, copies of their sheets, with what is known of these.
    async fn readable(
        &self,
        session: &dyn Session,
        located: Located,
        format: Format,
        options: &SourceOptions,
    ) -> Result<(Located, SourceOptions)> {
        let options = options.clone();
        if format == Format::Parquet {
            return Ok((parquet_rows::readable(self, session, located).await?, options));
        }
        if format != Format::Xlsx {
            return Ok((located, options));
        }
        let sources = self.clone();
        blocking::run(move |cancel| sheet::copies(&sources, located, &options, cancel)).await
    }

    /// What a table of text files will be; reads them from end to end, unless that is remembered.
    async fn text_plan(
        &self,
        located: &Located,
        format: Format,
        options: &SourceOptions,
    ) -> Result<TextPlan> {
        if format == Format::Json {
            let found = self.scan_all(&located.files, options, json::scan).await?;
            return unify::json(located, found, options);
        }
        let found = self.scan_all(&located.files, options, csv::scan).await?;
        unify::csv(located, found, options)
    }

    /// Keeps what is known of a table for as long as somebody uses it.
    fn described(&self, mut source: Source, identity: String) -> Source {
        source.identity = identity;
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known| known.provider.strong_count() > 0);
        known.push(Known {
            provider: Arc::downgrade(&source.provider),
            description: Arc::clone(&source.description),
            identity: source.identity.clone(),
        });
        drop(known);
        source
    }

    /// What is known of a table that these sources opened, whichever way.
    pub fn description(&self, provider: &Arc<dyn TableProvider>) -> Option<Arc<Description>> {
        self.with_known(provider, |known| Arc::clone(&known.description))
    }

    /// The [`Source::identity`] of a table that these sources opened.
    pub fn identity_of(&self, provider: &Arc<dyn TableProvider>) -> Option<String> {
        self.with_known(provider, |known| known.identity.clone())
    }

    fn with_known<T>(&self, provider: &Arc<dyn TableProvider>, take: impl Fn(&Known) -> T) -> Option<T> {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&Known| std::ptr::addr_eq(known.provider.as_ptr(), Arc::as_ptr(provider));
        known.iter().find(same).map(take)
    }

    /// Warnings of the tables that SQL opened since the last call, each once.
    pub fn take_warnings(&self) -> Vec<Warning> {
        std::mem::take(&mut *self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps warnings until [`Sources::take_warnings`], each once.
    pub(crate) fn keep_warnings(&self, warnings: Vec<Warning>) {
        let mut kept = self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in warnings {
            if !kept.contains(&warning) {
                kept.push(warning);
            }
        }
    }

    /// Reads every file from end to end, several at a time, unless the cache knows it.
    async fn scan_all<T>(
        &self,
        files: &[DataFile],
        options: &SourceOptions,
        scan: fn(&DataFile, &SourceOptions, &Cancel) -> Result<T>,
    ) -> Result<Vec<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let scans: Vec<_> = files
            .iter()
            .map(|file| {
                let (sources, file, options) = (self.clone(), file.clone(), options.clone());
                blocking::run(move |cancel| sources.scan_one(&file, &options, cancel, scan))
            })
            .collect();
        futures::stream::iter(scans).buffered(at_once).try_collect().await
    }

    fn scan_one<T: Serialize + DeserializeOwned>(
        &self,
        file: &DataFile,
        options: &SourceOptions,
        cancel: &Cancel,
        scan: fn(&DataFile, &SourceOptions, &Cancel) -> Result<T>,
    ) -> Result<T> {
        let declared = options.declared.is_some();
        let settings = format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {declared} {}",
            std::any::type_name::<T>(),
            options.delimiter,
            options.quote,
            options.escape,
            options.comment,
            options.skip,
            options.header,
            options.encoding,
            options.date_format,
            file.shown
        );
        let key = Key::new(file, settings);
        if let Some(found) = self.0.cache.load(&key) {
            return Ok(found);
        }
        let found = scan(file, options, cancel);
        // What is wrong with a file that is just being written is that it is being written.
        file.check_unchanged()?;
        let found = found?;
        self.0.cache.store(&key, &found);
        Ok(found)
    }
}

fn locate_all(paths: &[String], format: Option<Format>) -> Result<Located> {
    let mut all: Option<Located> = None;
    for path in paths {
        let located = locate(path, format)?;
        let Some(all) = &mut all else {
            all = Some(located);
            continue;
        };
        if all.partition_names != located.partition_names {
            return Err(Error::data("the locations of one table have different partition directories")
                .hint("make a table for each, and join them with UNION ALL"));
        }
        if let Some(twice) =
            located.files.iter().find(|file| all.files.iter().any(|other| other.path == file.path))
        {
            return Err(Error::data(format!("`{}` is named twice: its rows would count twice", twice.shown)));
        }
        all.files.extend(located.files);
        all.warnings.extend(located.warnings);
    }
    all.ok_or_else(|| Error::usage("no path is given"))
}
