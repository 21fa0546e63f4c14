//! What stands in FROM: tables, views, common tables, subqueries, and joins of them.

use super::{Generator, ROWS_MAX, Scope, Source, Visible};
use crate::{
    expression,
    sql::{ColumnReference, Condition, Expression, FromClause, Join, JoinKind, Piece},
    value::Type,
};

/// What stands in FROM, and what can be seen of it.
pub(super) struct Relation {
    pub(super) from: FromClause,
    pub(super) scope: Scope,
    pub(super) rows: u64,
}

impl Generator<'_> {
    /// A relation of one part or of several joined ones.
    pub(super) fn relation(&mut self, depth: usize) -> Relation {
        let mut relation = self.part(depth);
        for _ in 0..self.chance.weighted(&[(42, 0), (40, 1), (14, 2), (4, 3)]) {
            for _ in 0..4 {
                let part = self.part(depth);
                match self.joined(relation, part) {
                    Ok(joined) => {
                        relation = joined;
                        break;
                    }
                    // Too many rows; another part may do.
                    Err(unchanged) => relation = unchanged,
                }
            }
        }
        relation
    }

    /// One part: most often something with a name.
    pub(super) fn part(&mut self, depth: usize) -> Relation {
        match self.chance.below(100) {
            0..=19 if depth > 0 => {
                let built = self.query(depth - 1, None);
                let built = if self.chance.percent(15) { self.ordered(built, 90) } else { built };
                let alias = self.alias();
                let source = built.source(&alias);
                let from = FromClause::Derived { query: Box::new(built.query), alias: alias.clone() };
                visible_source(&source, from, &alias)
            }
            20..=22 => self.values(),
            _ => self.named(),
        }
    }

    /// A table, a view or a common table.
    pub(super) fn named(&mut self) -> Relation {
        let source = match !self.common.is_empty() && self.chance.percent(60) {
            true => self.chance.pick(&self.common).clone(),
            false => self.chance.pick(&self.sources).clone(),
        };
        let alias = self.alias();
        let from = FromClause::Named { name: source.name.clone(), alias: alias.clone() };
        visible_source(&source, from, &alias)
    }

    fn values(&mut self) -> Relation {
        let alias = self.alias();
        let rows = 1 + self.chance.below(4);
        if self.chance.percent(40) {
            let reference = ColumnReference { relation: Some(alias.clone()), name: "n".to_owned() };
            let expression = Expression::column(&reference, Type::Integer);
            let visible =
                Visible { expression: expression.clone(), name: "n".to_owned(), distinct: rows as u64 };
            return Relation {
                from: FromClause::Text(format!("generate_series(1, {rows}) AS {alias}(n)")),
                scope: Scope {
                    visible: vec![visible],
                    total: vec![expression],
                    is_unique: true,
                    is_grouped: false,
                },
                rows: rows as u64,
            };
        }
        let types = [Type::Text, *self.chance.pick(&[Type::Integer, Type::Decimal])];
        let mut lines = Vec::new();
        for row in 0..rows {
            let cells = types.map(|data_type| {
                let value = crate::schema::literal(self.chance, data_type);
                // The first row says the types.
                let is_null = row > 0 && self.chance.percent(25);
                if is_null { "NULL".to_owned() } else { value.literal(data_type) }
            });
            lines.push(format!("({})", cells.join(", ")));
        }
        let names = ["region", if types[1] == Type::Integer { "n" } else { "amount" }];
        let visible: Vec<Visible> = names
            .iter()
            .zip(types)
            .map(|(name, data_type)| {
                let reference = ColumnReference { relation: Some(alias.clone()), name: (*name).to_owned() };
                Visible {
                    expression: Expression::column(&reference, data_type),
                    name: (*name).to_owned(),
                    distinct: rows as u64,
                }
            })
            .collect();
        let total = visible.iter().map(|visible| visible.expression.clone()).collect();
        Relation {
            from: FromClause::Text(format!("(VALUES {}) AS {alias}({})", lines.join(", "), names.join(", "))),
            scope: Scope { visible, total, ..Scope::default() },
            rows: rows as u64,
        }
    }

    fn joined(&mut self, left: Relation, right: Relation) -> Result<Relation, Relation> {
        let kind = self.chance.weighted(&[
            (34, JoinKind::Inner),
            (26, JoinKind::Left),
            (9, JoinKind::Right),
            (9, JoinKind::Full),
            (5, JoinKind::Semi),
            (5, JoinKind::Anti),
            (12, JoinKind::Cross),
        ]);
        // A merged column is named without a relation; a second one of its name would make that ambiguous.
        let is_merged =
            |one: &Visible| one.expression.as_column().is_some_and(|column| column.relation.is_none());
        if left.scope.visible.iter().any(|one| is_merged(one) && has_name(&right.scope, &one.name)) {
            return Err(left);
        }
        if kind == JoinKind::Cross {
            let rows = left.rows.saturating_mul(right.rows.max(1));
            return if rows > 4_000 {
                Err(left)
            } else {
                Ok(product(left, right, kind, Condition::None, rows))
            };
        }
        let shared = shared_names(&left.scope, &right.scope);
        if !shared.is_empty() && !matches!(kind, JoinKind::Semi | JoinKind::Anti) && self.chance.percent(30) {
            return self.joined_by_name(left, right, kind, shared);
        }
        let Some((condition, rows)) = self.on(&left, &right) else { return Err(left) };
        Ok(product(left, right, kind, Condition::On(condition), rows))
    }

    /// A condition between both sides, with an estimate of the rows.
    fn on(&mut self, left: &Relation, right: &Relation) -> Option<(Expression, u64)> {
        let mut pairs: Vec<(&Visible, &Visible)> = Vec::new();
        for one in &left.scope.visible {
            for other in &right.scope.visible {
                if one.expression.data_type == other.expression.data_type {
                    pairs.push((one, other));
                    // Those of the same name are what analysts join by.
                    if one.name == other.name {
                        pairs.extend([(one, other); 4]);
                    }
                }
            }
        }
        let product = left.rows.saturating_mul(right.rows.max(1));
        if pairs.is_empty() {
            return None;
        }
        let mut rows = product;
        let mut conjuncts = Vec::new();
        let is_small = product <= 3_000;
        for _ in 0..1 + usize::from(self.chance.percent(25)) {
            let (one, other) = *self.chance.pick(&pairs);
            let (one_side, other_side) = (one.expression.clone(), other.expression.clone());
            let matches = one.distinct.max(other.distinct).max(1);
            let form = self.chance.weighted(&[(62, 0), (22, 1), (if is_small { 16 } else { 0 }, 2)]);
            conjuncts.push(match form {
                0 => expression!(Type::Boolean; one_side, " = ", other_side),
                1 => expression!(Type::Boolean; one_side, " IS NOT DISTINCT FROM ", other_side),
                _ => {
                    let operator = *self.chance.pick(&[" < ", " >= ", " <> ", " IS DISTINCT FROM "]);
                    expression!(Type::Boolean; one_side, operator, other_side)
                }
            });
            if form < 2 {
                rows = (rows / matches).max(left.rows.max(right.rows));
            }
        }
        if self.chance.percent(18) {
            let mut scope = left.scope.clone();
            scope.visible.extend(right.scope.visible.iter().cloned());
            // Other databases have no subqueries there.
            scope.is_grouped = true;
            conjuncts.push(self.comparison(&scope, 1));
        }
        (rows <= ROWS_MAX).then(|| (all_of(conjuncts), rows))
    }

    fn joined_by_name(
        &mut self,
        left: Relation,
        right: Relation,
        kind: JoinKind,
        shared: Vec<String>,
    ) -> Result<Relation, Relation> {
        // A natural join takes every name that both sides have, so none may be ambiguous or of two types; as an outer
        // join it is refused.
        let all = common_names(&left.scope, &right.scope);
        let is_natural = all.len() == shared.len() && kind == JoinKind::Inner && self.chance.percent(50);
        let names = match is_natural {
            true => shared,
            false => {
                let mut names = shared;
                self.chance.shuffle(&mut names);
                names.truncate(1 + usize::from(self.chance.percent(25)));
                names
            }
        };
        let mut rows = left.rows.saturating_mul(right.rows.max(1));
        for name in &names {
            let of = |scope: &Scope| {
                scope
                    .visible
                    .iter()
                    .find(|visible| visible.name == *name)
                    .map_or(1, |visible| visible.distinct)
            };
            rows = (rows / of(&left.scope).max(of(&right.scope)).max(1)).max(left.rows.max(right.rows));
        }
        if rows > ROWS_MAX {
            return Err(left);
        }
        if is_natural {
            let left_only = left.scope.visible.len();
            let mut relation = product(left, right, kind, Condition::Natural, rows);
            // The columns that became one are named by the left table: alone, their name is refused as ambiguous.
            let mut place = 0;
            relation.scope.visible.retain(|visible| {
                place += 1;
                place <= left_only || !names.contains(&visible.name)
            });
            return Ok(relation);
        }
        let mut relation = product(left, right, kind, Condition::Using(names.clone()), rows);
        merge(&mut relation.scope, &names);
        Ok(relation)
    }
}

