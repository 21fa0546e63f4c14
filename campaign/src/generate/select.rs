//! SELECT without GROUP BY: columns, expressions, constants, windows, DISTINCT.

use super::{Built, GUESSED, Generator, Scope, relation::all_of};
use crate::{
    schema::Column,
    sql::{Distinct, Expression, Item, Query, Select},
    value::Type,
};

/// The columns of a SELECT as they are collected, each under a name of its own.
#[derive(Default)]
pub(super) struct Items {
    pub(super) items: Vec<Item>,
    pub(super) distinct: Vec<u64>,
}

impl Items {
    /// Adds a column; under the name it has, if that is free.
    pub(super) fn push(&mut self, expression: Expression, wanted: Option<&str>, distinct: u64) {
        let is_free = |name: &str| !self.items.iter().any(|item| item.name == name);
        let name = match wanted {
            Some(wanted) if !wanted.is_empty() && is_free(wanted) => wanted.to_owned(),
            _ => (self.items.len() + 1..)
                .map(|number| format!("c{number}"))
                .find(|name| is_free(name))
                .unwrap_or_default(),
        };
        self.items.push(Item { expression, name });
        self.distinct.push(distinct);
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let column = |item: &Item| Column { name: item.name.clone(), data_type: item.expression.data_type };
        self.items.iter().map(column).collect()
    }
}

impl Generator<'_> {
    pub(super) fn plain_select(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        let relation = self.relation(depth);
        let mut scope = relation.scope;
        let filter = self.filter(&scope, 50);
        let mut items = Items::default();
        let mut has_window = false;
        match types {
            Some(types) => {
                for data_type in types {
                    let expression = self.expression(&scope, *data_type, 1);
                    let name = name_of(&scope, &expression);
                    items.push(expression, name.as_deref(), GUESSED);
                }
            }
            None => {
                for _ in 0..1 + self.chance.below(5) {
                    self.item(&scope, &mut items);
                }
                if self.chance.percent(22) {
                    // Rows that are equal may be numbered one way in a window and the other way in the next.
                    let most = if scope.is_unique { 2 } else { 1 };
                    for _ in 0..1 + self.chance.below(most) {
                        let (expression, name) = self.window(&scope);
                        items.push(expression, name, GUESSED);
                        has_window = true;
                    }
                }
            }
        }
        let distinct = self.chance.weighted(&[(84, 0), (12, 1), (4, 2)]);
        let distinct = match distinct {
            1 => Distinct::Rows,
            2 if types.is_none() && !scope.visible.is_empty() && (scope.is_unique || !has_window) => {
                let keys = vec![self.any_leaf(&scope)];
                let mut order = keys.clone();
                self.chance.shuffle(&mut scope.total);
                order.extend(scope.total.iter().cloned());
                Distinct::On { keys, order }
            }
            _ => Distinct::No,
        };
        let columns = items.columns();
        let select = Select {
            distinct,
            items: items.items,
            from: Some(relation.from),
            filter,
            grouping: None,
            having: None,
        };
        Built { query: Query::of(select), columns, distinct: items.distinct, rows: relation.rows }
    }

    /// One column of a result: most often a column of the tables, sometimes a constant.
    fn item(&mut self, scope: &Scope, items: &mut Items) {
        let roll = self.chance.below(100);
        if roll < 60 && !scope.visible.is_empty() {
            let visible = self.chance.pick(&scope.visible).clone();
            items.push(visible.expression, Some(&visible.name), visible.distinct);
        } else if roll < 74 {
            let data_type = *self.chance.pick(&[Type::Integer, Type::Text, Type::Text, Type::Decimal]);
            let name = *self.chance.pick(&["flag", "label", "currency", "region"]);
            let value = crate::schema::literal(self.chance, data_type);
            items.push(Expression::literal(&value, data_type), Some(name), 1);
        } else {
            let data_type = *self.chance.pick(&Type::ALL);
            let expression = self.expression(scope, data_type, 2);
            let name = name_of(scope, &expression);
            items.push(expression, name.as_deref(), GUESSED);
        }
    }

    /// WHERE, in some of the cases.
    pub(super) fn filter(&mut self, scope: &Scope, percent: usize) -> Option<Expression> {
        if !self.chance.percent(percent) {
            return None;
        }
        let count = self.chance.weighted(&[(65, 1), (28, 2), (7, 3)]);
        Some(all_of((0..count).map(|_| self.predicate(scope, 2)).collect()))
    }
}

fn name_of(scope: &Scope, expression: &Expression) -> Option<String> {
    scope.visible.iter().find(|visible| visible.expression == *expression).map(|visible| visible.name.clone())
}
