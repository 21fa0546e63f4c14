//! `CREATE EXTERNAL TABLE … STORED AS CSV|TSV|PARQUET|JSON|NDJSON|XLSX LOCATION '…' OPTIONS (…)`.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider, TableProviderFactory},
    error::{DataFusionError, Result},
    logical_expr::CreateExternalTable,
};

use super::{Format, SourceOptions, Sources};
use crate::error::Error;

/// Makes the tables of `CREATE EXTERNAL TABLE`. Declared columns win; without them, types are found.
#[derive(Debug, Clone)]
pub struct TableFactory {
    sources: Sources,
}

impl TableFactory {
    /// The words after STORED AS under which the factory is to be registered, in upper case.
    pub const FORMATS: [&str; 9] = ["PARQUET", "CSV", "TSV", "JSON", "NDJSON", "JSONL", "XLSX", "XLS", "ODS"];

    /// Makes a factory that opens its files through `sources`.
    pub fn new(sources: Sources) -> Self {
        Self { sources }
    }

    /// Factories for every format, as `SessionStateBuilder::with_table_factories` takes them.
    pub fn all(sources: &Sources) -> HashMap<String, Arc<dyn TableProviderFactory>> {
        let factory: Arc<dyn TableProviderFactory> = Arc::new(Self::new(sources.clone()));
        Self::FORMATS.iter().map(|format| ((*format).to_owned(), Arc::clone(&factory))).collect()
    }
}

#[async_trait]
impl TableProviderFactory for TableFactory {
    async fn create(
        &self,
        session: &dyn Session,
        command: &CreateExternalTable,
    ) -> Result<Arc<dyn TableProvider>> {
        let options = options(command).map_err(outside)?;
        let source = self.sources.open_all(session, &command.locations, &options).await.map_err(outside)?;
        self.sources.keep_warnings(source.warnings);
        Ok(source.provider)
    }
}

/// Wraps our error so that it passes through DataFusion and can be found again.
pub(super) fn outside(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn options(command: &CreateExternalTable) -> std::result::Result<SourceOptions, Error> {
    if command.unbounded {
        return Err(Error::query("unbounded tables are not supported").hint("leave out UNBOUNDED"));
    }
    if !command.column_defaults.is_empty() {
        return Err(Error::query("columns of files have no defaults").hint("use coalesce() in the query"));
    }
    let stored_as = command.file_type.to_ascii_uppercase();
    let format = match stored_as.as_str() {
        "PARQUET" => Format::Parquet,
        "CSV" | "TSV" => Format::Csv,
        "XLSX" | "XLS" | "ODS" => Format::Xlsx,
        _ => Format::Json,
    };
    let mut options = SourceOptions {
        format: Some(format),
        sorted_by: command.order_exprs.clone(),
        ..SourceOptions::default()
    };
    if stored_as == "TSV" {
        options.delimiter = Some(b'\t');
    }
    for (key, value) in &command.options {
        // The planner puts `format.` before names without a dot.
        let name = key.strip_prefix("format.").unwrap_or(key).to_ascii_lowercase();
        set(&mut options, format, &name, value)?;
    }
    let is_partition = |field: &Field| command.table_partition_cols.contains(field.name());
    let (partitions, columns): (Vec<_>, Vec<_>) =
        command.schema.fields().iter().map(|field| view_text(field)).partition(is_partition);
    options.partitioned_by.clone_from(&command.table_partition_cols);
    options.declared_partitions = partitions;
    if !columns.is_empty() {
        options.declared = Some(Arc::new(Schema::new(columns)));
    }
    Ok(options)
}

/// Text is read as views whatever the session maps TEXT to, as everywhere else.
fn view_text(field: &Field) -> Field {
    match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    }
}

fn set(
    options: &mut SourceOptions,
    format: Format,
    name: &str,
    value: &str,
) -> std::result::Result<(), Error> {
    const TEXT: &str = "the options are `delimiter`, `quote`, `escape`, `comment`, `skip`, `header`, `encoding` and `compression`";
    let (names, hint): (&[&str], &str) = match format {
        Format::Csv => (&["delimiter", "quote", "escape", "comment", "skip", "header", "encoding"], TEXT),
        Format::Json => (&["encoding"], "the options are `encoding` and `compression`"),
        Format::Xlsx => (&["sheet", "header"], "the options are `sheet` and `header`"),
        Format::Parquet => (&[], "there are none"),
    };
    let name = if name == "has_header" { "header" } else { name };
    // Compression is found by looking; the option is taken for the sake of scripts that have it.
    if name == "compression" || (names.contains(&name) && options.set(name, value)?) {
        return Ok(());
    }
    Err(Error::query(format!("unknown option `{name}` for a table of {} files", format.name())).hint(hint))
}
