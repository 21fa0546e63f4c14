//! Queries: common tables, set operations, orders and limits.

use super::{Built, GUESSED, Generator};
use crate::{
    expression,
    schema::Column,
    sql::{Body, CommonTable, Distinct, Item, OrderKey, Query, Select, SetOperation},
    value::{Type, Value},
};

/// The column that says which part of a UNION a row is of.
const LABEL: &str = "label";

impl Generator<'_> {
    /// The query of a statement: one whose order is often asked for.
    pub(super) fn result(&mut self, depth: usize) -> Query {
        let built = self.query(depth, None);
        if !built.query.order.is_empty() || self.chance.percent(35) {
            return built.query;
        }
        self.ordered(built, 40).query
    }

    /// Any query; its columns have the given types, if there are any.
    pub(super) fn query(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        let outer = self.common.len();
        let mut common = Vec::new();
        if depth > 0 {
            for _ in 0..self.chance.weighted(&[(60, 0), (28, 1), (12, 2)]) {
                let built = self.query(depth - 1, None);
                let name = format!("w{}", self.common.len() + 1);
                self.common.push(built.source(&name));
                common.push(CommonTable { name, query: built.query });
            }
        }
        let mut built = self.body(depth, types);
        self.common.truncate(outer);
        built.query.common = common;
        built
    }

    fn body(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        let kind = self.chance.weighted(&[(52, 0), (28, 1), (if depth > 0 { 20 } else { 4 }, 2)]);
        match kind {
            0 => self.plain_select(depth, types),
            1 => self.grouped_select(depth, types),
            _ => self.set_operation(depth, types),
        }
    }

    fn set_operation(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        let below = depth.saturating_sub(1);
        let operator = self.chance.weighted(&[(70, "UNION"), (15, "EXCEPT"), (15, "INTERSECT")]);
        let all = self.chance.percent(if operator == "UNION" { 75 } else { 40 });
        // Branches of the same rows, or INTERSECT and EXCEPT would have little to do.
        if operator != "UNION" || self.chance.percent(20) {
            let left = self.branch(below, types);
            let right = self.branch_like(&left, below);
            return join_branches(operator, all, left, right);
        }
        let mut left = self.branch(below, types);
        let wanted: Vec<Type> = left.columns.iter().map(|column| column.data_type).collect();
        let mut right = self.branch(below, Some(&wanted));
        let has_label = |built: &Built| built.query.names().contains(&LABEL);
        if types.is_none() && !has_label(&left) && !has_label(&right) && self.chance.percent(45) {
            label(&mut left, "a");
            label(&mut right, if self.chance.percent(85) { "b" } else { "a" });
        }
        if self.chance.percent(20) {
            without_names(&mut right.query);
        }
        join_branches(operator, all, left, right)
    }

    fn branch(&mut self, depth: usize, types: Option<&[Type]>) -> Built {
        match self.chance.below(10) {
            0..=5 => self.plain_select(depth, types),
            6..=8 => self.grouped_select(depth, types),
            _ => {
                let built = self.query(depth, types);
                self.ordered(built, 80)
            }
        }
    }

    /// The same query with other rows left out, so that set operations meet equal rows.
    fn branch_like(&mut self, left: &Built, depth: usize) -> Built {
        let types: Vec<Type> = left.columns.iter().map(|column| column.data_type).collect();
        if self.chance.percent(40) {
            return self.branch(depth, Some(&types));
        }
        let alias = self.alias();
        let items = left.query.outputs(&alias);
        let visible = items.iter().map(|item| super::Visible {
            expression: item.expression.clone(),
            name: item.name.clone(),
            distinct: GUESSED,
        });
        let scope = super::Scope { visible: visible.collect(), ..super::Scope::default() };
        let filter = self.predicate(&scope, 1);
        Built { query: Query::over(left.query.clone(), &alias, items, Some(filter)), ..left.clone() }
    }

    /// The query with an ORDER BY, and perhaps a limit. marginql decides ties by the remaining columns.
    pub(super) fn ordered(&mut self, built: Built, limit_percent: usize) -> Built {
        let is_free = built.query.order.is_empty()
            && !matches!(&built.query.body, Body::Select(select) if matches!(select.distinct, Distinct::On { .. }));
        let mut built = if is_free { built } else { self.wrapped(built) };
        let mut names: Vec<String> = built.query.names().into_iter().map(str::to_owned).collect();
        self.chance.shuffle(&mut names);
        names.truncate(1 + self.chance.below(names.len().min(3)));
        built.query.order = names
            .into_iter()
            .map(|name| OrderKey {
                name,
                descending: self.chance.percent(40),
                nulls_first: self.chance.percent(30),
            })
            .collect();
        if self.chance.percent(limit_percent) {
            let most = self.chance.weighted(&[(3, 3), (4, 10), (1, 100)]);
            let limit = 1 + self.chance.below(most) as u64;
            built.query.limit = Some(limit);
            built.query.offset = self.chance.percent(20).then(|| 1 + self.chance.below(4) as u64);
            built.rows = built.rows.min(limit);
        }
        built
    }

    fn wrapped(&mut self, built: Built) -> Built {
        let alias = self.alias();
        let items = built.query.outputs(&alias);
        Built { query: Query::over(built.query.clone(), &alias, items, None), ..built }
    }
}

/// Adds a constant column in front, as reports label the parts of a UNION.
fn label(built: &mut Built, text: &str) {
    let Body::Select(select) = &mut built.query.body else { return add_above(built, text) };
    let is_open = matches!(select.distinct, Distinct::No) && select.grouping.is_none();
    if !is_open || built.query.limit.is_some() || !built.query.order.is_empty() {
        return add_above(built, text);
    }
    insert(select, text);
    describe_label(built);
}

fn without_names(query: &mut Query) {
    let is_last = query.order.is_empty() && query.limit.is_none();
    if let Body::Select(select) = &mut query.body
        && is_last
    {
        for item in &mut select.items {
            item.name.clear();
        }
    }
}

fn add_above(built: &mut Built, text: &str) {
    let items = built.query.outputs("labelled");
    let mut query = Query::over(built.query.clone(), "labelled", items, None);
    if let Body::Select(select) = &mut query.body {
        insert(select, text);
    }
    built.query = query;
    describe_label(built);
}

fn insert(select: &mut Select, text: &str) {
    let expression = expression!(Type::Text; Value::Text(text.to_owned()).literal(Type::Text));
    select.items.insert(0, Item { expression, name: LABEL.to_owned() });
}

fn describe_label(built: &mut Built) {
    built.columns.insert(0, Column { name: LABEL.to_owned(), data_type: Type::Text });
    built.distinct.insert(0, 1);
}

fn join_branches(operator: &'static str, all: bool, left: Built, right: Built) -> Built {
    let rows = if operator == "UNION" { left.rows + right.rows } else { left.rows };
    let distinct = left.distinct.iter().zip(&right.distinct).map(|(left, right)| left + right).collect();
    let body = Body::Set(Box::new(SetOperation { operator, all, left: left.query, right: right.query }));
    let query = Query { common: Vec::new(), body, order: Vec::new(), limit: None, offset: None };
    Built { query, columns: left.columns, distinct, rows }
}
