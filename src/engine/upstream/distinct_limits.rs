//! Takes back a LIMIT that was given to a DISTINCT whose input is sorted.
//!
//! Report: <https://github.com/apache/datafusion/issues/25350>. An aggregate with a limit, and with an order of its input that happens
//! to be there, is taken for one of the first rows of that order; it fails because nobody asked for such an order.
//!
//! Remedy: such an aggregate has no limit; the LIMIT above it stays. Costs the rows that it would not have read.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, aggregates::AggregateExec},
};

#[derive(Debug)]
pub(super) struct DistinctLimits;

impl PhysicalOptimizerRule for DistinctLimits {
    fn name(&self) -> &str {
        "distinct_limits"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            Ok(match node.downcast_ref::<AggregateExec>() {
                Some(aggregate) if is_misjudged(aggregate) => {
                    Transformed::yes(Arc::new(aggregate.with_new_limit_options(None)) as _)
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

fn is_misjudged(aggregate: &AggregateExec) -> bool {
    aggregate.limit_options().is_some_and(|limit| limit.descending().is_none())
        && aggregate.get_minmax_desc().is_none()
        && !aggregate.is_unordered_unfiltered_group_by_distinct()
}
