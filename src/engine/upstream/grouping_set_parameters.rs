//! Puts the values of parameters into grouping sets, whose columns keep their names.
//!
//! Report: none known. Where a parameter is replaced, DataFusion gives the expression its name of before, and gives it to
//! ROLLUP, CUBE and GROUPING SETS as a whole: they become one column of a name that nobody looks for, and planning fails.
//!
//! Remedy: values go into grouping sets first, column by column. Costs nothing where there are none.

use datafusion::{
    common::{
        ParamValues,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan},
};

use crate::engine::expressions::{map_named, refresh_schemas};

/// Returns the plan with the values of its parameters.
pub(in crate::engine) fn with_values(plan: LogicalPlan, values: ParamValues) -> Result<LogicalPlan> {
    let in_sets = plan.transform_up_with_subqueries(|node| {
        let LogicalPlan::Aggregate(aggregate) = &node else { return Ok(Transformed::no(node)) };
        if !matches!(aggregate.group_expr.as_slice(), [Expr::GroupingSet(_)]) {
            return Ok(Transformed::no(node));
        }
        map_named(node, |expr| {
            expr.transform_up(|expr| match &expr {
                Expr::Placeholder(placeholder) => {
                    let value = values.get_placeholders_with_values(&placeholder.id)?;
                    Ok(Transformed::yes(Expr::Literal(value.value, value.metadata)))
                }
                _ => Ok(Transformed::no(expr)),
            })
        })
    })?;
    let plan = match in_sets.transformed {
        true => refresh_schemas(in_sets.data)?,
        false => in_sets.data,
    };
    plan.with_param_values(values)
}
