//! Keeps null-safe joins apart from plain ones: in a join, either all keys take NULL for a value, or none does.
//!
//! Report: none known, twice.
//! * An equality in WHERE becomes a further key of a join that was made of `IS NOT DISTINCT FROM`; then NULL = NULL is true.
//! * Inner joins beside each other are made into one list of inputs and keys, and all of them get the kind of the first:
//!   a null-safe join becomes a plain one, or a plain one null-safe.
//!
//! Remedy: equalities beside null-safe keys stay conditions; a null-safe inner join is one input of the list, whatever is
//! below it. Costs nothing where there is no null-safe join.

use std::sync::Arc;

use datafusion::{
    common::{
        DFSchemaRef, JoinType, NullEquality,
        tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{EmptyRelation, Join, LogicalPlan},
    optimizer::{
        ApplyOrder, OptimizerConfig, OptimizerRule, eliminate_cross_join::EliminateCrossJoin,
        extract_equijoin_predicate::ExtractEquijoinPredicate,
    },
};

/// DataFusion's rule that makes equalities keys of a join, but for joins whose keys are null-safe.
#[derive(Debug, Default)]
pub(super) struct ExtractKeys(ExtractEquijoinPredicate);

impl OptimizerRule for ExtractKeys {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.0.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Join(join) if is_null_safe(&join) => Ok(Transformed::no(LogicalPlan::Join(join))),
            plan => self.0.rewrite(plan, config),
        }
    }
}

/// DataFusion's rule that arranges inner joins, in which null-safe joins are inputs.
#[derive(Debug, Default)]
pub(super) struct EliminateCrossJoins(EliminateCrossJoin);

impl OptimizerRule for EliminateCrossJoins {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !has_null_safe_inner_join(&plan)? {
            return self.0.rewrite(plan, config);
        }
        // Each null-safe join is arranged within its sides, and then hidden behind a leaf with its schema.
        let mut hidden: Vec<(DFSchemaRef, LogicalPlan)> = Vec::new();
        let mut changed = false;
        let visible = plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Join(join) if is_null_safe(&join) && join.join_type == JoinType::Inner => {
                let sides = LogicalPlan::Join(join).map_children(|side| self.0.rewrite(side, config))?;
                changed |= sides.transformed;
                let schema = Arc::clone(sides.data.schema());
                hidden.push((Arc::clone(&schema), sides.data));
                Ok(Transformed::yes(LogicalPlan::EmptyRelation(EmptyRelation {
                    produce_one_row: false,
                    schema,
                })))
            }
            node => Ok(Transformed::no(node)),
        })?;
        let arranged = self.0.rewrite(visible.data, config)?;
        changed |= arranged.transformed;
        // From the outermost: what was hidden last may contain what was hidden before.
        let mut plan = arranged.data;
        while let Some((schema, join)) = hidden.pop() {
            let mut join = Some(join);
            plan = plan
                .transform_down_with_subqueries(|node| match (&node, &mut join) {
                    (LogicalPlan::EmptyRelation(leaf), join) if Arc::ptr_eq(&leaf.schema, &schema) => {
                        match join.take() {
                            Some(join) => Ok(Transformed::new(join, true, TreeNodeRecursion::Stop)),
                            None => Ok(Transformed::no(node)),
                        }
                    }
                    _ => Ok(Transformed::no(node)),
                })
                .data()?;
        }
        Ok(Transformed::new_transformed(plan, changed))
    }
}

fn is_null_safe(join: &Join) -> bool {
    join.null_equality == NullEquality::NullEqualsNull && !join.on.is_empty()
}

fn has_null_safe_inner_join(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Join(join)
            if is_null_safe(join) && join.join_type == JoinType::Inner);
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}
