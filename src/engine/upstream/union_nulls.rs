//! Says of a UNION that its columns may be NULL wherever one of its inputs says so.
//!
//! Simplified expressions can be less well known than they were: `coalesce(p, false)` is never NULL, and
//! `p IS NOT NULL AND p`, which DataFusion makes of it, looks as if it could be. The plans above learn that, but a UNION
//! keeps the schema it began with. An aggregate above it then finds that its logical input, which cannot be NULL, becomes a
//! physical one that can, and DataFusion gives up with an internal error. That check stays on, because it finds real
//! mistakes; the schemas are mended instead. A column said to be nullable is never wrong, only less well known.

use std::sync::Arc;

use datafusion::{
    common::{
        DFSchema,
        tree_node::{Transformed, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{LogicalPlan, Union},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

#[derive(Debug)]
pub(super) struct UnionNulls;

impl OptimizerRule for UnionNulls {
    fn name(&self) -> &str {
        "union_nulls"
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
            any |= matches!(node, LogicalPlan::Union(union) if promises_too_much(union));
            Ok(if any { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        })?;
        if !any {
            return Ok(Transformed::no(plan));
        }
        plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Union(union) if promises_too_much(&union) => {
                Ok(Transformed::yes(LogicalPlan::Union(with_nulls_of_inputs(union)?)))
            }
            node => Ok(Transformed::yes(node.recompute_schema()?)),
        })
    }
}

fn promises_too_much(union: &Union) -> bool {
    (0..union.schema.fields().len()).any(|position| {
        !union.schema.field(position).is_nullable() && some_input_is_nullable(union, position)
    })
}

fn some_input_is_nullable(union: &Union, position: usize) -> bool {
    union.inputs.iter().any(|input| {
        let fields = input.schema().fields();
        fields.get(position).is_some_and(|field| field.is_nullable())
    })
}

fn with_nulls_of_inputs(union: Union) -> Result<Union> {
    let fields = union.schema.iter().enumerate().map(|(position, (qualifier, field))| {
        let nullable = field.is_nullable() || some_input_is_nullable(&union, position);
        (qualifier.cloned(), Arc::new(field.as_ref().clone().with_nullable(nullable)))
    });
    let schema = DFSchema::new_with_metadata(fields.collect(), union.schema.metadata().clone())?
        .with_functional_dependencies(union.schema.functional_dependencies().clone())?;
    Ok(Union { inputs: union.inputs, schema: Arc::new(schema) })
}
