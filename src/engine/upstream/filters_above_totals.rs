//! Keeps filters above totals: an aggregate without groups gives a row even if its input has none.
//!
//! DataFusion pushes a condition below an aggregate if all its columns are groups. A condition without columns meets that
//! always, also where there are no groups: `SELECT count(*) FROM t HAVING (SELECT max(n) FROM u) > 5` would count no rows
//! and show that count, instead of showing nothing. Conditions on constants of views come to it the same way: in
//! `SELECT 'a' AS source, count(*) FROM t`, a filter for the source `b` becomes `'a' = 'b'` on its way down.
//!
//! A condition on the outer row of a correlated subquery stays too, until the subquery has become a join: the rule takes
//! `t.c IS NOT DISTINCT FROM outer.c` below the subquery that names the column `c`, and decorrelation then looks for the
//! name that it has there.
//!
//! Of an aggregate without groups no condition may go down: those with columns cannot, and those without must not. The
//! same is true of grouping sets, whose columns DataFusion leaves alone and one of which may be empty. The filter stays,
//! and later rules decide it as they decide any other.

use datafusion::{
    common::tree_node::Transformed,
    error::Result,
    logical_expr::{Expr, LogicalPlan},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule, push_down_filter::PushDownFilter},
};

/// DataFusion's rule, but for filters that stand above totals.
#[derive(Debug, Default)]
pub(super) struct PushDownFilters(PushDownFilter);

impl OptimizerRule for PushDownFilters {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.0.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter)
                if gives_totals(&filter.input) || filter.predicate.contains_outer() =>
            {
                Ok(Transformed::no(LogicalPlan::Filter(filter)))
            }
            plan => self.0.rewrite(plan, config),
        }
    }
}

/// Whether an aggregate that may give a row for no rows lies below, or below other filters, which the rule would join.
fn gives_totals(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Filter(filter) => gives_totals(&filter.input),
        LogicalPlan::Aggregate(aggregate) => {
            aggregate.group_expr.iter().all(|expr| matches!(expr, Expr::GroupingSet(_)))
        }
        _ => false,
    }
}
