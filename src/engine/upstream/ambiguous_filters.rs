//! Keeps filters from reaching a column of the same name on the wrong side of a join.
//!
//! Report: none known. DataFusion pushes filters of physical plans down by the *names* of columns. After a join both
//! sides of which have a `customer_id`, and above all in the projection that restores the order of columns when the sides
//! of a join were exchanged, a name means two columns, and the first one gets the filter. A semi join passes filters on
//! its key to the other side by the key's name too, even if there another column has that name.
//!
//! Remedy: while filters are pushed, a limit that no result reaches stands above each node in which names are not enough;
//! filters do not pass limits. Costs nothing where names are unique; above ambiguous joins, dynamic filters stay.

use std::{collections::HashSet, sync::Arc};

use datafusion::{
    common::{
        JoinType,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_expr::expressions::Column,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, joins::HashJoinExec, limit::LocalLimitExec},
};

use super::PhysicalRule;

/// No result has so many rows, and nothing else makes limits of this size.
const NO_LIMIT: usize = usize::MAX;

/// DataFusion's rule for filters, for plans in which every name means one column.
#[derive(Debug)]
pub(super) struct UnambiguousFilters(PhysicalRule);

impl UnambiguousFilters {
    pub(super) fn new(rule: PhysicalRule) -> Self {
        Self(rule)
    }
}

impl PhysicalOptimizerRule for UnambiguousFilters {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let guarded = plan.transform_up(|node| {
            Ok(match is_ambiguous(node.as_ref()) {
                true => Transformed::yes(Arc::new(LocalLimitExec::new(node, NO_LIMIT)) as _),
                false => Transformed::no(node),
            })
        })?;
        let optimized = self.0.optimize(guarded.data, config)?;
        if !guarded.transformed {
            return Ok(optimized);
        }
        optimized
            .transform_up(|node| {
                Ok(match node.downcast_ref::<LocalLimitExec>() {
                    Some(guard) if guard.fetch() == NO_LIMIT => Transformed::yes(Arc::clone(guard.input())),
                    _ => Transformed::no(node),
                })
            })
            .data()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

/// Whether a filter above could reach the wrong column below, because it is found by its name.
fn is_ambiguous(node: &dyn ExecutionPlan) -> bool {
    repeats_a_name(node)
        || node.children().into_iter().any(|child| repeats_a_name(child.as_ref()))
        || node.downcast_ref::<HashJoinExec>().is_some_and(mistakes_key)
}

fn repeats_a_name(node: &dyn ExecutionPlan) -> bool {
    let schema = node.schema();
    let mut names = HashSet::with_capacity(schema.fields().len());
    !schema.fields().iter().all(|field| names.insert(field.name()))
}

/// Whether the key of a semi join is called otherwise on the other side, where its name may mean another column.
fn mistakes_key(join: &HashJoinExec) -> bool {
    matches!(join.join_type(), JoinType::LeftSemi | JoinType::RightSemi)
        && join.on().iter().any(|(left, right)| {
            match (left.downcast_ref::<Column>(), right.downcast_ref::<Column>()) {
                (Some(left), Some(right)) => left.name() != right.name(),
                _ => false,
            }
        })
}
