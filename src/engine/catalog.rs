//! What is there: the tables with their columns and why they have their types, and the functions with their documentation.

use std::sync::{Arc, PoisonError};

use datafusion::{
    catalog::TableProvider,
    common::TableReference,
    logical_expr::{Documentation, TableType},
    prelude::SessionContext,
};

use super::{About, Engine};
use crate::{
    error::{Error, Result},
    query::Text,
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
    /// What its author says of it.
    pub about: About,
}

/// A table of the session, as far as it is known without opening it.
#[derive(Debug, Clone)]
pub struct TableListing {
    /// Its name.
    pub name: String,
    /// The heading under which it stands; none for a step on the way to other tables.
    pub group: Option<String>,
    /// What a row is.
    pub description: Option<String>,
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

    /// The tables of a project and those beside it, without opening any; none if there is no project.
    pub fn listing(&self) -> Option<Vec<TableListing>> {
        let lazy = self.lazy.lock().unwrap_or_else(PoisonError::into_inner);
        if lazy.is_empty() {
            return None;
        }
        let listed = |name: String| match lazy.get(&name) {
            Some(about) => {
                TableListing { group: about.group.clone(), description: about.description.clone(), name }
            }
            None => TableListing { group: Some("registered".to_owned()), description: None, name },
        };
        Some(self.table_names().into_iter().map(listed).collect())
    }

    /// Whether looking at a table may mean to read whole files first.
    pub fn is_lazy(&self, name: &str) -> bool {
        self.lazy.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }

    /// The columns of a table as far as they are documented, without opening it.
    pub fn columns_known(&self, name: &str) -> Vec<String> {
        let lazy = self.lazy.lock().unwrap_or_else(PoisonError::into_inner);
        lazy.get(name).map(|about| about.columns.keys().cloned().collect()).unwrap_or_default()
    }

    /// One table or view; one of another schema by its whole name, such as `raw.erp.ar_customer`.
    ///
    /// # Errors
    /// A table that is not there.
    pub async fn table(&self, name: &str) -> Result<TableDescription> {
        let reference = match name.starts_with('"') {
            true => TableReference::bare(normalized(name)),
            false => TableReference::parse_str(name),
        };
        let is_bare = matches!(reference, TableReference::Bare { .. });
        let name = if is_bare { reference.table().to_owned() } else { reference.to_string() };
        let names = self.table_names();
        let exists = match is_bare {
            true => names.contains(&name),
            false => self.context.table_exist(reference.clone()).unwrap_or(false),
        };
        if !exists {
            let error = Error::query(format!("table `{name}` not found"));
            return Err(match crate::suggest::nearest(&name, names.iter().map(String::as_str)) {
                Some(nearest) => error.hint(format!("did you mean `{nearest}`?")),
                None => error.hint("`marginql tables` lists the tables"),
            });
        }
        let provider: Arc<dyn TableProvider> = self
            .context
            .table_provider(reference)
            .await
            .map_err(|error| self.diagnosis(Text::new(name.as_str(), "")).explain(error))?;
        let about = match is_bare {
            true => self.lazy.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned(),
            false => None,
        };
        let about = about.unwrap_or_default();
        Ok(TableDescription {
            is_view: provider.table_type() == TableType::View || about.sql.is_some(),
            definition: about.sql.clone().or_else(|| provider.get_table_definition().map(str::to_owned)),
            about,
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
