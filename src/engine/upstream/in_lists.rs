//! Keeps lists of one expression apart where their combination could be empty.
//!
//! Report: <https://github.com/apache/datafusion/issues/24246>. `x IN (1) AND x IN (2)` becomes false and
//! `x NOT IN (1) OR x NOT IN (2)` becomes true, also where x is NULL and so are they.
//!
//! Remedy: all lists but the first are of `nullif(x, NULL)`, which is x, and not the same expression. Costs one comparison for
//! each further list of the same expression.

use datafusion::{
    common::{
        DFSchema,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{BinaryExpr, Expr, Operator, expr::InList},
};

use super::expressions::unknown;

pub(super) fn keep_apart(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            let mut seen = Vec::new();
            let left = keep_operands_apart(*left, op, &mut seen, schema)?;
            let right = keep_operands_apart(*right, op, &mut seen, schema)?;
            let changed = left.transformed || right.transformed;
            let both = BinaryExpr::new(left.data.into(), op, right.data.into());
            Ok(Transformed::new_transformed(Expr::BinaryExpr(both), changed))
        }
        expr => Ok(Transformed::no(expr)),
    }
}

fn keep_operands_apart(
    expr: Expr,
    operator: Operator,
    seen: &mut Vec<Expr>,
    schema: &DFSchema,
) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(ref both) if both.op == operator => {
            expr.map_children(|operand| keep_operands_apart(operand, operator, seen, schema))
        }
        Expr::Not(_) => expr.map_children(|negated| match negated {
            Expr::InList(list) => keep_list_apart(list, operator, true, seen, schema),
            negated => Ok(Transformed::no(negated)),
        }),
        Expr::InList(list) => keep_list_apart(list, operator, false, seen, schema),
        expr => Ok(Transformed::no(expr)),
    }
}

fn keep_list_apart(
    mut list: InList,
    operator: Operator,
    inverted: bool,
    seen: &mut Vec<Expr>,
    schema: &DFSchema,
) -> Result<Transformed<Expr>> {
    // What one of several lists holds is one longer list, and that is right.
    let is_union = operator == Operator::Or && list.negated == inverted;
    if is_union {
        return Ok(Transformed::no(Expr::InList(list)));
    }
    if seen.contains(&list.expr) {
        list.expr = unknown(*list.expr, schema)?.into();
        return Ok(Transformed::yes(Expr::InList(list)));
    }
    seen.push((*list.expr).clone());
    Ok(Transformed::no(Expr::InList(list)))
}
