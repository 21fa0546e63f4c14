//! Keeps apart what differs only by a cast. Planning names columns without their casts, so `sum(x)` and
//! `sum(CAST(x AS INT))` would be one column to it. Where that happens in a query, each different cast is wrapped in its own
//! number of `coalesce`, which with one argument changes nothing, and which the optimizer takes away.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use datafusion::sql::sqlparser::ast::{
    CastKind, Distinct, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, GroupByExpr, Ident, ObjectName, OrderBy, OrderByKind, Query, Select, SelectItem,
    SetExpr, VisitMut, VisitorMut, visit_expressions,
};

/// Mends all queries.
pub(in crate::query) struct SameNames;

impl VisitorMut for SameNames {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        match query.body.as_mut() {
            SetExpr::Select(select) => mend(select, query.order_by.as_mut()),
            body => mend_branches(body),
        }
        ControlFlow::Continue(())
    }
}

fn mend_branches(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => mend(select, None),
        SetExpr::SetOperation { left, right, .. } => {
            mend_branches(left);
            mend_branches(right);
        }
        _ => {}
    }
}

fn mend(select: &mut Select, mut order_by: Option<&mut OrderBy>) {
    let mut casts = 0;
    each_expression(select, order_by.as_deref_mut(), &mut |expr, _| {
        let _ = visit_expressions(expr, |expr| {
            casts += usize::from(matches!(expr, Expr::Cast { .. }));
            ControlFlow::<()>::Continue(())
        });
    });
    if casts == 0 {
        return;
    }
    let mut named = Named::default();
    each_expression(select, order_by.as_deref_mut(), &mut |expr, is_key| {
        if is_key {
            named.add(expr);
        }
        let _ = expr.visit(&mut named);
    });
    if named.texts.values().any(|texts| texts.len() > 1) {
        let mut apart = Apart::default();
        each_expression(select, order_by, &mut |expr, _| {
            let _ = expr.visit(&mut apart);
        });
    }
}

/// Calls back with each expression of a query, and whether it is one by which rows are grouped.
fn each_expression(
    select: &mut Select,
    order_by: Option<&mut OrderBy>,
    each: &mut dyn FnMut(&mut Expr, bool),
) {
    if let GroupByExpr::Expressions(keys, _) = &mut select.group_by {
        for key in keys {
            match key {
                Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) => {
                    sets.iter_mut().flatten().for_each(|key| each(key, true));
                }
                key => each(key, true),
            }
        }
    }
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            each(expr, false);
        }
    }
    if let Some(Distinct::On(keys)) = &mut select.distinct {
        keys.iter_mut().for_each(|key| each(key, false));
    }
    select.having.iter_mut().chain(&mut select.qualify).for_each(|expr| each(expr, false));
    if let Some(OrderBy { kind: OrderByKind::Expressions(keys), .. }) = order_by {
        keys.iter_mut().for_each(|key| each(&mut key.expr, false));
    }
}

/// The texts of calls and keys, by what they are without casts.
#[derive(Default)]
struct Named {
    texts: BTreeMap<String, BTreeSet<String>>,
}

impl Named {
    fn add(&mut self, expr: &Expr) {
        let (mut plain, mut whole) = (expr.clone(), expr.clone());
        let _ = plain.visit(&mut Plain { without_casts: true });
        let _ = whole.visit(&mut Plain { without_casts: false });
        self.texts.entry(plain.to_string()).or_default().insert(whole.to_string());
    }
}

impl VisitorMut for Named {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if matches!(expr, Expr::Function(_)) {
            self.add(expr);
        }
        ControlFlow::Continue(())
    }
}

/// Writes what is the same in the same way: without the tables of columns, parentheses, and the case of letters.
struct Plain {
    without_casts: bool,
}

impl VisitorMut for Plain {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let lowered = |name: &Ident| Ident::new(super::normalized(name));
        match expr {
            Expr::Identifier(name) => *expr = Expr::Identifier(lowered(name)),
            Expr::CompoundIdentifier(names) => {
                if let Some(name) = names.last() {
                    *expr = Expr::Identifier(lowered(name));
                }
            }
            Expr::Function(function) => {
                function.name = ObjectName::from(vec![Ident::new(function.name.to_string().to_lowercase())]);
            }
            Expr::Nested(inner) => *expr = inner.as_ref().clone(),
            Expr::Cast { expr: inner, .. } if self.without_casts => *expr = inner.as_ref().clone(),
            Expr::Cast { kind: kind @ CastKind::DoubleColon, .. } => *kind = CastKind::Cast,
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Wraps casts, the same in the same way.
#[derive(Default)]
struct Apart {
    casts: Vec<String>,
}

impl VisitorMut for Apart {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if !matches!(expr, Expr::Cast { .. }) {
            return ControlFlow::Continue(());
        }
        let mut plain = expr.clone();
        let _ = plain.visit(&mut Plain { without_casts: false });
        let text = plain.to_string();
        let number = self.casts.iter().position(|cast| *cast == text).unwrap_or_else(|| {
            self.casts.push(text);
            self.casts.len() - 1
        });
        for _ in 0..=number {
            *expr = coalesce(vec![expr.clone()]);
        }
        ControlFlow::Continue(())
    }
}

/// A call of `coalesce`.
pub(super) fn coalesce(values: Vec<Expr>) -> Expr {
    let args = values.into_iter().map(|value| FunctionArg::Unnamed(FunctionArgExpr::Expr(value))).collect();
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("coalesce")]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args,
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}
