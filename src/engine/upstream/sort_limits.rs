//! Keeps the limit of a sort where it is while the sort itself is moved.
//!
//! Reports: datafusion#24927, #24932, and none known for UNION. When DataFusion moves a sort to its place, it takes the
//! limit with it. Below an aggregate the limit then cuts rows of which several make one group, so that groups are lost, by
//! chance of threads. Below a UNION each branch gets a copy that shares its threshold with the copies of the other
//! branches, although a label that is constant in each branch is no longer compared: each branch is cut by the others.
//!
//! Remedy: before sorts are moved, their limits become nodes of their own; afterwards DataFusion's rule for limits, which
//! knows what they may pass, brings them to the sorts again. Costs nothing measurable.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_optimizer::{PhysicalOptimizerRule, limit_pushdown::LimitPushdown},
    physical_plan::{ExecutionPlan, limit::GlobalLimitExec, sorts::sort::SortExec},
};

/// Makes the limit of a sort a node above it.
#[derive(Debug)]
pub(super) struct LimitsAboveSorts;

impl PhysicalOptimizerRule for LimitsAboveSorts {
    fn name(&self) -> &str {
        "limits_above_sorts"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            Ok(match node.downcast_ref::<SortExec>() {
                Some(sort) if sort.fetch().is_some() => {
                    let unlimited: Arc<dyn ExecutionPlan> = Arc::new(sort.with_fetch(None));
                    Transformed::yes(Arc::new(GlobalLimitExec::new(unlimited, 0, sort.fetch())) as _)
                }
                _ => Transformed::no(node),
            })
        })
        .data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Brings limits to the sorts below them.
#[derive(Debug)]
pub(super) struct LimitsIntoSorts;

impl PhysicalOptimizerRule for LimitsIntoSorts {
    fn name(&self) -> &str {
        "limits_into_sorts"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        LimitPushdown::new().optimize(plan, config)
    }

    fn schema_check(&self) -> bool {
        true
    }
}
