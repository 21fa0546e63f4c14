//! Writes `x IS TRUE` and its like so that nobody takes it for NULL.
//!
//! Report: none known. `x IS TRUE` is never NULL, and so say logical plans; physical plans compute it as
//! `x IS NOT DISTINCT FROM true`, which they believe to be NULL wherever `x` may be. An aggregate above finds that its input
//! has two schemas, and DataFusion gives up with an internal error.
//!
//! Remedy: where such a test is a column, and not only a condition, it is a CASE. Costs nothing measurable.

use datafusion::{
    common::tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::{Expr, ExprSchemable, LogicalPlan, lit, not, utils::merge_schema, when},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::engine::expressions::map_named;

#[derive(Debug)]
pub(super) struct TruthTests;

impl OptimizerRule for TruthTests {
    fn name(&self) -> &str {
        "truth_tests"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !matches!(plan, LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_) | LogicalPlan::Window(_))
            || !has_truth_test(&plan)?
        {
            return Ok(Transformed::no(plan));
        }
        let schema = merge_schema(&plan.inputs());
        map_named(plan, |expr| {
            expr.transform_up(|expr| {
                // Of what is never NULL both plans think the same.
                let may_be_null = operand(&expr).map(|operand| operand.nullable(&schema)).transpose()?;
                match may_be_null {
                    Some(true) => as_case(expr).map(Transformed::yes),
                    _ => Ok(Transformed::no(expr)),
                }
            })
        })
    }
}

fn has_truth_test(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_expressions(|expr| {
        found |= expr.exists(|expr| Ok(operand(expr).is_some()))?;
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

/// What is tested.
fn operand(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::IsTrue(operand)
        | Expr::IsFalse(operand)
        | Expr::IsUnknown(operand)
        | Expr::IsNotTrue(operand)
        | Expr::IsNotFalse(operand)
        | Expr::IsNotUnknown(operand) => Some(operand),
        _ => None,
    }
}

fn as_case(expr: Expr) -> Result<Expr> {
    let decide = |condition: Expr, yes: bool| when(condition, lit(yes)).otherwise(lit(!yes));
    match expr {
        Expr::IsTrue(operand) => decide(*operand, true),
        Expr::IsNotTrue(operand) => decide(*operand, false),
        Expr::IsFalse(operand) => decide(not(*operand), true),
        Expr::IsNotFalse(operand) => decide(not(*operand), false),
        Expr::IsUnknown(operand) => Ok(Expr::IsNull(operand)),
        Expr::IsNotUnknown(operand) => Ok(Expr::IsNotNull(operand)),
        expr => Ok(expr),
    }
}
