//! Steps of building plans that several files take.

use std::sync::Arc;

use datafusion::{
    catalog::TableProvider,
    datasource::provider_as_source,
    error::Result as PlanResult,
    logical_expr::{LogicalPlan, LogicalPlanBuilder},
};

use crate::error::{Error, Result};

/// A plan that reads a table.
pub(super) fn scan(name: &str, provider: &Arc<dyn TableProvider>) -> Result<LogicalPlan> {
    LogicalPlanBuilder::scan(name, provider_as_source(Arc::clone(provider)), None)
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| Error::query(format!("`{name}` cannot be read")).caused_by(error))
}

/// The rows of all plans, one after the other; none if there are none.
pub(super) fn union_all(plans: impl IntoIterator<Item = LogicalPlan>) -> PlanResult<Option<LogicalPlan>> {
    let mut plans = plans.into_iter();
    let Some(first) = plans.next() else { return Ok(None) };
    let all = plans.try_fold(LogicalPlanBuilder::from(first), LogicalPlanBuilder::union);
    all.and_then(LogicalPlanBuilder::build).map(Some)
}
