//! What is there: the tables with their columns and why they have their types, and the functions with their documentation.

use std::sync::Arc;

use datafusion::{
    catalog::TableProvider,
    common::TableReference,
    logical_expr::{Documentation, TableType},
    prelude::SessionContext,
};

use super::Engine;
use crate::{
    error::{Error, Result},
    sources::Description,
};

/// A table of the session.
#[derive(Debug, Clone)]
pub struct TableDescription {
    /// Its name.
    pub name: String,
    /// Whether it is a view.
    pub is_view: bool,
    /// The SQL of a view.
    pub definition: Option<String>,
    /// Its columns: name, type, and whether a value may be missing.
    pub schema: datafusion::arrow::datatypes::SchemaRef,
    /// What is known of its files; none for views and tables in memory.
    pub source: Option<Arc<Description>>,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunctionKind {
    /// One value for one row.
    Scalar,
    /// One value for many rows; also with `OVER`.
    Aggregate,
    /// One value for each row, with `OVER` only.
    Window,
}

impl FunctionKind {
    /// The kind as a word.
    pub fn name(self) -> &'static str {
        match self {
            FunctionKind::Scalar => "scalar",
            FunctionKind::Aggregate => "aggregate",
            FunctionKind::Window => "window",
        }
    }
}

/// A function of the session.
#[derive(Debug, Clone)]
pub struct FunctionDescription {
    /// Its name, or one of its other names.
    pub name: String,
    /// The one of its names by which the library knows it.
    pub own_name: String,
    /// How it is called.
    pub kind: FunctionKind,
    /// Whether it is marginql's own.
    pub own: bool,
    /// What it does, with syntax and example.
    pub documentation: Option<Documentation>,
}

/// The names of a session, looked up when they are asked for.
#[derive(Clone)]
pub(super) struct Catalog {
    context: SessionContext,
}

impl Catalog {
    pub(super) fn new(context: SessionContext) -> Self {
        Self { context }
    }

    /// The names of the tables and views.
    pub(super) fn table_names(&self) -> Vec<String> {
        let state = self.context.state_ref();
        let state = state.read();
        let catalog = &state.config_options().catalog;
        let names = state
            .catalog_list()
            .catalog(&catalog.default_catalog)
            .and_then(|list| list.schema(&catalog.default_schema))
            .map(|schema| schema.table_names());
        let mut names = names.unwrap_or_default();
        names.sort();
        names
    }

    /// All functions, by name; one with several names stands under each.
    pub(super) fn functions(&self) -> Vec<FunctionDescription> {
        let own: Vec<String> = marginql_udfs::function_names();
        let state = self.context.state_ref();
        let state = state.read();
        let describe = |name: &String, own_name: &str, kind, documentation: Option<&Documentation>| {
            FunctionDescription {
                name: name.clone(),
                own_name: own_name.to_owned(),
                kind,
                own: own.contains(name),
                documentation: documentation.cloned(),
            }
        };
        let scalars = state.scalar_functions().iter().map(|(name, function)| {
            describe(name, function.name(), FunctionKind::Scalar, function.documentation())
        });
        let aggregates = state.aggregate_functions().iter().map(|(name, function)| {
            describe(name, function.name(), FunctionKind::Aggregate, function.documentation())
        });
        let windows = state.window_functions().iter().map(|(name, function)| {
            describe(name, function.name(), FunctionKind::Window, function.documentation())
        });
        let mut functions: Vec<_> = scalars.chain(aggregates).chain(windows).collect();
        // The maps have no order, and of two names that are equally near the first is proposed.
        functions.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
        functions
    }

    /// The names of the functions that give tables.
    pub(super) fn table_function_names(&self) -> Vec<String> {
        let state = self.context.state_ref();
        let mut names: Vec<_> = state.read().table_functions().keys().cloned().collect();
        names.sort();
        names
    }
}

impl Engine {
    /// The names of the tables and views.
    pub fn table_names(&self) -> Vec<String> {
        self.catalog().table_names()
    }

    /// All functions, by name; one with several names stands under each.
    pub fn functions(&self) -> Vec<FunctionDescription> {
        self.catalog().functions()
    }

    /// The tables and views, by name.
    ///
    /// # Errors
    /// A table that cannot be opened.
    pub async fn tables(&self) -> Result<Vec<TableDescription>> {
        let mut tables = Vec::new();
        for name in self.table_names() {
            tables.push(self.table(&name).await?);
        }
        Ok(tables)
    }

    /// One table or view.
    ///
    /// # Errors
    /// A table that is not there.
    pub async fn table(&self, name: &str) -> Result<TableDescription> {
        let name = normalized(name);
        let names = self.table_names();
        if !names.contains(&name) {
            let error = Error::query(format!("table `{name}` not found"));
            return Err(match crate::suggest::nearest(&name, names.iter().map(String::as_str)) {
                Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                None => error.hint("`marginql tables` lists the tables"),
            });
        }
        let provider: Arc<dyn TableProvider> = self
            .context
            .table_provider(TableReference::bare(name.clone()))
            .await
            .map_err(|error| Error::query(format!("table `{name}` cannot be opened")).caused_by(error))?;
        Ok(TableDescription {
            is_view: provider.table_type() == TableType::View,
            definition: provider.get_table_definition().map(str::to_owned),
            schema: provider.schema(),
            source: self.sources.description(&provider),
            name,
        })
    }
}

/// A name as SQL sees it: in lower case, unless it is written in double quotes.
pub(super) fn normalized(name: &str) -> String {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_lowercase(),
    }
}
