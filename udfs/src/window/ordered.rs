//! Makes sure that functions of an order have one, and tells `whale_curve` which rows are equal in it.
//!
//! A window function is given its arguments in the window's order, but not what the window is ordered by. So the ORDER BY
//! of `whale_curve` becomes further arguments, before types are resolved.

use datafusion::{
    common::{DFSchema, config::ConfigOptions, tree_node::Transformed},
    error::Result,
    logical_expr::{Expr, WindowFunctionDefinition, expr::WindowFunction, expr_rewriter::FunctionRewrite},
};

use super::{
    rfm_score::RfmScore,
    whale_curve::{WhaleCurve, wrong_arity},
};
use crate::FunctionError;

/// Refuses a window without ORDER BY, and passes it to `whale_curve`.
#[derive(Debug)]
pub(crate) struct OrderedWindows;

impl FunctionRewrite for OrderedWindows {
    fn name(&self) -> &str {
        "ordered_windows"
    }

    fn rewrite(&self, expr: Expr, _schema: &DFSchema, _config: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::WindowFunction(mut window) = expr else { return Ok(Transformed::no(expr)) };
        let WindowFunctionDefinition::WindowUDF(function) = &window.fun else {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        };
        let is_curve = function.inner().is::<WhaleCurve>();
        if !is_curve && !function.inner().is::<RfmScore>() {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        }
        require_order(function.name(), &window)?;
        if !is_curve || !pass_order(&mut window)? {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        }
        Ok(Transformed::yes(Expr::WindowFunction(window)))
    }
}

fn require_order(function: &str, window: &WindowFunction) -> Result<()> {
    if !window.params.order_by.is_empty() {
        return Ok(());
    }
    let help = if function == super::whale_curve::NAME {
        "order by the profit, the largest first: `whale_curve(profit) over (order by profit desc)`"
    } else {
        "order by what is scored: `rfm_score(x) over (order by x)`, or `over (order by x desc)` where less is better"
    };
    Err(FunctionError::new(format!("`{function}` needs a window with an ORDER BY")).with_help(help).into())
}

/// Whether the ORDER BY was not yet among the arguments.
fn pass_order(window: &mut WindowFunction) -> Result<bool> {
    let order_by: Vec<_> = window.params.order_by.iter().map(|sort| sort.expr.clone()).collect();
    match window.params.args.as_slice() {
        [_] => {
            window.params.args.extend(order_by);
            Ok(true)
        }
        // A view's query has been rewritten before.
        [_, passed @ ..] if passed == order_by => Ok(false),
        other => Err(wrong_arity(other.len())),
    }
}
