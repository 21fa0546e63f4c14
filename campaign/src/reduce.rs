//! Reductions of a statement: each takes something away, or puts a part in the place of the whole.
//!
//! A reduction need not leave a legal statement: what both sides refuse is no finding, and is given up.

use crate::{
    oracle::Case,
    sql::{
        Body, Condition, Distinct, Expression, FromClause, Grouping, Item, JoinKind, Piece, Query, Select,
        Shape, View,
    },
    value::{Type, Value},
};

/// Returns the case after its reduction number `turn`; none, if there are fewer.
pub fn reduced(case: &Case, turn: usize) -> Option<Case> {
    let mut case = case.clone();
    let mut reducer = Reducer { left: turn, is_done: false, views: case.statement.views.clone() };
    if let Some(condition) = &mut case.condition {
        reducer.expression(condition);
    }
    reducer.query(&mut case.statement.query);
    for place in 0..case.statement.views.len() {
        reducer.views.truncate(place);
        reducer.query(&mut case.statement.views[place].query);
    }
    reducer.is_done.then_some(case)
}

struct Reducer {
    /// How many reductions are passed over.
    left: usize,
    is_done: bool,
    /// Views that can be put in the place of their names.
    views: Vec<View>,
}

impl Reducer {
    /// Whether it is the turn of this place.
    fn here(&mut self) -> bool {
        if self.is_done {
            return false;
        }
        self.is_done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.is_done
    }

    fn query(&mut self, query: &mut Query) {
        if self.is_done {
            return;
        }
        self.replace_whole(query);
        for place in 0..query.common.len() {
            if self.here() {
                query.common.remove(place);
                return;
            }
        }
        if query.limit.is_some() && self.here() {
            (query.limit, query.offset) = (None, None);
        }
        if query.offset.is_some() && self.here() {
            query.offset = None;
        }
        if !query.order.is_empty() && query.limit.is_none() && self.here() {
            query.order.clear();
        }
        for place in 0..query.order.len() {
            if query.order.len() > 1 && self.here() {
                query.order.remove(place);
                return;
            }
        }
        if let Some(key) = query.order.iter_mut().find(|key| key.descending || key.nulls_first)
            && self.here()
        {
            (key.descending, key.nulls_first) = (false, false);
        }
        let columns = query.names().len();
        for place in (0..columns).rev() {
            if columns > 1 && self.here() {
                remove_column(query, place);
                return;
            }
        }
        for place in 0..query.common.len() {
            self.query(&mut query.common[place].query);
        }
        match &mut query.body {
            Body::Select(select) => self.select(select),
            Body::Set(set) => {
                self.query(&mut set.left);
                self.query(&mut set.right);
            }
        }
        self.inline(query);
    }

    /// A part of the query in its place.
    fn replace_whole(&mut self, query: &mut Query) {
        let mut parts: Vec<Query> = Vec::new();
        match &query.body {
            Body::Set(set) => parts.extend([set.left.clone(), set.right.clone()]),
            Body::Select(select) => {
                if let Some(from) = &select.from {
                    derived(from, &mut parts);
                }
            }
        }
        for (place, common) in query.common.iter().enumerate() {
            let mut part = common.query.clone();
            part.common.splice(0..0, query.common[..place].iter().cloned());
            parts.push(part);
        }
        for mut part in parts {
            if self.here() {
                let common = std::mem::take(&mut query.common);
                let has_own = |name: &str| part.common.iter().any(|common| common.name == name);
                let needed: Vec<_> = common.into_iter().filter(|common| !has_own(&common.name)).collect();
                part.common.splice(0..0, needed);
                *query = part;
                return;
            }
        }
    }

    /// The query of a view or of a common table in the place of its name.
    fn inline(&mut self, query: &mut Query) {
        let common: Vec<View> = query
            .common
            .iter()
            .map(|common| View { name: common.name.clone(), query: common.query.clone() })
            .chain(self.views.iter().cloned())
            .collect();
        if let Body::Select(select) = &mut query.body
            && let Some(from) = &mut select.from
        {
            self.inline_from(from, &common);
        }
    }