/// Several conditions as one.
pub(super) fn all_of(conditions: Vec<Expression>) -> Expression {
    joined_by(conditions, " AND ")
}

/// Conditions with a word between them.
pub(super) fn joined_by(mut conditions: Vec<Expression>, word: &'static str) -> Expression {
    if conditions.len() == 1 {
        return conditions.remove(0);
    }
    let mut pieces = vec![Piece::from("(")];
    for (place, condition) in conditions.into_iter().enumerate() {
        if place > 0 {
            pieces.push(word.into());
        }
        pieces.push(condition.into());
    }
    pieces.push(")".into());
    Expression { data_type: Type::Boolean, pieces }
}

fn visible_source(source: &Source, from: FromClause, alias: &str) -> Relation {
    let visible: Vec<Visible> = source
        .columns
        .iter()
        .zip(&source.distinct)
        .map(|(column, distinct)| {
            let reference = ColumnReference { relation: Some(alias.to_owned()), name: column.name.clone() };
            Visible {
                expression: Expression::column(&reference, column.data_type),
                name: column.name.clone(),
                distinct: *distinct,
            }
        })
        .collect();
    let decisive = if source.unique { 1 } else { visible.len() };
    let total = visible[..decisive].iter().map(|visible| visible.expression.clone()).collect();
    let scope = Scope { visible, total, is_unique: source.unique, is_grouped: false };
    Relation { from, scope, rows: source.rows }
}

