//! Writes functions as the expressions they stand for, computes constants, and does nothing else to expressions.
//!
//! Some functions exist only so: `coalesce` is a CASE, `now()` the time at which the query began. Some aggregates take
//! constants only, which may be written as `1.0 / 3`.

use std::sync::Arc;

use datafusion::{
    common::tree_node::{Transformed, TreeNode},
    error::Result,
    logical_expr::{
        Expr, LogicalPlan, expr::ScalarFunction, simplify::ExprSimplifyResult, simplify::SimplifyContext,
        utils::merge_schema,
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule, simplify_expressions::ExprSimplifier},
};

use crate::engine::expressions::map_named;

#[derive(Debug)]
pub(super) struct FunctionsAsExpressions;

impl OptimizerRule for FunctionsAsExpressions {
    fn name(&self) -> &str {
        "functions_as_expressions"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let schema = match plan.inputs().is_empty() {
            true => plan.schema().as_ref().clone(),
            false => merge_schema(&plan.inputs()),
        };
        let context = SimplifyContext::builder()
            .with_schema(Arc::new(schema))
            .with_config_options(config.options())
            .with_query_execution_start_time(config.query_execution_start_time())
            .build();
        let simplifier = ExprSimplifier::new(context.clone());
        if matches!(plan, LogicalPlan::Limit(_)) {
            // The number of rows has to be a number.
            return plan.map_expressions(|expr| Ok(Transformed::yes(simplifier.simplify(expr)?)));
        }
        let takes_constants = matches!(plan, LogicalPlan::Aggregate(_) | LogicalPlan::Window(_));
        map_named(plan, |expr| {
            expr.transform_up(|expr| {
                if takes_constants && is_computed_constant(&expr) {
                    return Ok(Transformed::yes(simplifier.simplify(expr)?));
                }
                let (func, args) = match expr {
                    Expr::ScalarFunction(ScalarFunction { func, args }) => (func, args),
                    // Which of them are zeros has to be seen.
                    Expr::InList(mut list) => {
                        for value in list.list.iter_mut().filter(|value| is_computed_constant(value)) {
                            *value = simplifier.simplify(std::mem::take(value))?;
                        }
                        return Ok(Transformed::yes(Expr::InList(list)));
                    }
                    expr => return Ok(Transformed::no(expr)),
                };
                Ok(match func.simplify(args, &context)? {
                    ExprSimplifyResult::Simplified(expr) => Transformed::yes(expr),
                    ExprSimplifyResult::Original(args) => {
                        Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args }))
                    }
                })
            })
        })?
        .map_data(LogicalPlan::recompute_schema)
    }
}

fn is_computed_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(_) | Expr::Cast(_) | Expr::Negative(_) | Expr::BinaryExpr(_))
        && expr.column_refs().is_empty()
        && !expr.is_volatile()
        && !expr.contains_outer()
        && !expr.exists(|expr| Ok(matches!(expr, Expr::ScalarSubquery(_)))).unwrap_or(true)
}
