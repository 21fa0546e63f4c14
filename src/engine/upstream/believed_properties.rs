//! Forgets constants and orders that plans are believed to have and have not.
//!
//! Reports: <https://github.com/apache/datafusion/issues/25052> for sort-merge joins, none known for the others.
//! * A column that is constant on the side of an outer join that is filled with NULLs is believed constant above it.
//! * A column that a filter or a literal fixes is believed constant above ROLLUP, CUBE and GROUPING SETS, which set it to
//!   NULL, and groups are believed to come in its order, so that they are given out twice.
//! * Running `max` and `min` are believed to be in order, although they begin with NULLs; sliding `count`, `min` and `max`
//!   are believed to grow.
//! * A sort-merge join (`optimizer.prefer_hash_join = false`) is believed to keep the order of its right side, whose rows
//!   come again for each row of the left side with the same key.
//!
//! Remedy: such columns go through a projection that hides what is known of them, before DataFusion decides where rows
//! have to be sorted. Costs a sort where one was left out wrongly, or where a window's order would have served.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef},
    common::{
        JoinType, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, SetMonotonicity,
        Signature, Volatility,
    },
    physical_expr::{
        PhysicalExpr, ScalarFunctionExpr, expressions::Column, utils::collect_columns,
        window::SlidingAggregateWindowExpr,
    },
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan, ExecutionPlanProperties,
        aggregates::{AggregateExec, AggregateInputMode},
        execution_plan::replace_children_if_necessary,
        joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec},
        projection::ProjectionExec,
        windows::{BoundedWindowAggExec, PlainAggregateWindowExpr, WindowAggExec, WindowExpr},
    },
};

#[derive(Debug)]
pub(super) struct ForgetProperties;

impl PhysicalOptimizerRule for ForgetProperties {
    fn name(&self) -> &str {
        "forget_properties"
    }

    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let config = Arc::new(config.clone());
        plan.transform_up(|node| {
            let below = columns_of_grouping_sets(node.as_ref());
            let node = match below.is_empty() {
                true => Transformed::no(node),
                false => {
                    let input = hide(Arc::clone(node.children()[0]), &below, &config)?;
                    Transformed::yes(replace_children_if_necessary(node, vec![input])?)
                }
            };
            let above = [
                constants_of_outer_join(&node.data),
                orders_of_merge_join(node.data.as_ref()),
                orders_of_windows(node.data.as_ref()),
            ]
            .concat();
            match above.is_empty() {
                true => Ok(node),
                false => Ok(Transformed::yes(hide(node.data, &above, &config)?)),
            }
        })
        .data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The columns of the input that grouping sets group by.
fn columns_of_grouping_sets(node: &dyn ExecutionPlan) -> Vec<usize> {
    let Some(aggregate) = node.downcast_ref::<AggregateExec>() else { return Vec::new() };
    let reads_rows = matches!(aggregate.mode().input_mode(), AggregateInputMode::Raw);
    if !reads_rows || aggregate.group_expr().is_single() {
        return Vec::new();
    }
    let groups = aggregate.group_expr().expr().iter();
    groups.flat_map(|(expr, _)| collect_columns(expr)).map(|column| column.index()).collect()
}

/// The columns of an outer join that are believed constant.
fn constants_of_outer_join(node: &Arc<dyn ExecutionPlan>) -> Vec<usize> {
    let join_type = if let Some(join) = node.downcast_ref::<HashJoinExec>() {
        *join.join_type()
    } else if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
        *join.join_type()
    } else if let Some(join) = node.downcast_ref::<SortMergeJoinExec>() {
        join.join_type()
    } else {
        return Vec::new();
    };
    if !matches!(join_type, JoinType::Left | JoinType::Right | JoinType::Full) {
        return Vec::new();
    }
    let is_constant = |(index, field): (usize, &FieldRef)| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), index));
        node.equivalence_properties().is_expr_constant(&column).map(|_| index)
    };
    node.schema().fields().iter().enumerate().filter_map(is_constant).collect()
}

