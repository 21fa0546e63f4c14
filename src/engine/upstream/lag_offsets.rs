//! Refuses LAG and LEAD with NULL for an offset.
//!
//! Report: none known. The offset is taken for 0, which gives the row's own value instead of one that is not known.

use datafusion::{
    common::{DFSchema, plan_err, tree_node::Transformed},
    error::Result,
    logical_expr::{Expr, expr::Cast},
};

pub(super) fn check(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    if let Expr::WindowFunction(window) = &expr
        && let name @ ("lag" | "lead") = window.fun.name()
        && window.params.args.get(1).is_some_and(is_null)
    {
        return plan_err!("the offset of `{name}` is NULL; it is a whole number, such as 1 for the next row");
    }
    Ok(Transformed::no(expr))
}

fn is_null(offset: &Expr) -> bool {
    match offset {
        Expr::Literal(value, _) => value.is_null(),
        Expr::Cast(Cast { expr, .. }) => is_null(expr),
        _ => false,
    }
}
