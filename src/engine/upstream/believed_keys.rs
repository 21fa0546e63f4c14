//! Forgets which columns are believed to be unique, before rules act on it.
//!
//! Report: none known. After `GROUP BY d.id, r.month` over a join with a grouped or DISTINCT `d`, DataFusion believes that
//! `d.id` alone is unique, because an aggregate takes over a key of its input and lets it determine the whole row. Groups,
//! DISTINCT, and the other side of a join are then left out. `unnest` keeps the keys of rows that it repeats, too.
//!
//! Remedy: the rules that act on such keys find none. Costs a walk through the plan, and the cheaper grouping by a key
//! alone where it really is one.

use std::sync::Arc;

use datafusion::{
    common::{
        DFSchema, DFSchemaRef, FunctionalDependencies,
        tree_node::{Transformed, TransformedResult, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::LogicalPlan,
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

#[derive(Debug)]
pub(super) struct ForgetKeys;

impl OptimizerRule for ForgetKeys {
    fn name(&self) -> &str {
        "forget_keys"
    }

    /// The rule goes through the plan itself: most plans need only a look.
    fn apply_order(&self) -> Option<ApplyOrder> {
        None
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let mut any = false;
        plan.apply_with_subqueries(|node| {
            any |= has_keys(node.schema());
            Ok(if any { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        })?;
        if !any {
            return Ok(Transformed::no(plan));
        }
        let plan =
            plan.transform_down_with_subqueries(|node| Ok(Transformed::yes(without_keys(node)))).data()?;
        // What is known of a plan is not the plan: nothing has to be optimized again for it.
        Ok(Transformed::no(plan))
    }
}

fn has_keys(schema: &DFSchema) -> bool {
    schema.functional_dependencies().iter().next().is_some()
}

/// Nodes without a schema of their own show that of their input.
fn without_keys(mut node: LogicalPlan) -> LogicalPlan {
    match &mut node {
        LogicalPlan::Projection(projection) => forget(&mut projection.schema),
        LogicalPlan::Window(window) => forget(&mut window.schema),
        LogicalPlan::Aggregate(aggregate) => forget(&mut aggregate.schema),
        LogicalPlan::Join(join) => forget(&mut join.schema),
        LogicalPlan::Union(union) => forget(&mut union.schema),
        LogicalPlan::TableScan(scan) => forget(&mut scan.projected_schema),
        LogicalPlan::SubqueryAlias(alias) => forget(&mut alias.schema),
        LogicalPlan::Unnest(unnest) => forget(&mut unnest.schema),
        LogicalPlan::Values(values) => forget(&mut values.schema),
        LogicalPlan::EmptyRelation(empty) => forget(&mut empty.schema),
        _ => {}
    }
    node
}

fn forget(schema: &mut DFSchemaRef) {
    if has_keys(schema) {
        let forgetful = schema
            .as_ref()
            .clone()
            .with_functional_dependencies(FunctionalDependencies::empty())
            .expect("no dependency names a column that is not there");
        *schema = Arc::new(forgetful);
    }
}
