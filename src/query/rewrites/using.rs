//! Says `JOIN … USING (key)` with ON. Planning knows the key of such a join as two columns of one name: in WHERE it finds it
//! ambiguous, and of outer joins it takes the one that may be NULL. Here the key is one column, as in PostgreSQL: that of
//! the side whose rows are all kept, and of a full join that of either side; `*` gives it once, before the others.
//!
//! Which table of several has the key, the text does not say. Then an inner join is left to the planner, to which both are
//! the same, and an outer join is refused where it would matter.

use std::{mem, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Distinct, ExcludeSelectItem, Expr, GroupByExpr, Ident, Join, JoinConstraint,
    JoinOperator, ObjectName, OrderBy, OrderByKind, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Spanned, TableFactor, TableWithJoins, VisitMut, VisitorMut,
    WildcardAdditionalOptions,
};

use super::{normalized, same_names::coalesce};
use crate::{
    error::{Error, Result},
    query::text::Text,
};

/// Rewrites the joins of all queries, from the inside out.
pub(in crate::query) struct Using<'a> {
    pub(in crate::query) text: &'a Text,
}

impl VisitorMut for Using<'_> {
    type Break = Error;

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let result = match query.body.as_mut() {
            SetExpr::Select(select) => self.rewrite(select, query.order_by.as_mut()),
            body => self.rewrite_branches(body),
        };
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }
}

/// A table of FROM, by the name that its columns have before them.
struct Relation {
    qualifier: Option<Vec<Ident>>,
    /// Keys that `*` gives elsewhere.
    merged: Vec<Ident>,
    /// Whether its columns can be seen at all.
    visible: bool,
}

/// The key of a join as one column.
struct Key {
    name: Ident,
    value: Expr,
}

/// What is known of the FROM of a query.
#[derive(Default)]
struct Joined {
    relations: Vec<Relation>,
    keys: Vec<Key>,
    /// Keys of inner joins that stay with the planner.
    native: Vec<Key>,
    /// An outer join whose key the planner would give wrongly in `*`.
    doubtful: Option<Error>,
}

