//! Compares with the computed values of an IN list one by one, if one of them is a CASE.
//!
//! Report: none known. DataFusion takes a list for constant if it can be computed over no rows. A CASE with a constant
//! branch can: `n IN (CASE WHEN x = 0 THEN 0 ELSE x END, 7, 8, 9)` is computed once, as if `x` were 0 in every row.
//!
//! Remedy: such values leave the list and become comparisons beside it. It comes last, because `coalesce` and others become
//! CASE while plans are optimized. Costs nothing where no list has such a value.

use datafusion::{
    common::tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::{Expr, LogicalPlan, expr::InList},
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::engine::expressions::map_named;

#[derive(Debug)]
pub(super) struct ComputedInLists;

impl OptimizerRule for ComputedInLists {
    fn name(&self) -> &str {
        "computed_in_lists"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let mut found = false;
        plan.apply_expressions(|expr| {
            found |= expr.exists(|expr| Ok(matches!(expr, Expr::InList(list) if is_mistaken(list))))?;
            Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
        })?;
        if !found {
            return Ok(Transformed::no(plan));
        }
        map_named(plan, |expr| {
            expr.transform_up(|expr| match expr {
                Expr::InList(list) if is_mistaken(&list) => Ok(Transformed::yes(compared(list))),
                expr => Ok(Transformed::no(expr)),
            })
        })
    }
}

fn is_mistaken(list: &InList) -> bool {
    !list.expr.is_volatile() && list.list.iter().any(is_computed_case)
}

fn is_computed_case(value: &Expr) -> bool {
    let has_case = value.exists(|expr| Ok(matches!(expr, Expr::Case(_)))).unwrap_or(true);
    has_case && !value.column_refs().is_empty()
}

fn compared(list: InList) -> Expr {
    let InList { expr, list, negated } = list;
    let (computed, constant): (Vec<Expr>, Vec<Expr>) = list.into_iter().partition(is_computed_case);
    let compare = |value: Expr| match negated {
        true => expr.as_ref().clone().not_eq(value),
        false => expr.as_ref().clone().eq(value),
    };
    let mut parts: Vec<Expr> = computed.into_iter().map(compare).collect();
    if !constant.is_empty() {
        parts.push(Expr::InList(InList::new(expr, constant, negated)));
    }
    let combine = if negated { Expr::and } else { Expr::or };
    parts.into_iter().reduce(combine).expect("a list that is mistaken has a value")
}
