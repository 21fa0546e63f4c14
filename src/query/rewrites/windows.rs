//! Puts the definitions of WINDOW where their names stand. Planning does it only in the SELECT list: in ORDER BY and QUALIFY
//! it takes `sum(x) OVER w` for `sum(x)`, and of `OVER (w ORDER BY x)` it forgets `w`.

use std::{collections::BTreeMap, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, Ident, NamedWindowDefinition, NamedWindowExpr, OrderByKind, Query, Select, SelectItem,
    SetExpr, VisitMut, VisitorMut, WindowSpec, WindowType,
};

use super::normalized;
use crate::{
    error::{Error, Result},
    query::text::Text,
};

type Definitions = BTreeMap<String, WindowSpec>;

/// Resolves the windows of all queries, from the inside out.
pub(in crate::query) struct Windows<'a> {
    pub(in crate::query) text: &'a Text,
}

impl VisitorMut for Windows<'_> {
    type Break = Error;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        let definitions = match self.definitions(&select.named_window) {
            Ok(definitions) => definitions,
            Err(error) => return ControlFlow::Break(error),
        };
        let mut resolve = Resolve { definitions: &definitions, text: self.text };
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                expr.visit(&mut resolve)?;
            }
        }
        if let Some(Distinct::On(keys)) = &mut select.distinct {
            keys.visit(&mut resolve)?;
        }
        select.qualify.visit(&mut resolve)
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let definitions = match query.body.as_ref() {
            SetExpr::Select(select) => self.definitions(&select.named_window),
            _ => Ok(Definitions::new()),
        };
        let definitions = match definitions {
            Ok(definitions) => definitions,
            Err(error) => return ControlFlow::Break(error),
        };
        match query.order_by.as_mut().map(|order_by| &mut order_by.kind) {
            Some(OrderByKind::Expressions(keys)) => {
                keys.visit(&mut Resolve { definitions: &definitions, text: self.text })
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Windows<'_> {
    /// The definitions by their names; each may stand on those before it.
    fn definitions(&self, named: &[NamedWindowDefinition]) -> Result<Definitions> {
        let mut definitions = Definitions::new();
        for NamedWindowDefinition(name, definition) in named {
            let spec = match definition {
                NamedWindowExpr::NamedWindow(base) => find(&definitions, base, self.text)?.clone(),
                NamedWindowExpr::WindowSpec(spec) => whole(spec.clone(), &definitions, self.text)?,
            };
            if definitions.insert(normalized(name), spec).is_some() {
                return Err(at(
                    Error::query(format!("the window `{name}` is defined twice")),
                    name,
                    self.text,
                )
                .hint("give each window its own name"));
            }
        }
        Ok(definitions)
    }
}

struct Resolve<'a> {
    definitions: &'a Definitions,
    text: &'a Text,
}

impl VisitorMut for Resolve<'_> {
    type Break = Error;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        let Expr::Function(function) = expr else { return ControlFlow::Continue(()) };
        let resolved = match function.over.take() {
            Some(WindowType::NamedWindow(name)) => find(self.definitions, &name, self.text).cloned(),
            Some(WindowType::WindowSpec(spec)) => whole(spec, self.definitions, self.text),
            None => return ControlFlow::Continue(()),
        };
        match resolved {
            Ok(spec) => {
                function.over = Some(WindowType::WindowSpec(spec));
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(error),
        }
    }
}

/// A window together with the one on which it stands: `(w ORDER BY x)`.
fn whole(mut spec: WindowSpec, definitions: &Definitions, text: &Text) -> Result<WindowSpec> {
    let Some(name) = spec.window_name.take() else { return Ok(spec) };
    let base = find(definitions, &name, text)?;
    let twice = |what: &str| {
        Err(at(Error::query(format!("the window `{name}` has {what} already")), &name, text)
            .hint(format!("write the whole window here, without `{name}`")))
    };
    if !spec.partition_by.is_empty() {
        return twice("its `PARTITION BY`");
    }
    if !spec.order_by.is_empty() && !base.order_by.is_empty() {
        return twice("an `ORDER BY`");
    }
    if base.window_frame.is_some() {
        return twice("a frame");
    }
    spec.partition_by.clone_from(&base.partition_by);
    if spec.order_by.is_empty() {
        spec.order_by.clone_from(&base.order_by);
    }
    Ok(spec)
}

fn find<'a>(definitions: &'a Definitions, name: &Ident, text: &Text) -> Result<&'a WindowSpec> {
    definitions.get(&normalized(name)).ok_or_else(|| {
        at(Error::query(format!("the window `{name}` is not defined")), name, text)
            .hint(format!("define it behind the tables: `WINDOW {name} AS (PARTITION BY … ORDER BY …)`"))
    })
}

fn at(error: Error, name: &Ident, text: &Text) -> Error {
    let (start, end) = (name.span.start, name.span.end);
    error.at(text.place_between((start.line, start.column), (end.line, end.column)))
}
