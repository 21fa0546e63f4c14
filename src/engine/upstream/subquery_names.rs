//! Gives the column of a subquery a name that no column of the outer query has.
//!
//! Reports: <https://github.com/apache/datafusion/issues/25258>, and none known.
//! * `amount > ANY (SELECT amount FROM salaries …)` over the same table becomes a condition within the subquery in which both
//!   columns have one name; the column is then compared with itself.
//! * `id IN (… UNION ALL …) OR …` fails, since a union's column carries the names of its branches.
//!
//! Remedy: the column gets a name of its own. Costs nothing.

use std::sync::Arc;

use datafusion::{
    common::{Column, DFSchema, tree_node::Transformed},
    error::Result,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Subquery},
};

const NAME: &str = "__compared";

pub(super) fn name(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    Ok(match expr {
        Expr::SetComparison(mut comparison) => {
            comparison.subquery = named(comparison.subquery)?;
            Transformed::yes(Expr::SetComparison(comparison))
        }
        Expr::InSubquery(mut listed) if matches!(*listed.subquery.subquery, LogicalPlan::Union(_)) => {
            listed.subquery = named(listed.subquery)?;
            Transformed::yes(Expr::InSubquery(listed))
        }
        expr => Transformed::no(expr),
    })
}

/// A projection, since an alias of a correlated subquery loses the columns that correlate it.
fn named(subquery: Subquery) -> Result<Subquery> {
    let column = Expr::Column(Column::from(subquery.subquery.schema().qualified_field(0)));
    let plan = LogicalPlanBuilder::new_from_arc(Arc::clone(&subquery.subquery))
        .project([column.alias(NAME)])?
        .build()?;
    Ok(subquery.with_plan(plan.into()))
}
