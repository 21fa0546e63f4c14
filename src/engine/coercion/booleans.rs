//! Settles comparisons of booleans while SQL is planned, where DataFusion would give up on them.

use datafusion::{
    common::DFSchema,
    error::Result,
    logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr},
    sql::sqlparser::ast::BinaryOperator,
};

use super::meeting::settle_boolean;

/// The planner. It leaves every operator to the planners after it.
#[derive(Debug)]
pub(crate) struct QuotedBooleans;

impl ExprPlanner for QuotedBooleans {
    fn plan_binary_op(
        &self,
        mut raw: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        if matches!(raw.op, Eq | NotEq | Lt | LtEq | Gt | GtEq) {
            settle_boolean(&mut raw.left, &mut raw.right, schema)?;
        }
        Ok(PlannerResult::Original(raw))
    }
}
