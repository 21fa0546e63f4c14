//! Heads every unnamed column by its SQL text, so that users read `sum(x) / 2`, not an internal name.
//!
//! Names show where rows come out and where a query around refers to them. In later branches of UNION, in EXISTS and IN, in
//! scalar subqueries, in INSERT and below a list of names they do not; there equal names are no mistake, and are told apart.

use std::{collections::BTreeSet, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, Select, SelectItem, SetExpr, SetQuantifier, Statement, TableFactor, VisitorMut,
};

/// Gives each unnamed expression of each SELECT list its own text as its name.
pub(super) struct Headings;

impl VisitorMut for Headings {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(insert) => insert.source.iter_mut().for_each(|query| head(query, false)),
            Statement::CreateView(view) if !view.columns.is_empty() => head(&mut view.query, false),
            Statement::CreateTable(table) if !table.columns.is_empty() => {
                table.query.iter_mut().for_each(|query| head(query, false));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        for cte in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            if !cte.alias.columns.is_empty() {
                head(&mut cte.query, false);
            }
        }
        head(query, true);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Derived { subquery, alias: Some(alias), .. } = factor
            && !alias.columns.is_empty()
        {
            head(subquery, false);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Exists { subquery, .. } | Expr::InSubquery { subquery, .. } | Expr::Subquery(subquery) =
            expr
        {
            head(subquery, false);
        }
        ControlFlow::Continue(())
    }
}

/// Heads the columns of a query. What has been headed once has names, and stays as it is.
fn head(query: &mut Query, shows: bool) {
    head_body(&mut query.body, shows);
}

fn head_body(body: &mut SetExpr, shows: bool) {
    match body {
        SetExpr::Select(select) if shows => head_shown(select),
        SetExpr::Select(select) => head_hidden(select),
        SetExpr::Query(query) => head(query, shows),
        SetExpr::SetOperation { op: _, set_quantifier, left, right } => {
            let by_name = matches!(
                set_quantifier,
                SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
            );
            head_body(left, shows || by_name);
            head_body(right, by_name);
        }
        _ => {}
    }
}

fn head_shown(select: &mut Select) {
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expr) = item
            && !has_own_name(expr)
        {
            let text = expr.to_string();
            name(item, text);
        }
    }
}

/// Gives each column a name that no other has.
fn head_hidden(select: &mut Select) {
    let mut taken: BTreeSet<String> = select
        .projection
        .iter()
        .filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.to_lowercase()),
            _ => None,
        })
        .collect();
    for item in &mut select.projection {
        let SelectItem::UnnamedExpr(expr) = item else { continue };
        let column = own_column(expr);
        // A function that makes columns out of one value names them itself.
        if column.is_none() && has_own_name(expr) {
            continue;
        }
        let text = column.clone().unwrap_or_else(|| expr.to_string());
        let mut unique = text.clone();
        let mut number = 1;
        while !taken.insert(unique.to_lowercase()) {
            number += 1;
            unique = format!("{text} {number}");
        }
        if column.is_none() || number > 1 {
            name(item, unique);
        }
    }
}

fn name(item: &mut SelectItem, name: String) {
    if let SelectItem::UnnamedExpr(expr) = item {
        *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias: Ident::with_quote('"', name) };
    }
}

/// The name of a column.
fn own_column(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        Expr::Nested(inner) => own_column(inner),
        _ => None,
    }
}

/// A column is known by its own name. A function that makes columns out of one value names them itself.
fn has_own_name(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => true,
        Expr::Nested(inner) => has_own_name(inner),
        Expr::Function(function) => {
            function.name.0.last().is_some_and(|part| part.to_string().eq_ignore_ascii_case("unnest"))
        }
        _ => false,
    }
}
