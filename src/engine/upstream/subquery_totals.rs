//! Says of a total that it always gives a row, also where it is a correlated subquery of EXISTS or IN.
//!
//! Reports: <https://github.com/apache/datafusion/issues/24960>, <https://github.com/apache/datafusion/issues/25519>.
//! The condition that ties the subquery to the outer row becomes a key of its aggregate, which then gives no row where
//! nothing matches: `EXISTS (SELECT count(*) FROM tickets t WHERE t.customer = c.id)` would be false there, and
//! `0 IN (SELECT count(*) …)` too.
//!
//! Remedy: such an EXISTS is true, or as true as its HAVING; such an IN compares with a scalar subquery, which DataFusion has
//! right. Costs nothing.

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Aggregate, Distinct, Expr, FetchType, GroupingSet, LogicalPlan, LogicalPlanBuilder, SkipType,
        Subquery, lit, not, when,
    },
};

use super::expressions::{is_correlated, subquery_of};

/// A plan that gives one row whatever its input is, and what HAVING asks of that row.
struct Total {
    plan: LogicalPlan,
    having: Option<LogicalPlan>,
}

pub(super) fn decide(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    let decided = match &expr {
        Expr::Exists(exists) if is_correlated(&exists.subquery) => {
            decide_exists(&exists.subquery)?.map(|decided| (decided, exists.negated))
        }
        Expr::InSubquery(listed) if is_correlated(&listed.subquery) => {
            decide_in(&listed.expr, &listed.subquery)?.map(|decided| (decided, listed.negated))
        }
        _ => None,
    };
    Ok(match decided {
        Some((decided, true)) => Transformed::yes(not(decided)),
        Some((decided, false)) => Transformed::yes(decided),
        None => Transformed::no(expr),
    })
}

fn decide_exists(subquery: &Subquery) -> Result<Option<Expr>> {
    if has_grand_total(&subquery.subquery) {
        return Ok(Some(lit(true)));
    }
    Ok(total(&subquery.subquery)?.map(|total| match total.having {
        Some(having) => Expr::ScalarSubquery(subquery_of(having, subquery)).is_true(),
        None => lit(true),
    }))
}

fn decide_in(expr: &Expr, subquery: &Subquery) -> Result<Option<Expr>> {
    let Some(total) = total(&subquery.subquery)? else { return Ok(None) };
    let is_equal = expr.clone().eq(Expr::ScalarSubquery(subquery_of(total.plan, subquery)));
    Ok(Some(match total.having {
        Some(having) => when(Expr::ScalarSubquery(subquery_of(having, subquery)).is_true(), is_equal)
            .otherwise(lit(false))?,
        None => is_equal,
    }))
}

fn total(plan: &LogicalPlan) -> Result<Option<Total>> {
    match plan {
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => {
            Ok(Some(Total { plan: plan.clone(), having: None }))
        }
        LogicalPlan::Filter(filter) => Ok(match total(&filter.input)? {
            Some(Total { plan, having: None }) => {
                let having = LogicalPlanBuilder::from(plan.clone())
                    .project([filter.predicate.clone().alias("having")])?
                    .build()?;
                Some(Total { plan, having: Some(having) })
            }
            _ => None,
        }),
        // One row is distinct.
        LogicalPlan::Distinct(Distinct::All(input)) => total(input),
        _ => {
            let Some(input) = input_of_as_many_rows(plan) else { return Ok(None) };
            let Some(Total { plan: input, having }) = total(input)? else { return Ok(None) };
            let plan = plan.with_new_exprs(plan.expressions(), vec![input])?;
            Ok(Some(Total { plan, having }))
        }
    }
}

/// Whether a plan has grouping sets of which one has no keys.
fn has_grand_total(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(Aggregate { group_expr, .. }) => match group_expr.as_slice() {
            [Expr::GroupingSet(GroupingSet::Rollup(_) | GroupingSet::Cube(_))] => true,
            [Expr::GroupingSet(GroupingSet::GroupingSets(sets))] => sets.iter().any(Vec::is_empty),
            _ => false,
        },
        _ => input_of_as_many_rows(plan).is_some_and(|input| has_grand_total(input)),
    }
}

/// The input of a plan that gives a row if its input does.
fn input_of_as_many_rows(plan: &LogicalPlan) -> Option<&Arc<LogicalPlan>> {
    match plan {
        LogicalPlan::Projection(projection) => Some(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => Some(&alias.input),
        LogicalPlan::Distinct(Distinct::All(input)) => Some(input),
        LogicalPlan::Sort(sort) if sort.fetch != Some(0) => Some(&sort.input),
        LogicalPlan::Limit(limit) => {
            let skips = !matches!(limit.get_skip_type(), Ok(SkipType::Literal(0)));
            let fetches = matches!(limit.get_fetch_type(), Ok(FetchType::Literal(None | Some(1..))));
            (!skips && fetches).then_some(&limit.input)
        }
        _ => None,
    }
}
