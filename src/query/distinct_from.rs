//! Ends the right side of `IS [NOT] DISTINCT FROM` where it ends, as it does in PostgreSQL.
//!
//! sqlparser 0.62 takes everything that follows as the right side (`parse_infix` calls `parse_expr` there, which knows of no
//! precedence): `a IS NOT DISTINCT FROM b AND c` becomes `a IS NOT DISTINCT FROM (b AND c)`, which for booleans is another
//! question and no error. Parentheses are nodes of their own (`Expr::Nested`), so whatever binds as weakly as IS, or weaker,
//! and stands on the right side without them, can only have come there that way. It is lifted out, and then out of the
//! NOT, AND and OR in which the comparison stands. In every other tree nothing stands where it would be lifted from.
//!
//! `->`, `@>` and the like stay on the right side, though the generic dialect lets them bind weaker than IS: PostgreSQL
//! does not, and nobody means it.

use std::{mem, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value, VisitorMut};

/// How strongly an operator holds its operands; only the order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Or,
    And,
    Not,
    Is,
}

/// Mends one tree, from the leaves up.
pub(super) struct DistinctFrom;

impl VisitorMut for DistinctFrom {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        lift(expr);
        ControlFlow::Continue(())
    }
}

/// `a IS DISTINCT FROM ((b AND c) OR d)`, without parentheses in the text, becomes `((a IS DISTINCT FROM b) AND c) OR d`.
fn lift(expr: &mut Expr) {
    let Some((strength, right)) = right_operand(expr) else { return };
    if left_operand(right).is_none_or(|(weaker, _)| weaker > strength) {
        return;
    }
    let mut lifted = mem::replace(right, nothing());
    let mut operand = &mut lifted;
    while left_operand(operand).is_some_and(|(weaker, _)| weaker <= strength) {
        let Some((_, left)) = left_operand(operand) else { return };
        operand = left;
    }
    mem::swap(right, operand);
    mem::swap(expr, operand);
    *expr = lifted;
}

/// The right operand of an operator that may have swallowed a comparison, and how strongly it should hold.
fn right_operand(expr: &mut Expr) -> Option<(Strength, &mut Expr)> {
    match expr {
        Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right) => {
            Some((Strength::Is, right.as_mut()))
        }
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Some((Strength::Not, expr.as_mut())),
        Expr::BinaryOp { op, right, .. } => {
            let strength = match op {
                BinaryOperator::Or => Strength::Or,
                BinaryOperator::And => Strength::And,
                // Those that bind weaker than IS hold a comparison as NOT does; the others never hold one.
                _ => Strength::Not,
            };
            Some((strength, right.as_mut()))
        }
        _ => None,
    }
}

/// The left operand of an operator that may have been swallowed, and how strongly it holds.
fn left_operand(expr: &mut Expr) -> Option<(Strength, &mut Expr)> {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::Or, .. } => Some((Strength::Or, left.as_mut())),
        Expr::BinaryOp { left, op: BinaryOperator::And, .. } => Some((Strength::And, left.as_mut())),
        Expr::IsNull(left)
        | Expr::IsNotNull(left)
        | Expr::IsTrue(left)
        | Expr::IsNotTrue(left)
        | Expr::IsFalse(left)
        | Expr::IsNotFalse(left)
        | Expr::IsUnknown(left)
        | Expr::IsNotUnknown(left)
        | Expr::IsDistinctFrom(left, _)
        | Expr::IsNotDistinctFrom(left, _) => Some((Strength::Is, left.as_mut())),
        _ => None,
    }
}

/// Stands for a moment where something was taken out.
fn nothing() -> Expr {
    Expr::Value(Value::Null.into())
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::{ast::VisitMut, dialect::GenericDialect, parser::Parser};

    use super::*;

    fn mended(sql: &str) -> Expr {
        let mut expr = Parser::new(&GenericDialect {})
            .try_with_sql(sql)
            .and_then(|mut parser| parser.parse_expr())
            .expect("an expression");
        let _ = expr.visit(&mut DistinctFrom);
        expr
    }

    /// The text with all parentheses that the tree has.
    fn shape(expr: &Expr) -> String {
        match expr {
            Expr::Nested(inner) => shape(inner),
            Expr::BinaryOp { left, op, right } => format!("({} {op} {})", shape(left), shape(right)),
            Expr::UnaryOp { op, expr } => format!("({op} {})", shape(expr)),
            Expr::IsDistinctFrom(left, right) => format!("({} <> {})", shape(left), shape(right)),
            Expr::IsNotDistinctFrom(left, right) => format!("({} == {})", shape(left), shape(right)),
            Expr::IsNull(operand) => format!("({} IS NULL)", shape(operand)),
            other => other.to_string(),
        }
    }

    #[test]
    fn the_right_side_ends_at_the_next_weaker_operator() {
        for (sql, expected) in [
            ("a IS DISTINCT FROM b", "(a <> b)"),
            ("a IS NOT DISTINCT FROM b AND c", "((a == b) AND c)"),
            ("a IS DISTINCT FROM b AND c OR d", "(((a <> b) AND c) OR d)"),
            ("a IS DISTINCT FROM b OR c AND d", "((a <> b) OR (c AND d))"),
            ("p AND a IS DISTINCT FROM b OR c", "((p AND (a <> b)) OR c)"),
            ("p AND a IS DISTINCT FROM b AND c", "((p AND (a <> b)) AND c)"),
            ("p OR a IS DISTINCT FROM b AND c", "(p OR ((a <> b) AND c))"),
            ("NOT a IS DISTINCT FROM b AND c", "((NOT (a <> b)) AND c)"),
            ("p AND NOT a IS DISTINCT FROM b OR c", "((p AND (NOT (a <> b))) OR c)"),
            (
                "a IS DISTINCT FROM b AND c IS NOT DISTINCT FROM d OR e IS DISTINCT FROM f",
                "(((a <> b) AND (c == d)) OR (e <> f))",
            ),
            ("a IS DISTINCT FROM b IS NULL", "((a <> b) IS NULL)"),
            ("a IS DISTINCT FROM b AND c IS NULL", "((a <> b) AND (c IS NULL))"),
            ("a IS DISTINCT FROM b IS DISTINCT FROM c", "((a <> b) <> c)"),
            ("x -> a IS DISTINCT FROM b AND c", "((x -> (a <> b)) AND c)"),
        ] {
            assert_eq!(shape(&mended(sql)), expected, "{sql}");
        }
    }

    #[test]
    fn what_binds_tighter_or_stands_in_parentheses_stays() {
        for (sql, expected) in [
            ("a IS DISTINCT FROM (b AND c)", "(a <> (b AND c))"),
            ("a IS DISTINCT FROM b = c", "(a <> (b = c))"),
            ("a IS DISTINCT FROM b + 1 AND c", "((a <> (b + 1)) AND c)"),
            ("a IS DISTINCT FROM NOT b", "(a <> (NOT b))"),
            ("a AND (b OR c)", "(a AND (b OR c))"),
            ("NOT (a AND b)", "(NOT (a AND b))"),
            ("NOT a IS NULL AND b", "((NOT (a IS NULL)) AND b)"),
            ("a AND b AND c OR d AND NOT e = f", "(((a AND b) AND c) OR (d AND (NOT (e = f))))"),
        ] {
            assert_eq!(shape(&mended(sql)), expected, "{sql}");
        }
    }
}
