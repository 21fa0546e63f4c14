//! Conditions: comparisons, tests for NULL and truth, lists, patterns, and AND, OR, NOT of them.

use super::{Generator, Scope, relation::joined_by};
use crate::{
    expression,
    sql::{Expression, Piece},
    value::Type,
};

const COMPARISONS: [&str; 8] =
    [" = ", " = ", " <> ", " < ", " <= ", " > ", " IS DISTINCT FROM ", " IS NOT DISTINCT FROM "];

impl Generator<'_> {
    /// A condition over what is visible.
    pub(super) fn predicate(&mut self, scope: &Scope, depth: usize) -> Expression {
        let below = depth.saturating_sub(1);
        match self.chance.below(100) {
            0..=14 if depth > 0 => {
                let word = *self.chance.pick(&[" AND ", " OR "]);
                let conditions = vec![self.predicate(scope, below), self.predicate(scope, below)];
                joined_by(conditions, word)
            }
            15..=19 if depth > 0 => {
                expression!(Type::Boolean; "(NOT ", self.predicate(scope, below), ")")
            }
            20..=25 if depth > 0 => {
                let test = *self.chance.pick(&[
                    " IS TRUE)",
                    " IS NOT TRUE)",
                    " IS FALSE)",
                    " IS NOT FALSE)",
                    " IS UNKNOWN)",
                    " IS NOT UNKNOWN)",
                ]);
                // As DuckDB has no UNKNOWN.
                let theirs = match test {
                    " IS UNKNOWN)" => " IS NULL)",
                    " IS NOT UNKNOWN)" => " IS NOT NULL)",
                    other => other,
                };
                let test = Piece::Dialects(test, theirs);
                expression!(Type::Boolean; "(", self.predicate(scope, below), test)
            }
            26..=35 if depth > 0 && !scope.is_grouped => self.subquery_test(scope),
            36..=59 => self.fixed(scope),
            60..=65 => {
                let column = self.any_leaf(scope);
                let test = *self.chance.pick(&[" IS NULL)", " IS NOT NULL)"]);
                expression!(Type::Boolean; "(", column, test)
            }
            66..=71 => self.list(scope),
            72..=76 => {
                let data_type = self.comparable(scope);
                let value = self.leaf(scope, data_type);
                let (low, high) = (self.constant(data_type), self.leaf(scope, data_type));
                let word = *self.chance.pick(&[" BETWEEN ", " BETWEEN ", " NOT BETWEEN "]);
                expression!(Type::Boolean; "(", value, word, low, " AND ", high, ")")
            }
            77..=80 => {
                let pattern = *self.chance.pick(&["'k%'", "'%1'", "'%o%'", "'_U'", "'%'", "'EU'"]);
                let word = *self.chance.pick(&[" LIKE ", " LIKE ", " NOT LIKE "]);
                expression!(Type::Boolean; "(", self.leaf(scope, Type::Text), word, pattern, ")")
            }
            81..=84 => {
                let columns = scope.of_type(Type::Boolean);
                match columns.is_empty() {
                    true => self.comparison(scope, below),
                    false => self.chance.pick(&columns).expression.clone(),
                }
            }
            _ => self.comparison(scope, below),
        }
    }

    /// Two expressions of one type, compared.
    pub(super) fn comparison(&mut self, scope: &Scope, depth: usize) -> Expression {
        let data_type = self.comparable(scope);
        let left = self.expression(scope, data_type, depth.min(1));
        let right = self.expression(scope, data_type, depth.min(1));
        let operator = *self.chance.pick(&COMPARISONS);
        expression!(Type::Boolean; "(", left, operator, right, ")")
    }

    /// A column and a literal: what fixes a column to one value is what optimizers like to believe in.
    fn fixed(&mut self, scope: &Scope) -> Expression {
        let left = self.any_leaf(scope);
        let right = self.constant(left.data_type);
        let operator = match self.chance.percent(50) {
            true => " = ",
            false => *self.chance.pick(&COMPARISONS),
        };
        expression!(Type::Boolean; "(", left, operator, right, ")")
    }

    fn list(&mut self, scope: &Scope) -> Expression {
        let value = self.any_leaf(scope);
        let data_type = value.data_type;
        let word = *self.chance.pick(&[" IN (", " IN (", " NOT IN ("]);
        let mut pieces: Vec<Piece> = vec!["(".into(), value.into(), word.into()];
        for place in 0..1 + self.chance.below(4) {
            if place > 0 {
                pieces.push(", ".into());
            }
            pieces.push(self.leaf_or_constant(scope, data_type).into());
        }
        pieces.push("))".into());
        Expression { data_type: Type::Boolean, pieces }
    }

    fn leaf_or_constant(&mut self, scope: &Scope, data_type: Type) -> Expression {
        if self.chance.percent(15) { self.leaf(scope, data_type) } else { self.constant(data_type) }
    }

    /// Some column; a literal where nothing is visible.
    pub(super) fn any_leaf(&mut self, scope: &Scope) -> Expression {
        if scope.visible.is_empty() {
            return self.constant(Type::Integer);
        }
        self.chance.pick(&scope.visible).expression.clone()
    }

    /// A type that something visible has.
    pub(super) fn comparable(&mut self, scope: &Scope) -> Type {
        match scope.visible.is_empty() {
            true => Type::Integer,
            false => self.chance.pick(&scope.visible).expression.data_type,
        }
    }
}
