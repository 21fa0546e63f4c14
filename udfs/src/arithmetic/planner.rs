//! Turns the operators into functions while SQL is planned, where types are fixed before the analyzer runs.
//!
//! `VALUES` takes the types of its columns, and a view those of its expressions, from the plan as it is first built;
//! the rewrite in `rewrite` would come too late for them. It still serves plans that are not made from SQL.

use datafusion::{
    common::{
        DFSchema,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{
        BinaryExpr, Expr, Operator,
        planner::{ExprPlanner, PlannerResult, RawBinaryExpr},
    },
    sql::sqlparser::ast::BinaryOperator,
};

use super::{function::is_operation, rewrite::rewrite_operator};

/// The planner that `register_all` registers.
#[derive(Debug)]
pub(crate) struct ExactOperators;

impl ExprPlanner for ExactOperators {
    fn plan_binary_op(&self, raw: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let op = match raw.op {
            BinaryOperator::Plus => Operator::Plus,
            BinaryOperator::Minus => Operator::Minus,
            BinaryOperator::Multiply => Operator::Multiply,
            BinaryOperator::Divide => Operator::Divide,
            _ => return Ok(PlannerResult::Original(raw)),
        };
        // DataFusion finds the type of a placeholder from the operator it stands beside.
        if has_placeholder(&raw.left)? || has_placeholder(&raw.right)? {
            return Ok(PlannerResult::Original(raw));
        }
        let binary = BinaryExpr::new(Box::new(raw.left), op, Box::new(raw.right));
        Ok(match rewrite_operator(binary, schema) {
            Transformed { data: Expr::BinaryExpr(binary), transformed: false, .. } => {
                let (left, right) = (*binary.left, *binary.right);
                PlannerResult::Original(RawBinaryExpr { op: raw.op, left, right })
            }
            planned => PlannerResult::Planned(planned.data),
        })
    }
}

/// An operation that was planned before has none, or it would not have become one of ours.
fn has_placeholder(expr: &Expr) -> Result<bool> {
    if is_operation(expr) {
        return Ok(false);
    }
    expr.exists(|expr| Ok(matches!(expr, Expr::Placeholder(_))))
}
