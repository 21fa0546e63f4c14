//! Makes ORDER BY decide every tie, so that the same query gives the same bytes on every run.
//!
//! Rows that are equal in what the user ordered by would come in the order in which threads
//! finish, and a LIMIT would keep now one of them, now another. The remaining columns, from left to
//! right, decide instead. Only the outermost ORDER BY and those
//! below a LIMIT are touched; the plan stays an ordinary plan.

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        Column,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{DdlStatement, Distinct, DistinctOn, Expr, LogicalPlan, Sort, SortExpr},
    optimizer::{OptimizerConfig, OptimizerRule, replace_distinct_aggregate::ReplaceDistinctWithAggregate},
};

pub(super) fn decide_ties(plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<LogicalPlan> {
    decide_limits(decide_result(plan)?, config)
}

/// The order of the rows that are shown or written.
fn decide_result(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Sort(sort) => Ok(LogicalPlan::Sort(with_all_columns(sort))),
        // A column that is ordered by but not selected stands below a projection, a LIMIT above the sort;
        // COPY, CREATE TABLE AS and INSERT write what their query gives.
        plan @ (LogicalPlan::Limit(_)
        | LogicalPlan::Projection(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(_))) => {
            plan.map_children(|child| decide_result(child).map(Transformed::yes)).data()
        }
        plan => Ok(plan),
    }
}

/// A LIMIT inside the statement decides which rows are counted; that must not be chance either.
fn decide_limits(plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<LogicalPlan> {
    plan.transform_down_with_subqueries(|plan| match plan {
        plan @ LogicalPlan::Limit(_) => decide_result(plan).map(Transformed::yes),
        // Written as the aggregate that it is: other rules do not know DISTINCT ON well enough.
        LogicalPlan::Distinct(Distinct::On(on)) => {
            ReplaceDistinctWithAggregate::new().rewrite(decide_first_rows(on), config)
        }
        plan => Ok(Transformed::no(plan)),
    })
    .data()
}

/// DISTINCT ON keeps the first row of each group in its order, in which each expression stands once.
fn decide_first_rows(mut on: DistinctOn) -> LogicalPlan {
    let order: Vec<SortExpr> = match on.sort_expr.take() {
        Some(order) => without_repetitions(order),
        None => on.on_expr.iter().map(|expr| SortExpr::new(expr.clone(), true, false)).collect(),
    };
    LogicalPlan::Distinct(Distinct::On(DistinctOn { sort_expr: Some(order), ..on }))
}

/// An expression that stands twice in an order decides nothing the second time, and `first_value` (55.2) dies of it.
pub(super) fn without_repetitions(order: Vec<SortExpr>) -> Vec<SortExpr> {
    let mut once: Vec<SortExpr> = Vec::with_capacity(order.len());
    for sort in order {
        if !once.iter().any(|known| known.expr == sort.expr) {
            once.push(sort);
        }
    }
    once
}

fn with_all_columns(mut sort: Sort) -> Sort {
    let schema = sort.input.schema();
    for (qualifier, field) in schema.iter() {
        let column = Expr::Column(Column::new(qualifier.cloned(), field.name()));
        let is_sorted = sort.expr.iter().any(|sorted| sorted.expr == column);
        let is_unique = schema
            .iter()
            .filter(|(other, another)| *other == qualifier && another.name() == field.name())
            .count()
            == 1;
        if !is_sorted && is_unique && is_comparable(field.data_type()) {
            sort.expr.push(SortExpr::new(column, true, false));
        }
    }
    sort
}

pub(super) fn is_comparable(data_type: &DataType) -> bool {
    !data_type.is_nested() && !matches!(data_type, DataType::Null)
}
