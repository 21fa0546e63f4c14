//! Takes -0.0 for 0 everywhere, as `=`, GROUP BY and joins of DataFusion do.
//!
//! Sorting, windows, `nullif`, CASE with an operand, DISTINCT in aggregates and long IN lists compare doubles by their bits instead, where -0.0 comes
//! before 0 and is another value. They are written here as comparisons with `=`, or sort by 0 in its place. It comes
//! after types are coerced, because only then is it known what is a double.

use datafusion::{
    common::{
        DFSchema, JoinConstraint, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Case, Expr, ExprSchemable, LogicalPlan, SortExpr,
        expr::{InList, ScalarFunction},
    },
    optimizer::{AnalyzerRule, ApplyOrder, OptimizerConfig, OptimizerRule},
};

use super::expressions::{rewrite_expressions, visible_columns};

/// The rule.
#[derive(Debug)]
pub(super) struct ZerosAreEqual;

impl AnalyzerRule for ZerosAreEqual {
    fn name(&self) -> &str {
        "zeros_are_equal"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            let schema = visible_columns(&plan)?;
            Ok(rewrite_expressions(plan, &schema, &with_equal_zeros)?.update_data(|plan| match plan {
                LogicalPlan::Sort(mut sort) => {
                    positive_keys(&mut sort.expr, &schema);
                    LogicalPlan::Sort(sort)
                }
                other => other,
            }))
        })
        .data()
    }
}

fn with_equal_zeros(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    Ok(match expr {
        Expr::InList(list) if is_double(&list.expr, schema) => in_list(list, schema),
        Expr::Case(Case { expr: Some(operand), when_then_expr, else_expr })
            if is_double(&operand, schema) && !operand.is_volatile() =>
        {
            let whens = when_then_expr.into_iter();
            let whens = whens.map(|(when, then)| (Box::new(operand.as_ref().clone().eq(*when)), then));
            Transformed::yes(Expr::Case(Case { expr: None, when_then_expr: whens.collect(), else_expr }))
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "nullif" => {
            match <[Expr; 2]>::try_from(args) {
                Ok([value, other]) if is_double(&value, schema) && !value.is_volatile() => {
                    let nothing = Expr::Literal(ScalarValue::try_from(value.get_type(schema)?)?, None);
                    let same = (Box::new(value.clone().eq(other)), Box::new(nothing));
                    Transformed::yes(Expr::Case(Case::new(None, vec![same], Some(Box::new(value)))))
                }
                Ok(args) => Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args: args.into() })),
                Err(args) => Transformed::no(Expr::ScalarFunction(ScalarFunction { func, args })),
            }
        }
        // An order must be that of the argument.
        Expr::AggregateFunction(mut call) if call.params.distinct && call.params.order_by.is_empty() => {
            let mut changed = false;
            for arg in &mut call.params.args {
                changed |= make_positive(arg, schema);
            }
            Transformed::new_transformed(Expr::AggregateFunction(call), changed)
        }
        Expr::WindowFunction(mut call) => {
            let mut changed = positive_keys(&mut call.params.order_by, schema);
            for key in &mut call.params.partition_by {
                changed |= make_positive(key, schema);
            }
            Transformed::new_transformed(Expr::WindowFunction(call), changed)
        }
        other => Transformed::no(other),
    })
}

/// What is no constant may be a zero of either kind. Constants are for [`BothZeros`], when they are computed.
fn in_list(mut in_list: InList, schema: &DFSchema) -> Transformed<Expr> {
    let is_constant = |value: &Expr| value.column_refs().is_empty() && !value.is_volatile();
    if in_list.list.iter().all(is_constant) || in_list.expr.is_volatile() {
        return Transformed::no(Expr::InList(in_list));
    }
    let mut changed = make_positive(&mut in_list.expr, schema);
    for value in &mut in_list.list {
        changed |= make_positive(value, schema);
    }
    Transformed::new_transformed(Expr::InList(in_list), changed)
}

/// Puts both zeros into lists of constants that have one, and 0 in the place of -0.0 in the keys of joins.
///
/// Comparisons of one expression become such lists while DataFusion simplifies, and conditions become keys; so this comes
/// after its rules. Joins themselves do not tell the zeros apart, but the filters they send ahead to their larger side do.
#[derive(Debug)]
pub(super) struct BothZeros;

impl OptimizerRule for BothZeros {
    fn name(&self) -> &str {
        "both_zeros"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if let LogicalPlan::Join(mut join) = plan {
            let mut changed = false;
            for (left, right) in &mut join.on {
                if is_double(left, join.left.schema()) && is_double(right, join.right.schema()) {
                    changed |= make_positive(left, join.left.schema());
                    changed |= make_positive(right, join.right.schema());
                }
            }
            if changed {
                // The keys of USING are columns, and these are none any more; what USING means was planned before.
                join.join_constraint = JoinConstraint::On;
            }
            return Ok(Transformed::new_transformed(LogicalPlan::Join(join), changed));
        }
        let mut lacks_one = false;
        plan.apply_expressions(|expr| {
            lacks_one |= expr.exists(|expr| Ok(!missing_zeros(expr).is_empty()))?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        if !lacks_one {
            return Ok(Transformed::no(plan));
        }
        rewrite_expressions(plan, &DFSchema::empty(), &|expr, _| {
            let zeros = missing_zeros(&expr);
            Ok(match expr {
                Expr::InList(mut in_list) if !zeros.is_empty() => {
                    in_list.list.extend(zeros);
                    Transformed::yes(Expr::InList(in_list))
                }
                other => Transformed::no(other),
            })
        })
    }
}

fn missing_zeros(expr: &Expr) -> Vec<Expr> {
    let Expr::InList(InList { list, .. }) = expr else { return Vec::new() };
    list.iter().filter_map(other_zero).filter(|zero| !list.contains(zero)).collect()
}

fn other_zero(value: &Expr) -> Option<Expr> {
    match value {
        Expr::Literal(ScalarValue::Float64(Some(zero)), metadata) if *zero == 0.0 => {
            Some(Expr::Literal(ScalarValue::Float64(Some(-zero)), metadata.clone()))
        }
        Expr::Literal(ScalarValue::Float32(Some(zero)), metadata) if *zero == 0.0 => {
            Some(Expr::Literal(ScalarValue::Float32(Some(-zero)), metadata.clone()))
        }
        _ => None,
    }
}

fn positive_keys(keys: &mut [SortExpr], schema: &DFSchema) -> bool {
    let mut changed = false;
    for key in keys {
        changed |= make_positive(&mut key.expr, schema);
    }
    changed
}

/// Puts 0 in the place of -0.0.
fn make_positive(key: &mut Expr, schema: &DFSchema) -> bool {
    // A CASE is what an earlier analysis of the plan has made of it.
    if !is_double(key, schema) || key.is_volatile() || matches!(key, Expr::Case(_)) {
        return false;
    }
    let Some(zero) = key.get_type(schema).ok().and_then(|data_type| ScalarValue::new_zero(&data_type).ok())
    else {
        return false;
    };
    let taken = std::mem::take(key);
    let zero = Expr::Literal(zero, None);
    let is_zero = (Box::new(taken.clone().eq(zero.clone())), Box::new(zero));
    *key = Expr::Case(Case::new(None, vec![is_zero], Some(Box::new(taken))));
    true
}

fn is_double(expr: &Expr, schema: &DFSchema) -> bool {
    expr.get_type(schema).is_ok_and(|data_type| data_type.is_floating())
}
