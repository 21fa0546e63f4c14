//! Makes ORDER BY decide every tie, so that the same query gives the same bytes on every run.
//!
//! Rows that are equal in what the user ordered by would come in the order in which threads
//! finish, and a LIMIT would keep now one of them, now another. The remaining columns, from left to
//! right, decide instead. Only the outermost ORDER BY is touched; the plan stays an ordinary plan.

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        Column,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, Sort, SortExpr},
};

pub(super) fn decide_ties(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Sort(sort) => Ok(LogicalPlan::Sort(with_all_columns(sort))),
        // A column that is ordered by but not selected stands below a projection, a LIMIT above the sort.
        plan @ (LogicalPlan::Limit(_) | LogicalPlan::Projection(_)) => plan
            .map_children(|child| decide_ties(child).map(Transformed::yes))
            .map(|transformed| transformed.data),
        plan => Ok(plan),
    }
}

fn with_all_columns(mut sort: Sort) -> Sort {
    let schema = sort.input.schema();
    for (qualifier, field) in schema.iter() {
        let column = Expr::Column(Column::new(qualifier.cloned(), field.name()));
        let is_sorted = sort.expr.iter().any(|sorted| sorted.expr == column);
        let is_unique = schema.columns_with_unqualified_name(field.name()).len() == 1;
        if !is_sorted && is_unique && is_comparable(field.data_type()) {
            sort.expr.push(SortExpr::new(column, true, false));
        }
    }
    sort
}

fn is_comparable(data_type: &DataType) -> bool {
    !data_type.is_nested() && !matches!(data_type, DataType::Null)
}