impl Using<'_> {
    fn rewrite_branches(&self, body: &mut SetExpr) -> Result<()> {
        match body {
            SetExpr::Select(select) => self.rewrite(select, None),
            SetExpr::SetOperation { left, right, .. } => {
                self.rewrite_branches(left)?;
                self.rewrite_branches(right)
            }
            _ => Ok(()),
        }
    }

    fn rewrite(&self, select: &mut Select, order_by: Option<&mut OrderBy>) -> Result<()> {
        let mut joined = Joined::default();
        // A star with additions is left to the planner, so inner joins below it are too.
        let plain_star = select.projection.iter().all(|item| match item {
            SelectItem::Wildcard(options) => is_plain(options),
            _ => true,
        });
        let has_star = select.projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_)));
        let known = select.from.iter().all(|table| {
            qualifier(&table.relation).is_some()
                && table.joins.iter().all(|join| qualifier(&join.relation).is_some())
        });
        let rewritable = !has_star || plain_star && known;
        for table in &mut select.from {
            self.table(table, rewritable, &mut joined)?;
        }
        if has_star && let Some(error) = joined.doubtful.take() {
            return Err(error);
        }
        if joined.keys.is_empty() && joined.native.is_empty() {
            return Ok(());
        }
        if !joined.keys.is_empty() {
            expand_stars(select, &joined);
        }
        let all = Replace { keys: joined.keys.iter().chain(&joined.native).collect(), queries: 0 };
        let own = || Replace { keys: joined.keys.iter().collect(), queries: 0 };
        let outputs = outputs(select);
        for item in &mut select.projection {
            name_key(item, &joined.keys);
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                let _ = expr.visit(&mut own());
            }
        }
        let mut where_keys = all;
        let _ = select.selection.visit(&mut where_keys);
        let _ = select.having.visit(&mut own());
        let _ = select.qualify.visit(&mut own());
        if let GroupByExpr::Expressions(keys, _) = &mut select.group_by {
            let _ = keys.visit(&mut own());
        }
        if let Some(Distinct::On(keys)) = &mut select.distinct {
            let _ = keys.visit(&mut own());
        }
        if let Some(OrderBy { kind: OrderByKind::Expressions(sort_keys), .. }) = order_by {
            // What the query gives under the name of a key comes first.
            let keys = joined.keys.iter().filter(|key| !outputs.contains(&normalized(&key.name))).collect();
            let _ = sort_keys.visit(&mut Replace { keys, queries: 0 });
        }
        Ok(())
    }

    /// Rewrites the joins of one item of FROM.
    fn table(&self, table: &mut TableWithJoins, rewritable: bool, joined: &mut Joined) -> Result<()> {
        let first = joined.relations.len();
        self.nested(&table.relation)?;
        joined.relations.push(Relation::of(&table.relation));
        let mut keys: Vec<Key> = Vec::new();
        for join in &mut table.joins {
            self.nested(&join.relation)?;
            let kind = Kind::of(&join.join_operator);
            let mut right = Relation::of(&join.relation);
            right.visible = kind != Kind::Semi;
            let Some(constraint) = constraint(&mut join.join_operator) else {
                joined.relations.push(right);
                continue;
            };
            match constraint {
                JoinConstraint::On(condition) => {
                    let _ = condition.visit(&mut Replace { keys: keys.iter().collect(), queries: 0 });
                }
                JoinConstraint::Using(names) => {
                    let names: Vec<Ident> =
                        names.iter().filter_map(|name| name.0.first()?.as_ident().cloned()).collect();
                    let sides = names
                        .iter()
                        .map(|name| {
                            Some((left_value(name, &keys, &joined.relations[first..])?, right.column(name)?))
                        })
                        .collect::<Option<Vec<_>>>();
                    match sides {
                        Some(sides) if rewritable && !sides.is_empty() => {
                            *constraint = JoinConstraint::On(equalities(&sides));
                            for (name, (left, right_value)) in names.iter().zip(sides) {
                                if kind == Kind::Semi {
                                    continue;
                                }
                                // Those from which an earlier key came have been marked then.
                                if find(&keys, name).is_none() {
                                    let tables = joined.relations[first..].iter_mut();
                                    tables.for_each(|table| table.merged.push(name.clone()));
                                }
                                right.merged.push(name.clone());
                                kind.merge(name, left, right_value, &mut keys);
                            }
                        }
                        _ => self.unknown(kind, &names, &right, joined, &join.relation)?,
                    }
                }
                JoinConstraint::Natural if matches!(kind, Kind::Left | Kind::Right | Kind::Full) => {
                    return Err(self.at(
                        Error::query("not supported: `NATURAL` with an outer join")
                            .hint("name the keys: `USING (key)`, or `ON a.key = b.key`"),
                        &join.relation,
                    ));
                }
                JoinConstraint::Natural | JoinConstraint::None => {}
            }
            joined.relations.push(right);
        }
        joined.keys.extend(keys);
        Ok(())
    }

    /// Keeps a join whose left side is not known, as far as its key does not matter.
    fn unknown(
        &self,
        kind: Kind,
        names: &[Ident],
        right: &Relation,
        joined: &mut Joined,
        factor: &TableFactor,
    ) -> Result<()> {
        let name = names.first().map(Ident::to_string).unwrap_or_default();
        let error = || {
            let error =
                Error::query(format!("it is not clear which `{name}` this outer join with `USING` means"))
                    .hint(format!("give every table a name and write `ON a.{name} = b.{name}`"));
            self.at(error, factor)
        };
        match kind {
            Kind::Semi => Ok(()),
            Kind::Inner => {
                for name in names {
                    if let Some(value) = right.column(name) {
                        joined.native.push(Key { name: name.clone(), value });
                    }
                }
                Ok(())
            }
            Kind::Left => {
                joined.doubtful.get_or_insert_with(error);
                Ok(())
            }
            Kind::Right | Kind::Full => Err(error()),
        }
    }

    /// Refuses an outer join with merged keys in parentheses: its tables cannot be seen from outside.
    fn nested(&self, factor: &TableFactor) -> Result<()> {
        let TableFactor::NestedJoin { table_with_joins, .. } = factor else { return Ok(()) };
        self.nested(&table_with_joins.relation)?;
        for Join { relation, join_operator, .. } in &table_with_joins.joins {
            self.nested(relation)?;
            let kind = Kind::of(join_operator);
            let mut join_operator = join_operator.clone();
            let merges = matches!(
                constraint(&mut join_operator),
                Some(JoinConstraint::Using(_) | JoinConstraint::Natural)
            );
            if merges && matches!(kind, Kind::Left | Kind::Right | Kind::Full) {
                return Err(self.at(
                    Error::query("not supported: an outer join with `USING` in parentheses")
                        .hint("write `ON a.key = b.key`, or join in a query of its own with `WITH`"),
                    relation,
                ));
            }
        }
        Ok(())
    }

    fn at(&self, error: Error, factor: &TableFactor) -> Error {
        let span = factor.span();
        match span.start.line {
            0 => error,
            _ => error.at(self
                .text
                .place_between((span.start.line, span.start.column), (span.end.line, span.end.column))),
        }
    }
}

/// Which rows a join keeps that have no partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Inner,
    Left,
    Right,
    Full,
    Semi,
}

impl Kind {
    fn of(operator: &JoinOperator) -> Self {
        match operator {
            JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => Kind::Left,
            JoinOperator::Right(_) | JoinOperator::RightOuter(_) => Kind::Right,
            JoinOperator::FullOuter(_) => Kind::Full,
            JoinOperator::LeftSemi(_)
            | JoinOperator::RightSemi(_)
            | JoinOperator::LeftAnti(_)
            | JoinOperator::RightAnti(_) => Kind::Semi,
            _ => Kind::Inner,
        }
    }

