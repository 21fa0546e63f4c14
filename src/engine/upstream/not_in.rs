//! Gives IN over a subquery its third value: it is NULL if nothing is equal and something may be.
//!
//! Reports: <https://github.com/apache/datafusion/issues/25347>, <https://github.com/apache/datafusion/issues/25336>,
//! <https://github.com/apache/datafusion/issues/25480>, <https://github.com/apache/datafusion/issues/25473>,
//! <https://github.com/apache/datafusion/issues/25024>. DataFusion has an anti join that is aware of NULLs, for a NOT IN that is a
//! condition of its own, is not correlated, and compares a column. Elsewhere NULLs are taken for values that differ, or a
//! correlated subquery is asked for its NULLs in rows that do not belong to it.
//!
//! Remedy: where the anti join does not fit and NULL is not the same as false, the IN becomes
//! `CASE WHEN x IN (…) THEN true WHEN a row is NULL THEN NULL WHEN x is NULL and there is a row THEN NULL ELSE false END`.
//! Costs one more join for what can be NULL.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, DFSchema, ExprSchema, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{
        BinaryExpr, Expr, ExprSchemable, Filter, LogicalPlan, LogicalPlanBuilder, Operator, exists,
        expr::InSubquery, lit, when,
    },
    optimizer::AnalyzerRule,
};

use super::expressions::is_correlated;

#[derive(Debug)]
pub(super) struct NotIn;

/// What becomes of an expression that is NULL.
#[derive(Clone, Copy, PartialEq)]
enum Null {
    /// It is one of the conditions of a filter, which drops the row as if it were false.
    Dropped,
    /// It stands below OR in such a condition, which drops the row likewise.
    False,
    /// It is something else than false.
    Kept,
}

impl AnalyzerRule for NotIn {
    fn name(&self) -> &str {
        "not_in"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Filter(Filter { predicate, input, .. }) => {
                let predicate = rewrite(predicate, Null::Dropped, input.schema())?;
                let changed = predicate.transformed;
                let filter = LogicalPlan::Filter(Filter::try_new(predicate.data, input)?);
                Ok(Transformed::new_transformed(filter, changed))
            }
            node => Ok(Transformed::no(node)),
        })
        .data()
    }
}

fn rewrite(expr: Expr, null: Null, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            let null = if op == Operator::Or && null == Null::Dropped { Null::False } else { null };
            let left = rewrite(*left, null, schema)?;
            let right = rewrite(*right, null, schema)?;
            let changed = left.transformed || right.transformed;
            let both = BinaryExpr::new(left.data.into(), op, right.data.into());
            Ok(Transformed::new_transformed(Expr::BinaryExpr(both), changed))
        }
        Expr::Not(inner) => match *inner {
            Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
                let listed = InSubquery::new(expr, subquery, !negated);
                rewrite(Expr::InSubquery(listed), null, schema).map(|listed| Transformed::yes(listed.data))
            }
            inner => Ok(rewrite(inner, Null::Kept, schema)?.update_data(|inner| Expr::Not(inner.into()))),
        },
        Expr::InSubquery(listed) => match is_right(&listed, null, schema)? {
            true => Ok(Transformed::no(Expr::InSubquery(listed))),
            false => three_valued(listed, schema).map(Transformed::yes),
        },
        expr => expr.map_children(|child| rewrite(child, Null::Kept, schema)),
    }
}

/// Whether DataFusion has it right.
fn is_right(listed: &InSubquery, null: Null, schema: &DFSchema) -> Result<bool> {
    if !listed.negated {
        return Ok(null != Null::Kept);
    }
    // The anti join asks columns whether they can be NULL, not what is computed of them.
    let columns = listed.expr.column_refs();
    let asks = listed.subquery.subquery.schema().field(0).is_nullable()
        || columns
            .iter()
            .any(|column| schema.field_from_column(column).is_ok_and(|field| field.is_nullable()))
        || !listed.expr.nullable(schema)?;
    Ok(null == Null::Dropped && !is_correlated(&listed.subquery) && !columns.is_empty() && asks)
}

fn three_valued(listed: InSubquery, schema: &DFSchema) -> Result<Expr> {
    let InSubquery { expr, subquery, negated } = listed;
    let plan = Arc::clone(&subquery.subquery);
    let column = Expr::Column(Column::from(plan.schema().qualified_field(0)));
    let correlated = is_correlated(&subquery);
    // Of rows that are the same for all outer rows, one is enough.
    let has_rows = |rows: LogicalPlanBuilder| -> Result<Expr> {
        let rows = if correlated { rows } else { rows.limit(0, Some(1))? };
        Ok(exists(rows.build()?.into()))
    };
    let unknown = || Expr::Literal(ScalarValue::Boolean(None), None);
    let column_nullable = plan.schema().field(0).is_nullable();
    let expr_nullable = expr.nullable(schema)?;
    let is_listed = Expr::InSubquery(InSubquery::new(expr.clone(), subquery.clone(), false));
    let mut cases = when(is_listed, lit(!negated));
    if column_nullable {
        let rows = LogicalPlanBuilder::new_from_arc(Arc::clone(&plan)).filter(column.is_null())?;
        cases = cases.when(has_rows(rows)?, unknown());
    }
    if expr_nullable {
        let rows = LogicalPlanBuilder::new_from_arc(plan);
        cases = cases.when(expr.is_null().and(has_rows(rows)?), unknown());
    }
    cases.otherwise(lit(negated))
}
