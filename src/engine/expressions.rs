//! Goes through the expressions of a plan, each with the columns that it sees. For rules of analysis.

use datafusion::{
    common::{
        DFSchema,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, expr_rewriter::NamePreserver, utils::merge_schema},
};

/// The columns that the expressions of a node see.
pub(super) fn visible_columns(plan: &LogicalPlan) -> Result<DFSchema> {
    let mut schema = merge_schema(&plan.inputs());
    if let LogicalPlan::TableScan(scan) = plan {
        schema.merge(&DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?);
    }
    Ok(schema)
}

/// Rewrites the expressions of one node; columns keep their names, those of grouping sets each its own.
pub(super) fn map_named(
    plan: LogicalPlan,
    mut rewrite: impl FnMut(Expr) -> Result<Transformed<Expr>>,
) -> Result<Transformed<LogicalPlan>> {
    let names = NamePreserver::new(&plan);
    let mut named = |expr: Expr| {
        let name = names.save(&expr);
        let rewritten = rewrite(expr)?;
        Ok(match rewritten.transformed {
            true => rewritten.update_data(|expr| name.restore(expr)),
            false => rewritten,
        })
    };
    plan.map_expressions(|expr| match expr {
        Expr::GroupingSet(_) => expr.map_children(&mut named),
        expr => named(expr),
    })
}

/// Rewrites the expressions of one node from their leaves up; columns keep their names.
pub(super) fn rewrite_expressions(
    plan: LogicalPlan,
    schema: &DFSchema,
    rewrite: &impl Fn(Expr, &DFSchema) -> Result<Transformed<Expr>>,
) -> Result<Transformed<LogicalPlan>> {
    map_named(plan, |expr| expr.transform_up(|expr| rewrite(expr, schema)))
}

/// Says anew what is known of the columns of each node, after that of a column below has changed.
pub(super) fn refresh_schemas(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| node.recompute_schema().map(Transformed::yes)).data()
}
