//! A `ListingTable` over text files that refuses to read files that are not those that were typed.
//!
//! A text file does not say what its columns are. Read with yesterday's types, today's file could lose digits in
//! silence; so every scan first compares sizes and times. The plan is the `ListingTable`'s own.

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{ScanArgs, ScanResult, Session, TableProvider},
    common::Constraints,
    datasource::listing::ListingTable,
    error::Result,
    logical_expr::{Expr, TableProviderFilterPushDown, TableType},
    physical_plan::ExecutionPlan,
};
use std::sync::Arc;

use super::{Sources, blocking, factory::outside, locate::DataFile};

#[derive(Debug)]
pub(super) struct CheckedTable {
    table: ListingTable,
    files: Arc<[DataFile]>,
    /// Copies may lie in a temporary directory that lives as long as the sources.
    _sources: Sources,
}

impl CheckedTable {
    pub(super) fn new(sources: Sources, table: ListingTable, files: Vec<DataFile>) -> Self {
        Self { table, files: files.into(), _sources: sources }
    }

    async fn check(&self) -> Result<()> {
        let files = Arc::clone(&self.files);
        blocking::run(move |_| files.iter().try_for_each(DataFile::check_unchanged)).await.map_err(outside)
    }
}

#[async_trait]
impl TableProvider for CheckedTable {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.table.constraints()
    }

    fn table_type(&self) -> TableType {
        self.table.table_type()
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.check().await?;
        self.table.scan(session, projection, filters, limit).await
    }

    async fn scan_with_args<'a>(&self, session: &dyn Session, args: ScanArgs<'a>) -> Result<ScanResult> {
        self.check().await?;
        self.table.scan_with_args(session, args).await
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.table.supports_filters_pushdown(filters)
    }
}
