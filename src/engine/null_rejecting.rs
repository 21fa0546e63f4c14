//! Finds filters that no row of NULLs passes, so that outer joins below them become stricter and files are pruned.
//!
//! Views fill gaps: `coalesce(k.customer_id, '(unattributed)') AS customer_id` above an outer join. A filter for one
//! customer rejects the rows that the join fills with NULLs, but DataFusion sees that only of operators that give NULL
//! for NULL. Here the NULLs are put into the filter, and DataFusion's own simplifier says what is left of it: if that is
//! false or NULL, the rows are not needed. Then the filter goes down into both sides, and what one side turns out to hold
//! reaches the files of the other. For the same reason `coalesce(x, 'none') = 'A'` is no more than `x = 'A'`, which
//! the statistics of a file can answer.
//!
//! Nothing here decides by the name of a function. Whatever cannot be decided stays as it is.

use std::{collections::HashMap, sync::Arc};

use datafusion::{
    common::{
        Column, DFSchema, DFSchemaRef, ExprSchema, ScalarValue,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{
        BinaryExpr, Expr, Filter, Join, JoinType, LogicalPlan, Operator,
        simplify::SimplifyContext,
        utils::{conjunction, merge_schema, split_conjunction},
    },
    optimizer::{
        ApplyOrder, OptimizerConfig, OptimizerRule, eliminate_outer_join::eliminate_outer,
        push_down_filter::replace_cols_by_name, simplify_expressions::ExprSimplifier,
    },
};

#[derive(Debug)]
pub(super) struct NullRejectingFilters;

impl OptimizerRule for NullRejectingFilters {
    fn name(&self) -> &str {
        "null_rejecting_filters"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter) => rewrite_filter(filter, config),
            LogicalPlan::TableScan(mut scan) if scan.filters.iter().any(has_null_check) => {
                let schema =
                    DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?;
                let judge = Judge::new(Arc::new(schema), config);
                let mut changed = false;
                for filter in &mut scan.filters {
                    if let Some(plainer) = judge.without_null_checks(filter) {
                        *filter = plainer;
                        changed = true;
                    }
                }
                Ok(Transformed::new_transformed(LogicalPlan::TableScan(scan), changed))
            }
            plan => Ok(Transformed::no(plan)),
        }
    }
}

fn rewrite_filter(mut filter: Filter, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
    let mut changed = false;
    if ends_in_outer_join(&filter.input)
        && let Some(input) = stricter(&filter.input, filter.predicate.clone(), config)?
    {
        filter.input = Arc::new(input);
        changed = true;
    }
    if has_null_check(&filter.predicate) {
        let judge = Judge::new(Arc::new(merge_schema(&[&filter.input])), config);
        let mut any = false;
        let conditions = split_conjunction(&filter.predicate).into_iter().map(|condition| {
            let plainer = judge.without_null_checks(condition);
            any |= plainer.is_some();
            plainer.unwrap_or_else(|| condition.clone())
        });
        if let Some(predicate) = conjunction(conditions.collect::<Vec<_>>())
            && any
        {
            filter.predicate = predicate;
            changed = true;
        }
    }
    Ok(Transformed::new_transformed(LogicalPlan::Filter(filter), changed))
}

/// Whether nothing but names lies between here and an outer join; most filters are passed over by this question.
fn ends_in_outer_join(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => ends_in_outer_join(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => ends_in_outer_join(&alias.input),
        LogicalPlan::Join(join) => {
            matches!(join.join_type, JoinType::Left | JoinType::Right | JoinType::Full)
        }
        _ => false,
    }
}

/// The plan with a stricter join at its end, if the predicate allows it. Only a copy of the predicate goes down here.
fn stricter(
    plan: &LogicalPlan,
    predicate: Expr,
    config: &dyn OptimizerConfig,
) -> Result<Option<LogicalPlan>> {
    Ok(match plan {
        LogicalPlan::Projection(projection) => {
            let names = defined_names(&projection.schema, projection.expr.iter().map(without_alias));
            let below = stricter(&projection.input, replace_cols_by_name(predicate, &names)?, config)?;
            below.map(|input| {
                let mut projection = projection.clone();
                projection.input = Arc::new(input);
                LogicalPlan::Projection(projection)
            })
        }
        LogicalPlan::SubqueryAlias(alias) => {
            let columns: Vec<_> = alias.input.schema().columns().into_iter().map(Expr::Column).collect();
            let names = defined_names(&alias.schema, columns.iter());
            let below = stricter(&alias.input, replace_cols_by_name(predicate, &names)?, config)?;
            below.map(|input| {
                let mut alias = alias.clone();
                alias.input = Arc::new(input);
                LogicalPlan::SubqueryAlias(alias)
            })
        }
        LogicalPlan::Join(join) => stricter_join(join, &predicate, config),
        _ => None,
    })
}

fn without_alias(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => without_alias(&alias.expr),
        expr => expr,
    }
}

