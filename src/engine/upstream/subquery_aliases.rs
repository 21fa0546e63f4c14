//! Lets a subquery have a named subquery of its own that refers to the outer query.
//!
//! Report: none known. In `EXISTS (SELECT 1 FROM (SELECT b.id FROM blocked b WHERE b.since = c.since) x WHERE …)`, the column that
//! ties the inner rows to the outer ones is needed above the alias `x`, which does not have it ("no field named x.since").
//!
//! Remedy: a projection that gives columns the names which the alias gives them; other columns can pass it. Costs nothing.

use datafusion::{
    common::{
        Column,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
    optimizer::AnalyzerRule,
};

#[derive(Debug)]
pub(super) struct SubqueryAliases;

impl AnalyzerRule for SubqueryAliases {
    fn name(&self) -> &str {
        "subquery_aliases"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match node {
            // What is LATERAL has to stay visible.
            LogicalPlan::SubqueryAlias(alias)
                if !matches!(*alias.input, LogicalPlan::Subquery(_))
                    && !alias.input.all_out_ref_exprs().is_empty() =>
            {
                let names = alias.schema.iter();
                let columns = alias.input.schema().iter().zip(names).map(|(column, (relation, field))| {
                    Expr::Column(Column::from(column)).alias_qualified(relation.cloned(), field.name())
                });
                let columns: Vec<Expr> = columns.collect();
                LogicalPlanBuilder::new_from_arc(alias.input).project(columns)?.build().map(Transformed::yes)
            }
            node => Ok(Transformed::no(node)),
        })
        .data()
    }
}
