//! SELECT with aggregates: keys, ROLLUP, CUBE, GROUPING SETS, FILTER, HAVING, and windows over groups.

use super::{Built, GUESSED, Generator, Scope, Visible, select::Items};
use crate::{
    expression,
    sql::{Distinct, Expression, Grouping, Piece, Query, Select, Shape},
    value::Type,
};

impl Generator<'_> {
    pub(super) fn grouped_select(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        let relation = self.relation(depth);
        let scope = relation.scope;
        let filter = self.filter(&scope, 45);
        let keys = self.keys(&scope);
        let shape = self.shape(keys.len());
        let mut grouped = Scope { is_grouped: true, is_unique: true, ..Scope::default() };
        grouped.visible.extend(keys.iter().cloned());
        grouped.total.extend(keys.iter().map(|key| key.expression.clone()));
        let aggregates: Vec<Expression> =
            (0..1 + self.chance.below(3)).map(|_| self.aggregate(&scope)).collect();
        if shape != Shape::Plain {
            // A NULL key and a key that is left out are two groups.
            for key in &keys {
                grouped.total.push(expression!(Type::Integer; "grouping(", key.expression.clone(), ")"));
            }
        }
        let mut items = Items::default();
        match types {
            Some(types) => {
                grouped.visible.extend(aggregates.iter().cloned().map(unnamed));
                for data_type in types {
                    let expression = self.expression(&grouped, *data_type, 1);
                    items.push(expression, None, GUESSED);
                }
            }
            None => {
                for key in &keys {
                    // What is grouped by need not be shown.
                    if self.chance.percent(90) {
                        items.push(key.expression.clone(), Some(&key.name), key.distinct);
                    }
                }
                for aggregate in &aggregates {
                    items.push(aggregate.clone(), Some(&format!("a{}", items.items.len() + 1)), GUESSED);
                }
                grouped.visible.extend(aggregates.iter().cloned().map(unnamed));
                if shape != Shape::Plain && self.chance.percent(45) {
                    let key = self.chance.pick(&keys).expression.clone();
                    items.push(expression!(Type::Integer; "grouping(", key, ")"), None, 2);
                }
                if self.chance.percent(15) {
                    let (window, name) = self.window(&grouped);
                    items.push(window, name, GUESSED);
                }
                if self.chance.percent(15) {
                    let data_type = *self.chance.pick(&Type::ALL);
                    items.push(self.expression(&grouped, data_type, 1), None, GUESSED);
                }
            }
        }
        let having = self.chance.percent(20).then(|| self.predicate(&grouped, 1));
        let rows = match keys.is_empty() {
            true => 1,
            false => keys
                .iter()
                .map(|key| key.distinct.max(1))
                .product::<u64>()
                .min(relation.rows)
                .saturating_mul(2),
        };
        let columns = items.columns();
        let select = Select {
            distinct: if self.chance.percent(8) { Distinct::Rows } else { Distinct::No },
            items: items.items,
            from: Some(relation.from),
            filter,
            grouping: Some(Grouping { shape, keys: keys.into_iter().map(|key| key.expression).collect() }),
            having,
        };
        Built { query: Query::of(select), columns, distinct: items.distinct, rows }
    }

    fn keys(&mut self, scope: &Scope) -> Vec<Visible> {
        let mut keys: Vec<Visible> = Vec::new();
        for _ in 0..self.chance.weighted(&[(15, 0), (35, 1), (35, 2), (15, 3)]) {
            let key = if scope.visible.is_empty() || self.chance.percent(12) {
                let data_type = *self.chance.pick(&[Type::Integer, Type::Text, Type::Date]);
                let is_open = Scope { is_grouped: true, ..scope.clone() };
                unnamed(self.expression(&is_open, data_type, 1))
            } else {
                self.chance.pick(&scope.visible).clone()
            };
            // A literal would be taken for a place in the list of columns, a parameter is no key.
            let has_column = has_column(&key.expression);
            if has_column && !keys.iter().any(|other| other.expression == key.expression) {
                keys.push(key);
            }
        }
        keys
    }

    fn shape(&mut self, keys: usize) -> Shape {
        if keys == 0 {
            return Shape::Plain;
        }
        match self.chance.weighted(&[(72, 0), (10, 1), (9, 2), (9, 3)]) {
            0 => Shape::Plain,
            1 => Shape::Rollup,
            2 => Shape::Cube,
            _ => {
                let mut sets = Vec::new();
                for _ in 0..1 + self.chance.below(3) {
                    let set: Vec<usize> = (0..keys).filter(|_| self.chance.percent(55)).collect();
                    if !sets.contains(&set) {
                        sets.push(set);
                    }
                }
                // Every key stands in some set.
                sets.push((0..keys).collect());
                sets.dedup();
                Shape::Sets(sets)
            }
        }
    }

    /// An aggregate over the rows, perhaps of distinct values, perhaps with a FILTER.
    fn aggregate(&mut self, scope: &Scope) -> Expression {
        let inner = Scope { is_grouped: true, ..scope.clone() };
        let filter = match self.chance.percent(12) {
            true => expression!(Type::Boolean; " FILTER (WHERE ", self.predicate(&inner, 1), ")"),
            false => expression!(Type::Boolean; ""),
        };
        let kind = self.chance.below(100);
        let data_type = self.comparable(&inner);
        let value = self.expression(&inner, data_type, 1);
        match kind {
            0..=17 => expression!(Type::Integer; "count(*)", Piece::Fixed(filter)),
            18..=27 => expression!(Type::Integer; "count(", value, ")", Piece::Fixed(filter)),
            28..=36 => expression!(Type::Integer; "count(DISTINCT ", value, ")", Piece::Fixed(filter)),
            37..=60 if data_type != Type::Boolean => {
                let name = *self.chance.pick(&["min(", "max("]);
                expression!(data_type; name, value, ")", Piece::Fixed(filter))
            }
            61..=64 => {
                let name = *self.chance.pick(&["bool_and(", "bool_or("]);
                expression!(Type::Boolean; name, self.predicate(&inner, 0), ")", Piece::Fixed(filter))
            }
            65..=69 => self.average(&inner, filter),
            70..=73 => {
                let name = *self.chance.pick(&["customer_success_margin(", "support_margin_pct("]);
                let (revenue, cost) = (self.leaf(&inner, Type::Decimal), self.leaf(&inner, Type::Decimal));
                expression!(Type::Decimal; Piece::OursOnly, name, revenue, ", ", cost, ")", Piece::Fixed(filter))
            }
            74..=76 => {
                let text = self.leaf(&inner, Type::Text);
                let again = Piece::Fixed(text.clone());
                expression!(Type::Text; "string_agg(", Piece::Fixed(text), ", '|' ORDER BY ", again, ")", Piece::Fixed(filter))
            }
            _ => self.sum(&inner, filter),
        }
    }

    fn sum(&mut self, scope: &Scope, filter: Expression) -> Expression {
        let numeric: Vec<Type> = scope
            .visible
            .iter()
            .map(|visible| visible.expression.data_type)
            .filter(|data_type| data_type.is_numeric())
            .collect();
        let data_type = if numeric.is_empty() { Type::Integer } else { *self.chance.pick(&numeric) };
        let word = if self.chance.percent(8) { "sum(DISTINCT " } else { "sum(" };
        let value = self.expression(scope, data_type, 1);
        let summed = expression!(data_type; word, value, ")", Piece::Fixed(filter));
        as_integer(summed)
    }

    /// A mean; its digits follow from the type, and the types of files differ, so the type is said.
    fn average(&mut self, scope: &Scope, filter: Expression) -> Expression {
        let data_type = *self.chance.pick(&[Type::Integer, Type::Decimal]);
        let value = self.leaf(scope, data_type);
        expression!(Type::Decimal; Piece::OursOnly, "avg(CAST(", value, " AS DECIMAL(18,4)))", Piece::Fixed(filter))
    }
}

/// DuckDB adds integers up to a type that it does not mix with decimals without rounding.
pub(super) fn as_integer(sum: Expression) -> Expression {
    if sum.data_type != Type::Integer {
        return sum;
    }
    let data_type = sum.data_type;
    expression!(data_type; Piece::Dialects("", "CAST("), sum, Piece::Dialects("", " AS BIGINT)"))
}

fn unnamed(expression: Expression) -> Visible {
    Visible { expression, name: String::new(), distinct: GUESSED }
}

/// Whether a column stands in it, and no parameter.
fn has_column(expression: &Expression) -> bool {
    let mut found = false;
    for piece in &expression.pieces {
        match piece {
            Piece::Column(_) => found = true,
            Piece::Parameter(..) => return false,
            Piece::Expression(inner) | Piece::Fixed(inner) => found |= has_column(inner),
            _ => {}
        }
    }
    found
}
