//! Gives every operator the order it asks for by a sort, and one partition where it asks for one.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_expr::{Distribution, LexOrdering, OrderingRequirements},
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan, ExecutionPlanProperties, aggregates::AggregateExec,
        coalesce_partitions::CoalescePartitionsExec, execution_plan::replace_children_if_necessary,
        sorts::sort::SortExec,
    },
};

use crate::engine::upstream::hide_all;

#[derive(Debug)]
pub(super) struct PlainRequirements;

impl PhysicalOptimizerRule for PlainRequirements {
    fn name(&self) -> &str {
        "plain_requirements"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let config = Arc::new(config.clone());
        plan.transform_up(|node| {
            let distributions = node.input_distribution_requirements().into_per_child();
            let orders = node.required_input_ordering();
            let children = node.children().into_iter().zip(distributions).zip(orders);
            let children = children.map(|((child, distribution), order)| {
                let mut child = Arc::clone(child);
                let wants_one = !matches!(distribution, Distribution::UnspecifiedDistribution);
                if (wants_one || order.is_some()) && child.output_partitioning().partition_count() > 1 {
                    child = Arc::new(CoalescePartitionsExec::new(child));
                }
                // Grouping and sorting go other ways where they believe that rows come in an order.
                match node.is::<AggregateExec>() || node.is::<SortExec>() || order.is_some() {
                    true => hide_all(child, &config),
                    false => Ok(child),
                }
            });
            let node =
                replace_children_if_necessary(Arc::clone(&node), children.collect::<Result<Vec<_>>>()?)?;
            // Of inputs of which nothing is known, an operator may ask for more.
            let orders = node.required_input_ordering();
            let children = node.children().into_iter().zip(orders).map(|(child, order)| {
                // An operator may take one of several orders, or only gain by one: here it gets the first.
                match order.map(OrderingRequirements::into_single) {
                    Some(order) => Arc::new(SortExec::new(LexOrdering::from(order), Arc::clone(child))) as _,
                    None => Arc::clone(child),
                }
            });
            replace_children_if_necessary(Arc::clone(&node), children.collect()).map(Transformed::yes)
        })
        .data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}
