//! Tests that read files through DataFusion; what needs no session is tested beside the code.

mod csv;
mod differential;
mod facts;
mod header;
mod identity;
mod json;
mod lock;
mod numbered;
mod parquet;
mod source_file;
mod sql;
mod wrapped;
mod xlsx;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{SessionConfig, SessionContext};
use tempfile::TempDir;

use super::{FileTables, Format, Source, SourceOptions, Sources, type_name};
use crate::error::{Error, Result};

/// A directory of files with a session that reads them.
pub(super) struct Files {
    pub(super) directory: TempDir,
    state: TempDir,
    pub(super) sources: Sources,
    pub(super) context: SessionContext,
}

impl Files {
    pub(super) fn new() -> Self {
        let state = TempDir::new().expect("a directory");
        let sources = Sources::new(Some(state.path().to_owned()));
        // Splits even the smallest file, as large ones are split.
        let mut config = SessionConfig::new().with_target_partitions(3);
        config.options_mut().optimizer.repartition_file_min_size = 0;
        let context = FileTables::enable(SessionContext::new_with_config(config), &sources);
        Self { directory: TempDir::new().expect("a directory"), state, sources, context }
    }

    /// A session that remembers only what is on disk.
    pub(super) fn fresh_sources(&self) -> Sources {
        Sources::new(Some(self.state.path().to_owned()))
    }

    pub(super) fn state(&self) -> &Path {
        self.state.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("creates");
        fs::write(path, content).expect("writes");
        self
    }

    pub(super) async fn open_with(&self, name: &str, options: &SourceOptions) -> Result<Source> {
        self.sources.open(&self.context.state(), &self.path(name).display().to_string(), options).await
    }

    pub(super) async fn open(&self, name: &str) -> Source {
        self.open_with(name, &SourceOptions::default())
            .await
            .unwrap_or_else(|error| panic!("{}", self.shown(&error)))
    }

    pub(super) async fn error(&self, name: &str) -> String {
        let error = self.open_with(name, &SourceOptions::default()).await.expect_err("must fail");
        self.shown(&error)
    }

    /// A message with its notes and hints, without the directory's name.
    pub(super) fn shown(&self, error: &Error) -> String {
        let lines =
            [vec![error.message().to_owned()], error.notes().to_vec(), error.hints().to_vec()].concat();
        self.without_directory(&lines.join("\n"))
    }

    pub(super) fn without_directory(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.directory.path().display()), "")
    }

    /// The table's rows, in the order of the first column.
    pub(super) async fn rows(&self, source: &Source) -> String {
        let frame = self.context.read_table(source.provider.clone()).expect("a table");
        let first =
            datafusion::prelude::col(datafusion::common::Column::from_name(frame.schema().field(0).name()));
        let batches =
            frame.sort(vec![first.sort(true, true)]).expect("sorts").collect().await.expect("reads");
        pretty_format_batches(&batches).expect("formats").to_string()
    }
}

/// `name TYPE: why` for each column.
pub(super) fn columns(source: &Source) -> Vec<String> {
    let shown = source
        .description
        .columns
        .iter()
        .map(|column| format!("{} {}", column.name, type_name(&column.data_type)));
    shown.collect()
}

pub(super) fn warnings(source: &Source) -> Vec<String> {
    source
        .warnings
        .iter()
        .map(|warning| format!("{} / {}", warning.message, warning.help.as_deref().unwrap_or("")))
        .collect()
}

pub(super) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("compresses");
    encoder.finish().expect("compresses")
}
