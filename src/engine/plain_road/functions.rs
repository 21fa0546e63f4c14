//! Writes functions as the expressions they stand for, and does nothing else to expressions.
//!
//! Some functions exist only so: `coalesce` is a CASE, `now()` the time at which the query began.

use std::sync::Arc;

use datafusion::{
    common::tree_node::{Transformed, TreeNode},
    error::Result,
    logical_expr::{
        Expr, LogicalPlan, expr::ScalarFunction, expr_rewriter::NamePreserver, simplify::ExprSimplifyResult,
        simplify::SimplifyContext, utils::merge_schema,
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule, simplify_expressions::ExprSimplifier},
};

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
        if matches!(plan, LogicalPlan::Limit(_)) {
            // The number of rows has to be a number.
            let simplifier = ExprSimplifier::new(context);
            return plan.map_expressions(|expr| Ok(Transformed::yes(simplifier.simplify(expr)?)));
        }
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            let written = expr.transform_up(|expr| match expr {
                Expr::ScalarFunction(ScalarFunction { func, args }) => match func.simplify(args, &context)? {
                    ExprSimplifyResult::Simplified(expr) => Ok(Transformed::yes(expr)),
                    ExprSimplifyResult::Original(args) => {
                        Ok(Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args })))
                    }
                },
                expr => Ok(Transformed::no(expr)),
            })?;
            Ok(written.update_data(|expr| name.restore(expr)))
        })?
        .map_data(LogicalPlan::recompute_schema)
    }
}
