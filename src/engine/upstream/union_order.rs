//! Plans a sort above a UNION once more when DataFusion loses sight of its order.
//!
//! Reports: datafusion#16171, #17372. A branch of a UNION in which a column is constant is sorted without it, and the
//! merge above asks for it (55.2): "does not satisfy order requirements".
//!
//! Remedy: such a plan is made again with the rows brought together before they are sorted. Costs a second planning, and a
//! sort that one thread does, for those statements alone.

use std::sync::Arc;

use datafusion::{
    common::tree_node::{Transformed, TransformedResult, TreeNode},
    error::{DataFusionError, Result},
    logical_expr::{Limit, LogicalPlan, Sort, lit},
};

/// Whether DataFusion made a plan and then could not see that it keeps an order.
pub(in crate::engine) fn is_order_misjudged(error: &DataFusionError) -> bool {
    error.find_root().message().contains("does not satisfy order requirements")
}

/// Returns the same plan, in which rows come together before they are sorted: sorting is then not pushed into a UNION.
pub(in crate::engine) fn sort_together(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up(|plan| match plan {
        LogicalPlan::Sort(Sort { expr, input, fetch }) => {
            // A limit that no result reaches, since nothing sorts below a limit.
            let together =
                LogicalPlan::Limit(Limit { skip: None, fetch: Some(Box::new(lit(i64::MAX))), input });
            Ok(Transformed::yes(LogicalPlan::Sort(Sort { expr, input: Arc::new(together), fetch })))
        }
        plan => Ok(Transformed::no(plan)),
    })
    .data()
}
