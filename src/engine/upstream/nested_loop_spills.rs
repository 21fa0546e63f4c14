//! Lets one thread know which rows of a nested loop join have found none.
//!
//! Reports: <https://github.com/apache/datafusion/issues/22641>, <https://github.com/apache/datafusion/issues/24745>. If the side that is kept in
//! memory does not fit, each thread reads it again in parts, and gives out the rows for which it has found none, although
//! another thread may have found one. Rows come too often, or a count of threads falls below zero.
//!
//! Remedy: joins that give out such rows read the other side in one thread. Costs the other threads, in joins without any
//! equality that keep rows of their smaller side.

use std::sync::Arc;

use datafusion::{
    common::{
        JoinType,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan, ExecutionPlanProperties, coalesce_partitions::CoalescePartitionsExec,
        execution_plan::replace_children_if_necessary, joins::NestedLoopJoinExec,
    },
};

#[derive(Debug)]
pub(super) struct NestedLoopSpills;

impl PhysicalOptimizerRule for NestedLoopSpills {
    fn name(&self) -> &str {
        "nested_loop_spills"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() else {
                return Ok(Transformed::no(node));
            };
            if !keeps_left_rows(*join.join_type())
                || join.right().output_partitioning().partition_count() == 1
            {
                return Ok(Transformed::no(node));
            }
            let left = Arc::clone(join.left());
            let right = Arc::new(CoalescePartitionsExec::new(Arc::clone(join.right())));
            replace_children_if_necessary(node, vec![left, right]).map(Transformed::yes)
        })
        .data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether rows of the left side, which is the one in memory, are given out when the right side is read.
fn keeps_left_rows(join_type: JoinType) -> bool {
    matches!(
        join_type,
        JoinType::Left | JoinType::Full | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark
    )
}
