//! Keeps the conditions of sort-merge joins on the columns that they mean.
//!
//! Reports: <https://github.com/apache/datafusion/issues/24414>, and none known. Both occur with `optimizer.prefer_hash_join = false`.
//! * A projection that moves below such a join leaves the columns of its condition at their old places.
//! * The condition of an outer join is computed over rows that are already filled with NULLs, also of columns of which the
//!   schema says that they are never NULL, and fails.
//!
//! Remedy: in a plan with such a condition no projection moves, and the columns of the condition may be NULL. Costs the
//! copying of columns that are not needed.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::Schema,
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
        joins::{SortMergeJoinExec, utils::JoinFilter},
    },
};

use super::PhysicalRule;

/// DataFusion's rule for projections, for plans without such a condition.
#[derive(Debug)]
pub(super) struct ConditionsInPlace(PhysicalRule);

impl ConditionsInPlace {
    pub(super) fn new(rule: PhysicalRule) -> Self {
        Self(rule)
    }
}

impl PhysicalOptimizerRule for ConditionsInPlace {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let nullable = plan.transform_up(|node| {
            Ok(match node.downcast_ref::<SortMergeJoinExec>() {
                Some(join) => match join.filter() {
                    Some(condition) => Transformed::yes(with_condition(join, may_be_null(condition))?),
                    None => Transformed::no(node),
                },
                None => Transformed::no(node),
            })
        })?;
        match nullable.transformed {
            true => Ok(nullable.data),
            false => self.0.optimize(nullable.data, config),
        }
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

fn may_be_null(condition: &JoinFilter) -> JoinFilter {
    let fields = condition.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    let schema = Schema::new_with_metadata(fields.collect::<Vec<_>>(), condition.schema().metadata().clone());
    JoinFilter::new(Arc::clone(condition.expression()), condition.column_indices().to_vec(), Arc::new(schema))
}

fn with_condition(join: &SortMergeJoinExec, condition: JoinFilter) -> Result<Arc<dyn ExecutionPlan>> {
    Ok(Arc::new(SortMergeJoinExec::try_new(
        Arc::clone(join.left()),
        Arc::clone(join.right()),
        join.on().to_vec(),
        Some(condition),
        join.join_type(),
        join.sort_options().to_vec(),
        join.null_equality(),
    )?))
}