    fn inline_from(&mut self, from: &mut FromClause, views: &[View]) {
        match from {
            FromClause::Named { name, alias } => {
                let view = views.iter().find(|view| view.name == *name);
                if let Some(view) = view
                    && self.here()
                {
                    *from = FromClause::Derived { query: Box::new(view.query.clone()), alias: alias.clone() };
                }
            }
            FromClause::Join(join) => {
                self.inline_from(&mut join.left, views);
                self.inline_from(&mut join.right, views);
            }
            FromClause::Derived { .. } | FromClause::Text(_) => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        if !matches!(select.distinct, Distinct::No) && self.here() {
            select.distinct = Distinct::No;
        }
        for clause in [&mut select.filter, &mut select.having] {
            if clause.is_some() && self.here() {
                *clause = None;
            }
        }
        if let Some(grouping) = &mut select.grouping {
            self.grouping(grouping);
        }
        if let Some(from) = &mut select.from {
            self.from(from);
        }
        for Item { expression, .. } in &mut select.items {
            self.expression(expression);
        }
        for clause in [&mut select.filter, &mut select.having].into_iter().flatten() {
            self.expression(clause);
        }
    }

    fn grouping(&mut self, grouping: &mut Grouping) {
        if grouping.shape != Shape::Plain && self.here() {
            grouping.shape = Shape::Plain;
        }
        if let Shape::Sets(sets) = &mut grouping.shape {
            for place in 0..sets.len() {
                if sets.len() > 1 && self.here() {
                    sets.remove(place);
                    return;
                }
            }
        }
        for place in 0..grouping.keys.len() {
            if !matches!(grouping.shape, Shape::Sets(_)) && grouping.keys.len() > 1 && self.here() {
                grouping.keys.remove(place);
                return;
            }
        }
    }

    fn from(&mut self, from: &mut FromClause) {
        match from {
            FromClause::Named { .. } | FromClause::Text(_) => {}
            FromClause::Derived { query, .. } => self.query(query),
            FromClause::Join(join) => {
                for side in [join.left.clone(), join.right.clone()] {
                    if self.here() {
                        *from = side;
                        return;
                    }
                }
                if !matches!(join.kind, JoinKind::Inner | JoinKind::Cross) && self.here() {
                    join.kind = JoinKind::Inner;
                }
                self.from(&mut join.left);
                self.from(&mut join.right);
                match &mut join.condition {
                    Condition::On(condition) => self.expression(condition),
                    Condition::Using(names) => {
                        for place in 0..names.len() {
                            if names.len() > 1 && self.here() {
                                names.remove(place);
                                return;
                            }
                        }
                    }
                    Condition::None | Condition::Natural => {}
                }
            }
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        if self.is_done || expression.is_simple() {
            if matches!(&expression.pieces[..], [Piece::Parameter(..)]) && self.here() {
                let [Piece::Parameter(_, data_type, value)] = &expression.pieces[..] else { return };
                *expression = Expression::literal(value, *data_type);
            }
            return;
        }
        let mut parts = Vec::new();
        same_type(expression, expression.data_type, &mut parts);
        for part in parts {
            if self.here() {
                *expression = part;
                return;
            }
        }
        if self.here() {
            let value = match expression.data_type {
                Type::Integer => Value::Integer(1),
                Type::Decimal => Value::Decimal(100),
                Type::Wide => Value::Wide(10_000),
                Type::Double => Value::Double(1.0),
                Type::Text => Value::Text("a".to_owned()),
                Type::Date => Value::Date(20_454),
                Type::Boolean => Value::Boolean(true),
            };
            *expression = Expression::literal(&value, expression.data_type);
            return;
        }
        for piece in &mut expression.pieces {
            match piece {
                Piece::Expression(inner) => self.expression(inner),
                Piece::Query(query) => self.query(query),
                Piece::Fixed(window) => self.window(window),
                _ => {}
            }
        }
    }

    /// Of a window only the partitions may go, and of an aggregate its FILTER; orders must stay total.
    fn window(&mut self, window: &mut Expression) {
        let is_filter = matches!(&window.pieces[..], [Piece::Word(word), ..] if word.contains("FILTER"));
        if is_filter && self.here() {
            window.pieces = vec!["".into()];
        }
        let partition = window
            .pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Word(word) if word == "PARTITION BY "));
        if let Some(place) = partition
            && self.here()
        {
            window.pieces.drain(place..place + 2);
        }
    }
}

/// Removes a column of a query, in all branches.
fn remove_column(query: &mut Query, place: usize) {
    match &mut query.body {
        Body::Select(select) => {
            if place < select.items.len() {
                let removed = select.items.remove(place);
                query.order.retain(|key| key.name != removed.name);
            }
        }
        Body::Set(set) => {
            let name = set.left.names().get(place).map(|name| (*name).to_owned());
            remove_column(&mut set.left, place);
            remove_column(&mut set.right, place);
            query.order.retain(|key| Some(&key.name) != name.as_ref());
        }
    }
    // A limit without an order would keep whatever comes first.
    if query.order.is_empty() {
        (query.limit, query.offset) = (None, None);
    }
}

fn derived(from: &FromClause, queries: &mut Vec<Query>) {
    match from {
        FromClause::Derived { query, .. } => queries.push((**query).clone()),
        FromClause::Join(join) => {
            derived(&join.left, queries);
            derived(&join.right, queries);
        }
        FromClause::Named { .. } | FromClause::Text(_) => {}
    }
}

/// The outermost expressions of a type within another.
fn same_type(expression: &Expression, data_type: Type, parts: &mut Vec<Expression>) {
    for piece in &expression.pieces {
        if let Piece::Expression(inner) = piece {
            if inner.data_type == data_type {
                parts.push(inner.clone());
            } else {
                same_type(inner, data_type, parts);
            }
        }
    }
}
