//! Keeps a division behind the condition that stands before it: `b <> 0 AND a / b > 1` never divides by zero.
//!
//! `AND` evaluates both sides for whole batches, so that the condition alone protects nothing. The division is put
//! into a CASE, which evaluates row by row what it needs; the condition itself stays as it is, and reaches pruning.
//!
//! Sees one expression at a time: a condition in a subquery does not protect a division in the WHERE around it once
//! the optimizer has merged both filters. There, `nullif(b, 0)` does.

use std::collections::HashSet;

use datafusion::{
    common::{
        Column,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, Operator,
        expr::{Case, ScalarFunction},
        utils::{split_binary, split_conjunction},
    },
};

use super::{function::ArithmeticFunction, long_chain::operations, operator::Arithmetic};

/// Puts the divisions of `expr` behind the parts of `condition` that speak of their divisors.
///
/// After AND (`holds`), what the condition refuses is not divided, and the AND is false whatever stands in its
/// place; after OR, what the condition accepts.
pub(crate) fn guard_divisions(expr: Expr, condition: &Expr, holds: bool) -> Result<Transformed<Expr>> {
    expr.transform_down(|expr| match &expr {
        // A CASE has its own conditions, or is the guard that an earlier analysis of the plan has put here.
        Expr::Case(_) => Ok(Transformed::new(expr, false, TreeNodeRecursion::Jump)),
        _ if is_division(&expr) => {
            let guarded = match guard_of(condition, &divisor_columns(&expr)?, holds)? {
                Some(guard) => Transformed::yes(behind(guard, expr, holds)),
                None => Transformed::no(expr),
            };
            Ok(Transformed { tnr: TreeNodeRecursion::Jump, ..guarded })
        }
        _ => Ok(Transformed::no(expr)),
    })
}

fn is_division(expr: &Expr) -> bool {
    !divisors(expr).is_empty()
}

/// What an operation, or a chain of them, divides by.
fn divisors(expr: &Expr) -> Vec<&Expr> {
    if let Some((operators, operands)) = operations(expr) {
        let after = operators.into_iter().zip(operands.iter().skip(1));
        return after
            .filter(|(operator, _)| *operator == Arithmetic::Divide)
            .map(|(_, operand)| operand)
            .collect();
    }
    let Expr::ScalarFunction(ScalarFunction { func, args }) = expr else { return Vec::new() };
    let function = func.inner().downcast_ref::<ArithmeticFunction>();
    let is_division = function.is_some_and(|function| function.operator() == Arithmetic::Divide);
    args.iter().skip(1).filter(|_| is_division).collect()
}

/// The columns of all divisors in a division, which may have divisions in its operands.
fn divisor_columns(division: &Expr) -> Result<HashSet<Column>> {
    let mut columns = HashSet::new();
    division.apply(|expr| {
        for divisor in divisors(expr) {
            columns.extend(divisor.column_refs().into_iter().cloned());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(columns)
}

/// The parts of the condition that can protect a division by these columns, and are cheap and safe to ask twice.
fn guard_of(condition: &Expr, columns: &HashSet<Column>, holds: bool) -> Result<Option<Expr>> {
    let parts = if holds { split_conjunction(condition) } else { split_binary(condition, Operator::Or) };
    let mut guard: Option<Expr> = None;
    for part in parts {
        let speaks_of_them = part.column_refs().into_iter().any(|column| columns.contains(column));
        if !speaks_of_them || part.is_volatile() || !is_plain(part)? {
            continue;
        }
        let part = part.clone();
        guard = Some(match guard {
            None => part,
            Some(guard) if holds => guard.and(part),
            Some(guard) => guard.or(part),
        });
    }
    Ok(guard)
}

/// No subquery, whose copy would run twice, no outer column, and no division, whose guards would pile up.
fn is_plain(part: &Expr) -> Result<bool> {
    Ok(!part.exists(|expr| {
        Ok(is_division(expr)
            || matches!(
                expr,
                Expr::ScalarSubquery(_)
                    | Expr::InSubquery(_)
                    | Expr::Exists(_)
                    | Expr::SetComparison(_)
                    | Expr::OuterReferenceColumn(_, _)
            ))
    })?)
}

fn behind(guard: Expr, division: Expr, holds: bool) -> Expr {
    let when = if holds { guard.is_not_false() } else { guard.is_not_true() };
    Expr::Case(Case::new(None, vec![(Box::new(when), Box::new(division))], None))
}
