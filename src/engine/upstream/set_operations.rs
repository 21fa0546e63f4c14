//! Counts copies in INTERSECT ALL and EXCEPT ALL.
//!
//! Reports: <https://github.com/apache/datafusion/issues/12955>, <https://github.com/apache/datafusion/issues/12956>. They become a semi
//! and an anti join, which keep or drop all copies of a row: of three rows here and two there, EXCEPT ALL leaves none.
//!
//! Remedy: the copies of a row are numbered on both sides, and the number is one of the keys. Costs a sort of both sides.

use std::sync::Arc;

use datafusion::{
    common::{
        NullEquality,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult},
    },
    error::Result,
    functions_window::expr_fn::row_number,
    logical_expr::{Distinct, Expr, ExprFunctionExt, Join, JoinType, LogicalPlan, LogicalPlanBuilder, ident},
    optimizer::AnalyzerRule,
};

#[derive(Debug)]
pub(super) struct SetOperations;

impl AnalyzerRule for SetOperations {
    fn name(&self) -> &str {
        "set_operations"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Join(join) if is_of_copies(&join) => count_copies(join).map(Transformed::yes),
            node => Ok(Transformed::no(node)),
        })
        .data()
    }
}

/// Whether a join was INTERSECT ALL or EXCEPT ALL. No other join is null-safe before plans are optimized.
fn is_of_copies(join: &Join) -> bool {
    matches!(join.join_type, JoinType::LeftSemi | JoinType::LeftAnti)
        && join.null_equality == NullEquality::NullEqualsNull
        && join.filter.is_none()
        && !join.on.is_empty()
        && join.on.len() == join.left.schema().fields().len()
        // Without copies there is nothing to count.
        && !matches!(*join.left, LogicalPlan::Distinct(Distinct::All(_)))
}

fn count_copies(join: Join) -> Result<LogicalPlan> {
    let columns: Vec<Expr> = join.left.schema().columns().into_iter().map(Expr::Column).collect();
    let (left_keys, right_keys): (Vec<Expr>, Vec<Expr>) = join.on.iter().cloned().unzip();
    let (left_copy, right_copy) = ("__copy", "__other_copy");
    let left = with_copies(join.left, left_keys, left_copy)?;
    let right = with_copies(join.right, right_keys, right_copy)?;
    let mut on = join.on;
    on.push((ident(left_copy), ident(right_copy)));
    let (kind, constraint, nulls) = (join.join_type, join.join_constraint, join.null_equality);
    let join = Join::try_new(left.into(), right.into(), on, None, kind, constraint, nulls, false)?;
    LogicalPlanBuilder::from(LogicalPlan::Join(join)).project(columns)?.build()
}

/// Returns a plan with one more column, which numbers the copies of each row.
fn with_copies(plan: Arc<LogicalPlan>, keys: Vec<Expr>, name: &str) -> Result<LogicalPlan> {
    let copy = row_number().partition_by(keys).build()?;
    let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    columns.push(ident(copy.schema_name().to_string()).alias(name));
    LogicalPlanBuilder::new_from_arc(plan).window([copy])?.project(columns)?.build()
}
