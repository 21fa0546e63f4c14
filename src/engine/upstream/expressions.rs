//! What the remedies for expressions share.

use datafusion::{
    common::{
        DFSchema, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    functions::core::nullif,
    logical_expr::{Expr, ExprSchemable, LogicalPlan, Subquery, expr::ScalarFunction, utils::merge_schema},
    optimizer::AnalyzerRule,
};

use crate::engine::expressions::{map_named, refresh_schemas};

/// Rewrites one expression, given the columns that it can name; its parts are rewritten already.
pub(super) type Rewrite = fn(Expr, &DFSchema) -> Result<Transformed<Expr>>;

/// Rewrites each expression of a plan and of its subqueries. Columns keep their names.
#[derive(Debug)]
pub(super) struct Expressions(pub(super) &'static [Rewrite]);

impl Expressions {
    fn mend(&self, expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
        self.0.iter().try_fold(Transformed::no(expr), |expr, rewrite| {
            expr.transform_data(|expr| rewrite(expr, schema))
        })
    }
}

impl AnalyzerRule for Expressions {
    fn name(&self) -> &str {
        "mended_expressions"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let mended = plan.transform_up_with_subqueries(|node| {
            let schema = merge_schema(&node.inputs());
            map_named(node, |expr| expr.transform_up(|expr| self.mend(expr, &schema)))
        })?;
        match mended.transformed {
            true => refresh_schemas(mended.data),
            false => Ok(mended.data),
        }
    }
}

/// Returns `nullif(expr, NULL)`: the expression, of which no rule knows anything, not even whether it is NULL.
pub(super) fn unknown(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let null = Expr::Literal(ScalarValue::try_from(&expr.get_type(schema)?)?, None);
    Ok(Expr::ScalarFunction(ScalarFunction::new_udf(nullif(), vec![expr, null])))
}

pub(super) fn is_correlated(subquery: &Subquery) -> bool {
    !subquery.subquery.all_out_ref_exprs().is_empty()
}

/// Returns another plan in the place of a subquery.
pub(super) fn subquery_of(plan: LogicalPlan, instead_of: &Subquery) -> Subquery {
    Subquery {
        outer_ref_columns: plan.all_out_ref_exprs(),
        subquery: plan.into(),
        spans: instead_of.spans.clone(),
    }
}
