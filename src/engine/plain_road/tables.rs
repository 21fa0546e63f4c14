//! The tables of the plain road: what the session keeps is computed again, once, on the plain road.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use datafusion::{
    arrow::{array::RecordBatch, compute::cast, datatypes::SchemaRef},
    catalog::TableProvider,
    common::tree_node::{Transformed, TransformedResult, TreeNodeRecursion},
    datasource::{provider_as_source, source_as_provider},
    error::{DataFusionError, Result as PlanResult},
    execution::context::SessionState,
    logical_expr::LogicalPlan,
};
use futures::{FutureExt, future::BoxFuture};

use super::plain_state;
use crate::{
    engine::{
        diagnose::Diagnosis,
        kept::{Kept, Overflow},
        rows::Rows,
        spill::SpillDirectory,
    },
    error::{Error, Result},
};

/// A kept table, and the same computed on the plain road.
type Computed = (Weak<dyn TableProvider>, Arc<dyn TableProvider>);

/// The kept tables of a session, as they are on the plain road.
pub(in crate::engine) struct PlainTables {
    kept: Arc<Kept>,
    spill: Option<Arc<SpillDirectory>>,
    computed: Mutex<Vec<Computed>>,
}

impl PlainTables {
    pub(in crate::engine) fn new(kept: Arc<Kept>, spill: Option<Arc<SpillDirectory>>) -> Self {
        Self { kept, spill, computed: Mutex::default() }
    }

    /// Starts a query on the plain road.
    ///
    /// # Errors
    /// A plan that cannot run; whatever goes wrong while kept tables are computed again.
    pub(in crate::engine) fn rows<'a>(
        &'a self,
        plan: LogicalPlan,
        state: &'a SessionState,
        diagnosis: &'a Diagnosis,
    ) -> BoxFuture<'a, Result<Rows>> {
        async move {
            let explain = |error| diagnosis.explain(error);
            for (table, plan) in self.kept_tables(&plan).map_err(explain)? {
                if self.find(&table).is_none() {
                    let rows = self.rows(plan, state, diagnosis).await?;
                    let computed = self.keep(rows, table.schema(), state, diagnosis).await?;
                    let mut known = self.computed.lock().unwrap_or_else(PoisonError::into_inner);
                    known.push((Arc::downgrade(&table), computed));
                }
            }
            let plan = self.with_own_tables(plan).map_err(explain)?;
            Rows::start(plain_state(state.clone()), plan, diagnosis.clone(), self.spill.clone()).await
        }
        .boxed()
    }

    /// The kept tables that a plan reads, and what they are computed from.
    fn kept_tables(&self, plan: &LogicalPlan) -> PlanResult<Vec<(Arc<dyn TableProvider>, LogicalPlan)>> {
        let mut tables = Vec::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let table = source_as_provider(&scan.source)?;
                if let Some(plan) = self.kept.plan_of(&table) {
                    tables.push((table, plan));
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(tables)
    }

    fn with_own_tables(&self, plan: LogicalPlan) -> PlanResult<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| {
            let LogicalPlan::TableScan(mut scan) = node else { return Ok(Transformed::no(node)) };
            let computed = self.find(&source_as_provider(&scan.source)?);
            let is_known = computed.is_some();
            if let Some(computed) = computed {
                scan.source = provider_as_source(computed);
            }
            Ok(Transformed::new_transformed(LogicalPlan::TableScan(scan), is_known))
        })
        .data()
    }

    fn find(&self, table: &Arc<dyn TableProvider>) -> Option<Arc<dyn TableProvider>> {
        let computed = self.computed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &Weak<dyn TableProvider>| std::ptr::addr_eq(known.as_ptr(), Arc::as_ptr(table));
        computed.iter().find(|(known, _)| is_same(known)).map(|(_, computed)| Arc::clone(computed))
    }

    async fn keep(
        &self,
        mut rows: Rows,
        schema: SchemaRef,
        state: &SessionState,
        diagnosis: &Diagnosis,
    ) -> Result<Arc<dyn TableProvider>> {
        let explain = |error| diagnosis.explain(error);
        let mut keeping = self.kept.begin(&schema, state, Overflow::ToFile);
        while let Some(batch) = rows.next().await? {
            let columns = batch.columns().iter().zip(schema.fields());
            let columns = columns.map(|(column, field)| cast(column, field.data_type()));
            let columns = columns.collect::<Result<_, _>>().map_err(|error| explain(error.into()))?;
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns);
            keeping.add(batch.map_err(|error| explain(error.into()))?).map_err(explain)?;
        }
        let finished = keeping.finish(state).await.map_err(explain)?;
        let nowhere =
            || -> Error { explain(DataFusionError::Execution("a table cannot be kept".to_owned())) };
        finished.map(|finished| finished.table).ok_or_else(nowhere)
    }
}