fn product(left: Relation, right: Relation, kind: JoinKind, condition: Condition, rows: u64) -> Relation {
    let from = FromClause::Join(Box::new(Join { left: left.from, right: right.from, kind, condition }));
    let mut scope = left.scope;
    if matches!(kind, JoinKind::Semi | JoinKind::Anti) {
        return Relation { from, scope, rows: left.rows };
    }
    scope.visible.extend(right.scope.visible);
    scope.total.extend(right.scope.total);
    scope.is_unique &= right.scope.is_unique;
    Relation { from, scope, rows }
}

fn has_name(scope: &Scope, name: &str) -> bool {
    scope.visible.iter().any(|visible| visible.name == name)
}

/// The names that both sides have.
fn common_names(left: &Scope, right: &Scope) -> Vec<String> {
    let mut names: Vec<String> =
        left.visible.iter().filter(|one| has_name(right, &one.name)).map(|one| one.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Those of them that mean one column of one type on each side.
fn shared_names(left: &Scope, right: &Scope) -> Vec<String> {
    let only = |scope: &Scope, name: &str| {
        let mut found = scope.visible.iter().filter(|visible| visible.name == name);
        match (found.next(), found.next()) {
            (Some(visible), None) => Some(visible.expression.data_type),
            _ => None,
        }
    };
    common_names(left, right)
        .into_iter()
        .filter(|name| only(left, name).is_some() && only(left, name) == only(right, name))
        .collect()
}

/// USING makes one column of two; it is named without a relation.
fn merge(scope: &mut Scope, names: &[String]) {
    let of = |expression: &Expression| expression.as_column().map(|column| column.name.clone());
    for name in names {
        let Some(place) = scope.visible.iter().position(|visible| visible.name == *name) else { continue };
        let data_type = scope.visible[place].expression.data_type;
        let reference = ColumnReference { relation: None, name: name.clone() };
        let merged = Expression::column(&reference, data_type);
        let distinct = scope.visible[place].distinct;
        scope.visible.retain(|visible| visible.name != *name);
        scope.visible.insert(0, Visible { expression: merged.clone(), name: name.clone(), distinct });
        scope.total.retain(|expression| of(expression).as_ref() != Some(name));
        scope.total.push(merged);
    }
}
