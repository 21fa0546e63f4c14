//! Keeps the OFFSET of a correlated EXISTS.
//!
//! Report: <https://github.com/apache/datafusion/issues/25283>. The OFFSET is dropped together with the LIMIT, which does not
//! matter to EXISTS: `EXISTS (SELECT * FROM orders o WHERE o.customer = c.id OFFSET 1)` is true of customers with one order.
//!
//! Remedy: there is a row behind the offset if there are more rows than it leaves out, and rows can be counted.

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, tree_node::Transformed},
    error::Result,
    functions_aggregate::expr_fn::count,
    logical_expr::{Expr, FetchType, LogicalPlan, LogicalPlanBuilder, SkipType, lit, not},
};

use super::expressions::{is_correlated, subquery_of};

pub(super) fn count_rows(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::Exists(exists) = &expr else { return Ok(Transformed::no(expr)) };
    let LogicalPlan::Limit(limit) = exists.subquery.subquery.as_ref() else {
        return Ok(Transformed::no(expr));
    };
    let SkipType::Literal(skip @ 1..) = limit.get_skip_type()? else { return Ok(Transformed::no(expr)) };
    if !is_correlated(&exists.subquery) {
        return Ok(Transformed::no(expr));
    }
    let has_rows = match limit.get_fetch_type()? {
        FetchType::Literal(Some(0)) => lit(false),
        _ => {
            let rows = LogicalPlanBuilder::new_from_arc(Arc::clone(&limit.input))
                .aggregate(Vec::<Expr>::new(), [count(lit(1_i64))])?
                .build()?;
            let skip = i64::try_from(skip).unwrap_or(i64::MAX);
            Expr::ScalarSubquery(subquery_of(rows, &exists.subquery)).gt(lit(skip))
        }
    };
    Ok(Transformed::yes(if exists.negated { not(has_rows) } else { has_rows }))
}
