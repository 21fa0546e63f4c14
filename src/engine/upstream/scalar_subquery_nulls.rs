//! Says of a scalar subquery that it may be NULL, since it may give no row.
//!
//! Report: none known. DataFusion takes the nullability of the subquery's column for that of the subquery: of
//! `(SELECT rate FROM rates WHERE currency = 'USD')` over rates that are never NULL it believes that it is never NULL either,
//! and leaves out `coalesce` and `IS NULL` around it. It is NULL if there is no such row.
//!
//! Remedy: `nullif(subquery, NULL)`, which is the subquery, and of which nothing is believed. Costs one comparison for each
//! such subquery; totals, which always give a row, stay as they are.

use datafusion::{
    common::{
        ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    functions::core::nullif,
    logical_expr::{Expr, LogicalPlan, expr::ScalarFunction},
    optimizer::AnalyzerRule,
};

use crate::engine::expressions::{map_named, refresh_schemas};

#[derive(Debug)]
pub(super) struct ScalarSubqueryNulls;

impl AnalyzerRule for ScalarSubqueryNulls {
    fn name(&self) -> &str {
        "scalar_subquery_nulls"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let hidden =
            plan.transform_up_with_subqueries(|node| map_named(node, |expr| expr.transform_up(may_be_null)))?;
        match hidden.transformed {
            true => refresh_schemas(hidden.data),
            false => Ok(hidden.data),
        }
    }
}

fn may_be_null(expr: Expr) -> Result<Transformed<Expr>> {
    let Expr::ScalarSubquery(subquery) = &expr else { return Ok(Transformed::no(expr)) };
    let field = subquery.subquery.schema().field(0);
    if field.is_nullable() || gives_one_row(&subquery.subquery) {
        return Ok(Transformed::no(expr));
    }
    let null = Expr::Literal(ScalarValue::try_from(field.data_type())?, None);
    let call = ScalarFunction::new_udf(nullif(), vec![expr, null]);
    // The subquery below is seen already.
    Ok(Transformed::new(Expr::ScalarFunction(call), true, TreeNodeRecursion::Jump))
}

/// Whether a plan gives a row whatever its input is.
fn gives_one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => gives_one_row(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => gives_one_row(&alias.input),
        LogicalPlan::Sort(sort) => sort.fetch != Some(0) && gives_one_row(&sort.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        _ => false,
    }
}