    fn merge(self, name: &Ident, left: Expr, right: Expr, keys: &mut Vec<Key>) {
        let value = match self {
            Kind::Inner | Kind::Left | Kind::Semi => left,
            Kind::Right => right,
            Kind::Full => coalesce(vec![left, right]),
        };
        match keys.iter_mut().find(|key| key.is(name)) {
            Some(key) => key.value = value,
            None => keys.push(Key { name: name.clone(), value }),
        }
    }
}

impl Relation {
    fn of(factor: &TableFactor) -> Self {
        Self { qualifier: qualifier(factor), merged: Vec::new(), visible: true }
    }

    fn column(&self, name: &Ident) -> Option<Expr> {
        let mut names = self.qualifier.clone()?;
        names.push(name.clone());
        Some(Expr::CompoundIdentifier(names))
    }
}

fn qualifier(factor: &TableFactor) -> Option<Vec<Ident>> {
    match factor {
        TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. }
        | TableFactor::Function { alias: Some(alias), .. }
        | TableFactor::UNNEST { alias: Some(alias), .. }
        | TableFactor::NestedJoin { alias: Some(alias), .. } => Some(vec![alias.name.clone()]),
        TableFactor::Table { name, alias: None, args: None, .. } => {
            name.0.iter().map(|part| part.as_ident().cloned()).collect()
        }
        _ => None,
    }
}

fn constraint(operator: &mut JoinOperator) -> Option<&mut JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::LeftSemi(constraint)
        | JoinOperator::RightSemi(constraint)
        | JoinOperator::LeftAnti(constraint)
        | JoinOperator::RightAnti(constraint) => Some(constraint),
        _ => None,
    }
}

/// The key on the left side: one that was merged before, or the column of the only table there.
fn left_value(name: &Ident, keys: &[Key], relations: &[Relation]) -> Option<Expr> {
    if let Some(key) = find(keys, name) {
        return Some(key.value.clone());
    }
    let mut visible = relations.iter().filter(|relation| relation.visible);
    match (visible.next(), visible.next()) {
        (Some(only), None) => only.column(name),
        _ => None,
    }
}

fn equalities(sides: &[(Expr, Expr)]) -> Expr {
    let equal = |(left, right): &(Expr, Expr)| Expr::BinaryOp {
        left: Box::new(left.clone()),
        op: BinaryOperator::Eq,
        right: Box::new(right.clone()),
    };
    let both = |left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    };
    let rest = sides.iter().skip(1).map(equal);
    rest.fold(equal(&sides[0]), both)
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_exclude.is_none() && options.opt_except.is_none() && options.opt_replace.is_none()
}

/// `*` becomes the keys, then the columns of each table without them.
fn expand_stars(select: &mut Select, joined: &Joined) {
    for item in mem::take(&mut select.projection) {
        match item {
            SelectItem::Wildcard(options) if is_plain(&options) => {
                let keys = joined.keys.iter().map(|key| key.item());
                let tables =
                    joined.relations.iter().filter(|relation| relation.visible).filter_map(|relation| {
                        let name = ObjectName::from(relation.qualifier.clone()?);
                        let merged: Vec<_> =
                            relation.merged.iter().map(|name| ObjectName::from(vec![name.clone()])).collect();
                        let options = WildcardAdditionalOptions {
                            opt_exclude: (!merged.is_empty()).then_some(ExcludeSelectItem::Multiple(merged)),
                            ..options.clone()
                        };
                        let kind = SelectItemQualifiedWildcardKind::ObjectName(name);
                        Some(SelectItem::QualifiedWildcard(kind, options))
                    });
                select.projection.extend(keys.chain(tables));
            }
            item => select.projection.push(item),
        }
    }
}

fn find<'a>(keys: &'a [Key], name: &Ident) -> Option<&'a Key> {
    keys.iter().find(|key| key.is(name))
}

impl Key {
    fn is(&self, name: &Ident) -> bool {
        normalized(&self.name) == normalized(name)
    }

    fn item(&self) -> SelectItem {
        SelectItem::ExprWithAlias { expr: self.value.clone(), alias: self.name.clone() }
    }
}

/// A key in the SELECT list keeps its name.
fn name_key(item: &mut SelectItem, keys: &[Key]) {
    if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
        && let Some(key) = find(keys, name)
    {
        *item = SelectItem::ExprWithAlias { expr: key.value.clone(), alias: name.clone() };
    }
}

/// The names under which a query gives its columns, as far as the text says them.
fn outputs(select: &Select) -> Vec<String> {
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(normalized(alias)),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(normalized(name)),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().map(normalized),
        _ => None,
    };
    select.projection.iter().filter_map(name).collect()
}

/// Puts the one value of a key where its name stands alone, not in queries inside.
struct Replace<'a> {
    keys: Vec<&'a Key>,
    queries: usize,
}

impl VisitorMut for Replace<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.queries += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if self.queries == 0
            && let Expr::Identifier(name) = expr
            && let Some(key) = self.keys.iter().find(|key| key.is(name))
        {
            *expr = key.value.clone();
        }
        ControlFlow::Continue(())
    }
}