/// The columns of a sort-merge join: those of its right side are believed to be in order within the order of the left.
fn orders_of_merge_join(node: &dyn ExecutionPlan) -> Vec<usize> {
    match node.is::<SortMergeJoinExec>() {
        true => (0..node.schema().fields().len()).collect(),
        false => Vec::new(),
    }
}

/// The columns of a window whose order is concluded from the growth of an aggregate.
fn orders_of_windows(node: &dyn ExecutionPlan) -> Vec<usize> {
    let windows: &[Arc<dyn WindowExpr>] = if let Some(window) = node.downcast_ref::<WindowAggExec>() {
        window.window_expr()
    } else if let Some(window) = node.downcast_ref::<BoundedWindowAggExec>() {
        window.window_expr()
    } else {
        return Vec::new();
    };
    let first = node.schema().fields().len() - windows.len();
    let is_believed = |window: &Arc<dyn WindowExpr>| {
        let aggregate = if let Some(plain) = window.as_any().downcast_ref::<PlainAggregateWindowExpr>() {
            plain.get_aggregate_expr()
        } else if let Some(sliding) = window.as_any().downcast_ref::<SlidingAggregateWindowExpr>() {
            sliding.get_aggregate_expr()
        } else {
            return false;
        };
        aggregate.set_monotonicity() != SetMonotonicity::NotMonotonic
    };
    let believed = windows.iter().enumerate().filter(|(_, window)| is_believed(window));
    believed.map(|(position, _)| first + position).collect()
}

/// Returns the same rows, of which nothing is known.
pub(in crate::engine) fn hide_all(
    plan: Arc<dyn ExecutionPlan>,
    config: &Arc<ConfigOptions>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let columns: Vec<usize> = (0..plan.schema().fields().len()).collect();
    match columns.is_empty() {
        true => Ok(plan),
        false => hide(plan, &columns, config),
    }
}

/// Returns the same rows, of which nothing is known in these columns.
fn hide(
    plan: Arc<dyn ExecutionPlan>,
    columns: &[usize],
    config: &Arc<ConfigOptions>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let exprs = schema.fields().iter().enumerate().map(|(index, field)| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(field.name(), index));
        let expr = match columns.contains(&index) {
            true => unproven(column, field, config),
            false => column,
        };
        (expr, field.name().clone())
    });
    Ok(Arc::new(ProjectionExec::try_new(exprs.collect::<Vec<_>>(), plan)?))
}

/// The column, of which nothing is known: an expression counts as constant if all its parts are, and the last is not.
fn unproven(
    column: Arc<dyn PhysicalExpr>,
    field: &FieldRef,
    config: &Arc<ConfigOptions>,
) -> Arc<dyn PhysicalExpr> {
    let call = |arguments, field| -> Arc<dyn PhysicalExpr> {
        let function = Arc::clone(&UNPROVEN);
        Arc::new(ScalarFunctionExpr::new(NAME, function, arguments, field, Arc::clone(config)))
    };
    let nothing = call(Vec::new(), Arc::new(Field::new(NAME, DataType::Null, true)));
    call(vec![column, nothing], Arc::clone(field))
}

const NAME: &str = "unproven";

static UNPROVEN: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    Arc::new(ScalarUDF::new_from_impl(Unproven { signature: Signature::any(2, Volatility::Volatile) }))
});

/// Its first argument; without arguments NULL. Stands in plans only: volatile, so that nobody computes it beforehand.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Unproven {
    signature: Signature,
}

impl ScalarUDFImpl for Unproven {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Err(DataFusionError::Plan("`unproven` is made for plans, where its type is known".to_owned()))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let nothing = || Arc::new(Field::new(NAME, DataType::Null, true));
        Ok(args.arg_fields.first().map_or_else(nothing, Arc::clone))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(args.args.into_iter().next().unwrap_or(ColumnarValue::Scalar(ScalarValue::Null)))
    }
}
