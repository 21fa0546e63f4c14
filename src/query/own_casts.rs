//! Writes a cast twice where DataFusion adds casts while it reads SQL, so that the user's own can be told from those.
//!
//! It makes one type of the rows of VALUES, of the parts of a recursive query, and of what UPDATE assigns. A cast that stands
//! twice converts nothing the second time, while one that DataFusion added shows both types: `engine::coercion` judges it.

use std::{mem, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Query, Select, SelectItem, SetExpr, Statement, TypedString, Value, VisitorMut,
};

/// Doubles the casts of one tree.
pub(super) struct OwnCasts;

impl VisitorMut for OwnCasts {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        double_in_values(&mut query.body);
        if let Some(with) = query.with.as_mut().filter(|with| with.recursive) {
            for table in &mut with.cte_tables {
                if let SetExpr::SetOperation { right, .. } = table.query.body.as_mut()
                    && let SetExpr::Select(select) = right.as_mut()
                {
                    double_in_select(select);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<()> {
        if let Statement::Update(update) = statement {
            for assignment in &mut update.assignments {
                double(&mut assignment.value);
            }
        }
        ControlFlow::Continue(())
    }
}

fn double_in_values(body: &mut SetExpr) {
    match body {
        SetExpr::Values(values) => values.rows.iter_mut().flat_map(|row| &mut row.content).for_each(double),
        SetExpr::SetOperation { left, right, .. } => {
            double_in_values(left);
            double_in_values(right);
        }
        _ => {}
    }
}

fn double_in_select(select: &mut Select) {
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            double(expr);
        }
    }
}

fn double(expr: &mut Expr) {
    let data_type = match expr {
        Expr::Nested(inner) => return double(inner),
        Expr::Cast { data_type, kind: CastKind::Cast | CastKind::DoubleColon, format: None, .. }
        | Expr::TypedString(TypedString { data_type, .. }) => data_type.clone(),
        _ => return,
    };
    let inner = Box::new(mem::replace(expr, Expr::Value(Value::Null.into())));
    *expr = Expr::Cast { kind: CastKind::Cast, expr: inner, data_type, array: false, format: None };
}
