//! Heads every unnamed column by its SQL text, so that users read `sum(x) / 2`, not an internal name.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem, VisitorMut};

/// Gives each unnamed expression of each SELECT list its own text as its name.
pub(super) struct Headings;

impl VisitorMut for Headings {
    type Break = ();

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) = item
                && !has_own_name(expr)
            {
                let alias = Ident::with_quote('"', expr.to_string());
                *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
            }
        }
        ControlFlow::Continue(())
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
