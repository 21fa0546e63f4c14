//! Prepares placeholders for binding: each gets its type by a cast, a list in `IN` one placeholder for each value.
//!
//! The value itself never becomes SQL text. It is bound to the plan; the cast only tells the planner its type.

use std::{collections::BTreeSet, ops::ControlFlow};

use datafusion::{
    common::ScalarValue,
    sql::sqlparser::ast::{CastKind, Expr, Value, ValueWithSpan, Visitor, VisitorMut},
};

use super::parameter::Parameters;

/// Collects the names of the placeholders, without `$`.
#[derive(Default)]
pub(super) struct Placeholders(pub(super) BTreeSet<String>);

impl Visitor for Placeholders {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Some(name) = placeholder(expr) {
            self.0.insert(name.to_owned());
        }
        ControlFlow::Continue(())
    }
}

/// Types the placeholders of a statement and collects the values to bind.
pub(super) struct Binding<'a> {
    parameters: &'a Parameters,
    values: Vec<(String, ScalarValue)>,
}

impl<'a> Binding<'a> {
    pub(super) fn new(parameters: &'a Parameters) -> Self {
        Self { parameters, values: Vec::new() }
    }

    pub(super) fn into_values(self) -> Vec<(String, ScalarValue)> {
        self.values
    }

    fn element(name: &str, index: usize) -> String {
        format!("{name}[{index}]")
    }

    /// `x IN ($list)` becomes `x IN ($list[0], $list[1], …)`; with no values it is false, NOT IN is true.
    fn expand_list(&mut self, expr: &mut Expr) {
        let Expr::InList { list, negated, .. } = expr else { return };
        let [only] = &list[..] else { return };
        let Some(name) = placeholder(only).map(str::to_owned) else { return };
        let Some(parameter) = self.parameters.get(&name).filter(|parameter| parameter.is_list()) else {
            return;
        };
        if parameter.values().is_empty() {
            *expr = Expr::Value(Value::Boolean(*negated).into());
            return;
        }
        *list = (0..parameter.values().len())
            .map(|index| placeholder_expr(&Self::element(&name, index)))
            .collect();
    }

    fn typed(&mut self, name: &str) -> Option<Expr> {
        let (parameter_name, element) = match name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
            Some((parameter_name, index)) => (parameter_name, index.parse::<usize>().ok()),
            None => (name, None),
        };
        let parameter = self.parameters.get(parameter_name)?;
        let bound = match element {
            Some(index) => parameter.values().get(index)?.clone(),
            None => parameter.scalar(),
        };
        let data_type = match (element, parameter.is_list()) {
            (None, true) => None,
            _ => Some(parameter.sql_type(&bound)),
        };
        self.values.push((name.to_owned(), bound));
        let expr = placeholder_expr(name);
        Some(match data_type {
            None => expr,
            Some(data_type) => Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(expr),
                data_type,
                array: false,
                format: None,
            },
        })
    }
}

impl VisitorMut for Binding<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        self.expand_list(expr);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Some(name) = placeholder(expr).map(str::to_owned)
            && let Some(typed) = self.typed(&name)
        {
            *expr = typed;
        }
        ControlFlow::Continue(())
    }
}

fn placeholder(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Placeholder(name), .. }) => name.strip_prefix('$'),
        _ => None,
    }
}

fn placeholder_expr(name: &str) -> Expr {
    Expr::Value(Value::Placeholder(format!("${name}")).into())
}
