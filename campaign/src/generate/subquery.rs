//! Subqueries in expressions: scalar ones that may give no row, EXISTS, IN, and comparisons with ANY and ALL.

use super::{Generator, Scope, relation::all_of};
use crate::{
    expression,
    sql::{Distinct, Expression, Item, OrderKey, Query, Select},
    value::Type,
};

impl Generator<'_> {
    /// One value: an aggregate, or the first row of an ordered query, which may have none.
    pub(super) fn scalar_subquery(&mut self, scope: &Scope, data_type: Type) -> Expression {
        let relation = self.named();
        let inner = relation.scope;
        // The first row of a correlated query cannot be had, only its aggregates.
        let is_aggregate = self.chance.percent(65);
        let mut conditions = Vec::new();
        if is_aggregate && self.chance.percent(50) {
            conditions.extend(self.correlation(scope, &inner));
        }
        if self.chance.percent(60) {
            conditions.push(self.predicate(&inner, 0));
        }
        let value = if is_aggregate {
            let value = self.leaf(&inner, data_type);
            let numeric_count = data_type == Type::Integer && self.chance.percent(50);
            match (data_type, numeric_count) {
                (_, true) => expression!(data_type; "count(*)"),
                (Type::Boolean, _) => expression!(data_type; "bool_or(", value, ")"),
                _ => {
                    let name = *self.chance.pick(&["min(", "max("]);
                    expression!(data_type; name, value, ")")
                }
            }
        } else {
            self.leaf(&inner, data_type)
        };
        let mut query = Query::of(Select {
            distinct: Distinct::No,
            items: vec![Item { expression: value, name: "x".to_owned() }],
            from: Some(relation.from),
            filter: (!conditions.is_empty()).then(|| all_of(conditions)),
            grouping: None,
            having: None,
        });
        if !is_aggregate {
            query.order = vec![OrderKey { name: "x".to_owned(), descending: false, nulls_first: false }];
            query.limit = Some(1);
        }
        expression!(data_type; "(", query, ")")
    }

    /// A condition with a subquery in it.
    pub(super) fn subquery_test(&mut self, scope: &Scope) -> Expression {
        let relation = self.named();
        let inner = relation.scope;
        let mut conditions = Vec::new();
        if self.chance.percent(50) {
            conditions.push(self.predicate(&inner, 0));
        }
        if self.chance.percent(55) {
            let is_exists = self.chance.percent(70);
            conditions.extend(self.correlation(scope, &inner));
            if is_exists {
                let one = *self.chance.pick(&["1", "1", "1, 1", "NULL"]);
                let one = expression!(Type::Integer; one);
                let query = subquery(relation.from, one, conditions);
                let word = *self.chance.pick(&["EXISTS (", "(NOT EXISTS ("]);
                let end = if word.starts_with('(') { "))" } else { ")" };
                return expression!(Type::Boolean; word, query, end);
            }
        }
        let value = self.any_leaf(scope);
        let data_type = value.data_type;
        let compared = self.leaf(&inner, data_type);
        let query = subquery(relation.from, compared, conditions);
        let word = self.chance.weighted(&[
            (40, " IN ("),
            (35, " NOT IN ("),
            (8, " = ANY ("),
            (8, " > ALL ("),
            (5, " < ANY ("),
            (4, " <> ALL ("),
        ]);
        expression!(Type::Boolean; "(", value, word, query, "))")
    }

    /// A condition between the rows outside and inside, if both have a column of one type.
    fn correlation(&mut self, outer: &Scope, inner: &Scope) -> Option<Expression> {
        let mut pairs = Vec::new();
        for one in &outer.visible {
            // A merged column has no relation to be named by, and would be taken for one of the inside.
            if one.expression.as_column().is_none_or(|column| column.relation.is_none()) {
                continue;
            }
            for other in &inner.visible {
                if one.expression.data_type == other.expression.data_type {
                    pairs.push((one, other));
                    if one.name == other.name {
                        pairs.extend([(one, other); 3]);
                    }
                }
            }
        }
        if pairs.is_empty() {
            return None;
        }
        let (one, other) = *self.chance.pick(&pairs);
        let (one, other) = (one.expression.clone(), other.expression.clone());
        let operator = if self.chance.percent(80) { " = " } else { " IS NOT DISTINCT FROM " };
        Some(expression!(Type::Boolean; "(", other, operator, one, ")"))
    }
}

fn subquery(from: crate::sql::FromClause, value: Expression, conditions: Vec<Expression>) -> Query {
    Query::of(Select {
        distinct: Distinct::No,
        items: vec![Item { expression: value, name: "x".to_owned() }],
        from: Some(from),
        filter: (!conditions.is_empty()).then(|| all_of(conditions)),
        grouping: None,
        having: None,
    })
}
