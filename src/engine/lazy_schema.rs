//! A schema whose tables are opened when they are first named.
//!
//! A project names many tables, and to open one may mean to read a whole file. A statement pays only for what it reads.

use std::{
    collections::BTreeMap,
    fmt::{self, Debug},
    sync::Arc,
};

use async_trait::async_trait;
use datafusion::{
    catalog::{SchemaProvider, TableProvider},
    error::{DataFusionError, Result},
    logical_expr::TableType,
};
use futures::future::BoxFuture;
use tokio::sync::OnceCell;

use crate::error::{Error, Result as OwnResult};

tokio::task_local! {
    /// The tables that are being opened, outermost first: a view that reads itself is found here.
    static OPENING: Vec<String>;
}

/// Opens a table; called once, when it succeeds.
pub type OpenTable = Arc<dyn Fn() -> BoxFuture<'static, OwnResult<Arc<dyn TableProvider>>> + Send + Sync>;

/// What is known of a table before it is opened.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The heading under which it is listed; none for a step on the way to others.
    pub group: Option<String>,
    /// What a row is.
    pub description: Option<String>,
    /// What its columns mean.
    pub columns: BTreeMap<String, String>,
    /// The SQL of a view.
    pub sql: Option<String>,
}

/// A table that is not open yet.
#[derive(Clone)]
pub struct LazyTable {
    /// Its name within the schema.
    pub name: String,
    /// Whether it will be a view.
    pub is_view: bool,
    /// What is known of it.
    pub about: About,
    /// What opens it.
    pub open: OpenTable,
}

struct Entry {
    table: LazyTable,
    opened: OnceCell<Arc<dyn TableProvider>>,
}

/// A schema of lazy tables, over a schema of tables that are registered meanwhile and win.
pub(super) struct LazySchema {
    /// How messages call the schema; empty for the one that need not be named.
    prefix: String,
    entries: BTreeMap<String, Entry>,
    registered: Arc<dyn SchemaProvider>,
}

impl LazySchema {
    pub(super) fn new(
        prefix: impl Into<String>,
        tables: impl IntoIterator<Item = LazyTable>,
        registered: Arc<dyn SchemaProvider>,
    ) -> Self {
        let entries = tables
            .into_iter()
            .map(|table| (table.name.clone(), Entry { table, opened: OnceCell::new() }))
            .collect();
        Self { prefix: prefix.into(), entries, registered }
    }

    async fn open(&self, entry: &Entry) -> Result<Arc<dyn TableProvider>> {
        let name = format!("{}{}", self.prefix, entry.table.name);
        let mut opening = OPENING.try_with(Clone::clone).unwrap_or_default();
        if opening.contains(&name) {
            opening.push(name);
            let error = Error::config(format!("a view reads itself: {}", opening.join(" reads ")))
                .hint("a view that replaces another reads the original as `standard.NAME`");
            return Err(DataFusionError::External(Box::new(error)));
        }
        opening.push(name);
        let open = OPENING.scope(opening, entry.opened.get_or_try_init(|| (entry.table.open)()));
        open.await.map(Arc::clone).map_err(|error| DataFusionError::External(Box::new(error)))
    }
}

impl Debug for LazySchema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LazySchema").field("tables", &self.entries.keys()).finish_non_exhaustive()
    }
}

#[async_trait]
impl SchemaProvider for LazySchema {
    fn table_names(&self) -> Vec<String> {
        let mut names = self.registered.table_names();
        names.extend(self.entries.keys().filter(|name| !self.registered.table_exist(name)).cloned());
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.entries.get(name) {
            Some(entry) if !self.registered.table_exist(name) => self.open(entry).await.map(Some),
            _ => self.registered.table(name).await,
        }
    }

    /// Known without opening the table, so that lists of tables cost nothing.
    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        match self.entries.get(name) {
            Some(entry) if !self.registered.table_exist(name) => {
                Ok(Some(if entry.table.is_view { TableType::View } else { TableType::Base }))
            }
            _ => self.registered.table_type(name).await,
        }
    }

    fn register_table(
        &self,
        name: String,
        table: Arc<dyn TableProvider>,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        self.registered.register_table(name, table)
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.registered.deregister_table(name)
    }

    fn table_exist(&self, name: &str) -> bool {
        self.entries.contains_key(name) || self.registered.table_exist(name)
    }
}
