//! Compares doubles so that nobody asks the statistics of a file about them.
//!
//! Report: <https://github.com/apache/datafusion/issues/24804>. The least and the greatest value of a group of rows leave NaN out, which
//! is greater than every number in SQL: rows with NaN are skipped for `x > 2`, and for the first rows in the order of x.
//!
//! Remedy: what is compared and sorted is `nullif(x, NULL)`. Costs one comparison for each double, and the skipping.
//! `sources::proven_statistics` does the same for what a file as a whole is said to hold.

use datafusion::{
    common::{
        DFSchema,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{Expr, ExprSchemable, LogicalPlan, Operator},
    optimizer::AnalyzerRule,
};

use super::expressions::unknown;

/// Hides what rows are sorted by; what is compared is hidden by [`hide_compared`].
#[derive(Debug)]
pub(super) struct NanStatistics;

impl AnalyzerRule for NanStatistics {
    fn name(&self) -> &str {
        "nan_statistics"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Sort(mut sort) => {
                let mut changed = false;
                for order in &mut sort.expr {
                    let hidden = hide(order.expr.clone(), sort.input.schema())?;
                    changed |= hidden.transformed;
                    order.expr = hidden.data;
                }
                Ok(Transformed::new_transformed(LogicalPlan::Sort(sort), changed))
            }
            node => Ok(Transformed::no(node)),
        })
        .data()
    }
}

pub(super) fn hide_compared(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(ref both) if compares(both.op) => expr.map_children(|operand| hide(operand, schema)),
        Expr::Between(_) | Expr::InList(_) => expr.map_children(|operand| hide(operand, schema)),
        expr => Ok(Transformed::no(expr)),
    }
}

fn compares(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

/// A column of doubles, perhaps cast, of which nothing is known.
fn hide(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let is_column = match &expr {
        Expr::Column(_) => true,
        Expr::Cast(cast) => matches!(*cast.expr, Expr::Column(_)),
        _ => false,
    };
    match is_column && expr.get_type(schema)?.is_floating() {
        true => unknown(expr, schema).map(Transformed::yes),
        false => Ok(Transformed::no(expr)),
    }
}