/// What each column of a schema is in the terms of the plan below.
fn defined_names<'a>(
    schema: &DFSchema,
    definitions: impl Iterator<Item = &'a Expr>,
) -> HashMap<String, Expr> {
    let names = schema.columns().into_iter().map(|column| column.flat_name());
    names.zip(definitions.cloned()).collect()
}

fn stricter_join(join: &Join, predicate: &Expr, config: &dyn OptimizerConfig) -> Option<LogicalPlan> {
    let judge = Judge::new(Arc::clone(&join.schema), config);
    let left_columns = join.left.schema().fields().len();
    let rejects = |on_left: bool| {
        judge.rejects_nulls(predicate, &|column| {
            let position = join.schema.maybe_index_of_column(column)?;
            Some((position < left_columns) == on_left)
        })
    };
    let fills_left = matches!(join.join_type, JoinType::Right | JoinType::Full);
    let fills_right = matches!(join.join_type, JoinType::Left | JoinType::Full);
    let join_type =
        eliminate_outer(join.join_type, fills_left && rejects(true), fills_right && rejects(false));
    (join_type != join.join_type).then(|| {
        // The columns stay nullable in the schema, which says less than is true and keeps the plans above valid.
        LogicalPlan::Join(Join { join_type, ..join.clone() })
    })
}

/// Tells what a condition is once some of its columns are known to be NULL, or not to be.
struct Judge {
    schema: DFSchemaRef,
    simplifier: ExprSimplifier,
}

impl Judge {
    fn new(schema: DFSchemaRef, config: &dyn OptimizerConfig) -> Self {
        let context = SimplifyContext::builder()
            .with_schema(Arc::clone(&schema))
            .with_config_options(config.options())
            .with_query_execution_start_time(config.query_execution_start_time())
            .build();
        Self { schema, simplifier: ExprSimplifier::new(context) }
    }

    /// Whether no row passes in which all those columns are NULL, whatever the others are. The question `is_null` has no
    /// answer for a column that is not of this schema.
    fn rejects_nulls(&self, condition: &Expr, is_null: &dyn Fn(&Column) -> Option<bool>) -> bool {
        match condition {
            // One part that is never true is enough.
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                self.rejects_nulls(left, is_null) || self.rejects_nulls(right, is_null)
            }
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
                self.rejects_nulls(left, is_null) && self.rejects_nulls(right, is_null)
            }
            condition => {
                let with_nulls = condition.clone().transform_up(|expr| match &expr {
                    Expr::Column(column) if is_null(column) == Some(true) => {
                        let data_type = self.schema.field_from_column(column)?.data_type();
                        Ok(Transformed::yes(Expr::Literal(ScalarValue::try_from(data_type)?, None)))
                    }
                    _ => Ok(Transformed::no(expr)),
                });
                match with_nulls {
                    // A condition of the other columns alone says nothing. One that fails is no answer either.
                    Ok(with_nulls) if with_nulls.transformed => {
                        self.simplifier.simplify(with_nulls.data).is_ok_and(|rest| is_never_true(&rest))
                    }
                    _ => false,
                }
            }
        }
    }

    /// `x = 'A'` for `CASE WHEN x IS NOT NULL THEN x ELSE 'none' END = 'A'`, which is what `coalesce` becomes. `None` if
    /// the condition has more than one column, lets NULL pass, or would let it pass without its checks.
    fn without_null_checks(&self, condition: &Expr) -> Option<Expr> {
        if !has_null_check(condition) || condition.is_volatile() {
            return None;
        }
        let columns = condition.column_refs();
        let is_null = |column: &Column| Some(columns.contains(column));
        if columns.len() != 1 || !self.rejects_nulls(condition, &is_null) {
            return None;
        }
        let checked = condition.clone().transform_up(|expr| {
            Ok(match &expr {
                Expr::IsNotNull(operand) if matches!(**operand, Expr::Column(_)) => {
                    Transformed::yes(Expr::Literal(ScalarValue::Boolean(Some(true)), None))
                }
                Expr::IsNull(operand) if matches!(**operand, Expr::Column(_)) => {
                    Transformed::yes(Expr::Literal(ScalarValue::Boolean(Some(false)), None))
                }
                _ => Transformed::no(expr),
            })
        });
        let plainer = self.simplifier.simplify(checked.data().ok()?).ok()?;
        (self.rejects_nulls(&plainer, &is_null) && plainer != *condition).then_some(plainer)
    }
}

fn is_never_true(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(ScalarValue::Boolean(Some(passes)), _) => !passes,
        Expr::Literal(value, _) => value.is_null(),
        _ => false,
    }
}

/// Whether a CASE asks for NULL. A check that stands alone is as plain as it can be.
fn has_null_check(condition: &Expr) -> bool {
    let is_case = |expr: &Expr| Ok(matches!(expr, Expr::Case(_)));
    let is_check = |expr: &Expr| Ok(matches!(expr, Expr::IsNull(_) | Expr::IsNotNull(_)));
    condition.exists(is_case).unwrap_or(false) && condition.exists(is_check).unwrap_or(false)
}

#[cfg(test)]
mod tests;
