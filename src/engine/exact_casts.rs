//! Rounds half away from zero wherever a cast between numbers loses digits: `CAST(2.5 AS INT)` is 3.
//!
//! Arrow would cut, and DataFusion takes such a cast for one that loses nothing: `CAST(x AS DECIMAL(5,0)) = 3` becomes
//! `x = 3`, which misses 2.5. So every such cast becomes a function of ours, those too that coercion has put in
//! for INSERT. It is the last rule of analysis, because only then are all types known and all casts there.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        DFSchema,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{
        Cast, Expr, ExprSchemable, LogicalPlan, TryCast,
        expr::ScalarFunction,
        simplify::{ExprSimplifyResult, SimplifyContext},
    },
    optimizer::AnalyzerRule,
};
use marginql_udfs::{exact_cast, loses_digits};

use super::expressions::{rewrite_expressions, visible_columns};

/// DataFusion's functions that are casts, which it would make of them only while it computes constants.
const CAST_FUNCTIONS: [&str; 4] = ["arrow_cast", "arrow_try_cast", "cast_to_type", "try_cast_to_type"];

/// The rule.
#[derive(Debug)]
pub(super) struct ExactCasts;

impl AnalyzerRule for ExactCasts {
    fn name(&self) -> &str {
        "exact_casts"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            let mut any = false;
            plan.apply_expressions(|expr| {
                any |= expr.exists(|expr| Ok(is_cast(expr)))?;
                Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
            })?;
            if !any {
                return Ok(Transformed::no(plan));
            }
            let schema = visible_columns(&plan)?;
            rewrite_expressions(plan, &schema, &rounded)
        })
        .data()
    }
}

fn is_cast(expr: &Expr) -> bool {
    matches!(expr, Expr::Cast(_) | Expr::TryCast(_)) || is_cast_function(expr)
}

fn is_cast_function(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(call) if CAST_FUNCTIONS.contains(&call.func.name()))
}

fn rounded(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::Cast(Cast { expr, field }) if loses(&expr, field.data_type(), schema) => {
            Ok(Transformed::yes(exact_cast(*expr, field.data_type(), false)))
        }
        Expr::TryCast(TryCast { expr, field }) if loses(&expr, field.data_type(), schema) => {
            Ok(Transformed::yes(exact_cast(*expr, field.data_type(), true)))
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) if CAST_FUNCTIONS.contains(&func.name()) => {
            let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).build();
            match func.simplify(args, &context)? {
                ExprSimplifyResult::Simplified(cast) => Ok(Transformed::yes(rounded(cast, schema)?.data)),
                ExprSimplifyResult::Original(args) => {
                    Ok(Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args })))
                }
            }
        }
        other => Ok(Transformed::no(other)),
    }
}

fn loses(expr: &Expr, to: &DataType, schema: &DFSchema) -> bool {
    expr.get_type(schema).is_ok_and(|from| loses_digits(&from, to))
}
