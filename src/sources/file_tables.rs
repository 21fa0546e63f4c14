//! `SELECT * FROM 'file.parquet'`: a table name that is a path.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    catalog::{DynamicFileCatalog, TableProvider, UrlTableFactory},
    datasource::dynamic_file::DynamicListTableFactory,
    error::Result,
    execution::{SessionState, SessionStateBuilder},
    prelude::SessionContext,
};

use super::{
    Format, SourceOptions, Sources, TableFactory, factory::outside, locate::is_archive, spool::STANDARD_INPUT,
};

/// Opens names that no catalog knows and that look like paths.
#[derive(Debug)]
pub struct FileTables {
    sources: Sources,
    /// Only for its weak reference to the session, whose type DataFusion does not export.
    session: DynamicListTableFactory,
}

impl FileTables {
    /// A session like this one in which paths are tables, and `CREATE EXTERNAL TABLE` opens files through `sources`.
    pub fn enable(context: SessionContext, sources: &Sources) -> SessionContext {
        let id = context.session_id();
        let catalogs = Arc::clone(context.state_ref().read().catalog_list());
        let tables = Arc::new(Self { sources: sources.clone(), session: DynamicListTableFactory::default() });
        let factory: Arc<dyn UrlTableFactory> = tables.clone();
        let mut builder: SessionStateBuilder = context.into_state_builder().with_session_id(id);
        for (format, factory) in TableFactory::all(sources) {
            builder = builder.with_table_factory(format, factory);
        }
        let context: SessionContext =
            builder.with_catalog_list(Arc::new(DynamicFileCatalog::new(catalogs, factory))).build().into();
        tables.session.session_store().with_state(context.state_weak_ref());
        context
    }
}

#[async_trait]
impl UrlTableFactory for FileTables {
    async fn try_new(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if !looks_like_path(name) {
            return Ok(None);
        }
        let session = self.session.session_store().get_session().upgrade().and_then(|session| {
            let session = session.read();
            session.as_any().downcast_ref::<SessionState>().cloned()
        });
        let Some(session) = session else { return Ok(None) };
        let source = self.sources.open(&session, name, &SourceOptions::default()).await.map_err(outside)?;
        self.sources.keep_warnings(source.warnings);
        Ok(Some(source.provider))
    }
}

/// Whether a name that is not a table is meant as a path, so that its error should be about a file.
fn looks_like_path(name: &str) -> bool {
    name.contains(['/', '\\', '*'])
        || name == STANDARD_INPUT
        || Format::by_name(name).is_some()
        || is_archive(name)
}
