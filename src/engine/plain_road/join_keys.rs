//! Moves the conditions of a WHERE to the inner joins below it, so that `FROM a, b WHERE a.id = b.id` is not a product.
//!
//! A filter above an inner join is a condition of the join, and a condition that reads one side only is a filter of that
//! side. Nothing else is moved, through nothing else.

use std::sync::Arc;

use datafusion::{
    common::{JoinConstraint, JoinType, NullEquality, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Expr, Filter, Join, LogicalPlan,
        utils::{conjunction, split_conjunction_owned},
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

#[derive(Debug)]
pub(super) struct JoinKeys;

impl OptimizerRule for JoinKeys {
    fn name(&self) -> &str {
        "join_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Filter(filter) = plan else { return Ok(Transformed::no(plan)) };
        let LogicalPlan::Join(join) = filter.input.as_ref() else {
            return Ok(Transformed::no(LogicalPlan::Filter(filter)));
        };
        if join.join_type != JoinType::Inner
            || join.null_equality != NullEquality::NullEqualsNothing
            || filter.predicate.is_volatile()
        {
            return Ok(Transformed::no(LogicalPlan::Filter(filter)));
        }
        Ok(Transformed::yes(LogicalPlan::Join(with_conditions(join.clone(), filter.predicate)?)))
    }
}

fn with_conditions(join: Join, predicate: Expr) -> Result<Join> {
    let (mut of_left, mut of_right, mut of_both) = (Vec::new(), Vec::new(), Vec::new());
    for condition in split_conjunction_owned(predicate) {
        let columns = condition.column_refs();
        let is_of = |side: &LogicalPlan| columns.iter().all(|column| side.schema().has_column(column));
        match (is_of(&join.left), is_of(&join.right)) {
            (true, false) => of_left.push(condition),
            (false, true) => of_right.push(condition),
            _ => of_both.push(condition),
        }
    }
    of_both.extend(join.filter);
    let filtered = |side: Arc<LogicalPlan>, conditions: Vec<Expr>| match conjunction(conditions) {
        Some(predicate) => {
            Filter::try_new(predicate, side).map(|filter| Arc::new(LogicalPlan::Filter(filter)))
        }
        None => Ok(side),
    };
    Ok(Join {
        left: filtered(join.left, of_left)?,
        right: filtered(join.right, of_right)?,
        // The keys of USING have to be columns, and what becomes a key here need not be one.
        join_constraint: if of_both.is_empty() { join.join_constraint } else { JoinConstraint::On },
        filter: conjunction(of_both),
        ..join
    })
}
