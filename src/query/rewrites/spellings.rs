//! Other words for the same: `FROM sales`, `FETCH FIRST 3 ROWS ONLY`, MINUS, SEMI JOIN, TEMP.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Fetch, Join, JoinOperator, LimitClause, Query, Select, SelectFlavor,
    SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, Statement, TableFactor, Value,
    VisitorMut, WildcardAdditionalOptions, helpers::attached_token::AttachedToken,
};

/// Puts the words of the planner in the place of others.
pub(in crate::query) struct Spellings;

impl VisitorMut for Spellings {
    type Break = ();

    /// Every table and view lasts as long as the session, so TEMP changes nothing.
    fn pre_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<()> {
        match statement {
            Statement::CreateTable(table) => table.temporary = false,
            Statement::CreateView(view) => view.temporary = false,
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        minus(&mut query.body);
        fetch(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if matches!(select.flavor, SelectFlavor::FromFirstNoSelect) && select.projection.is_empty() {
            select.projection = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
        }
        select.projection.iter_mut().for_each(replace);
        select.from.iter_mut().for_each(|table| joins(&mut table.joins));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::NestedJoin { table_with_joins, .. } = factor {
            joins(&mut table_with_joins.joins);
        }
        ControlFlow::Continue(())
    }
}

/// `* REPLACE (x AS column)` asks for the column, so that it is an error where there is none: planning would do nothing.
fn replace(item: &mut SelectItem) {
    let (table, options): (Vec<_>, _) = match item {
        SelectItem::Wildcard(options) => (Vec::new(), options),
        SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(table), options) => {
            (table.0.iter().filter_map(|part| part.as_ident().cloned()).collect(), options)
        }
        _ => return,
    };
    for replaced in options.opt_replace.iter_mut().flat_map(|replace| &mut replace.items) {
        let name = replaced.column_name.clone();
        let column = || match table.is_empty() {
            true => Expr::Identifier(name.clone()),
            false => Expr::CompoundIdentifier(table.iter().cloned().chain([name.clone()]).collect()),
        };
        let always = Expr::BinaryOp {
            left: Box::new(Expr::IsNull(Box::new(column()))),
            op: BinaryOperator::Or,
            right: Box::new(Expr::IsNotNull(Box::new(column()))),
        };
        replaced.expr = Expr::Case {
            case_token: AttachedToken::empty(),
            end_token: AttachedToken::empty(),
            operand: None,
            conditions: vec![CaseWhen { condition: always, result: replaced.expr.clone() }],
            else_result: None,
        };
    }
}

fn minus(body: &mut SetExpr) {
    let mut body = body;
    while let SetExpr::SetOperation { op, left, right, .. } = body {
        if *op == SetOperator::Minus {
            *op = SetOperator::Except;
        }
        minus(right);
        body = left;
    }
}

fn fetch(query: &mut Query) {
    let Some(Fetch { with_ties: false, percent: false, quantity }) = &query.fetch else { return };
    let count = quantity.clone().unwrap_or_else(|| Expr::Value(Value::Number("1".to_owned(), false).into()));
    match &mut query.limit_clause {
        None => {
            query.limit_clause =
                Some(LimitClause::LimitOffset { limit: Some(count), offset: None, limit_by: Vec::new() });
        }
        Some(LimitClause::LimitOffset { limit: limit @ None, limit_by, .. }) if limit_by.is_empty() => {
            *limit = Some(count);
        }
        Some(_) => return,
    }
    query.fetch = None;
}

fn joins(joins: &mut [Join]) {
    for join in joins {
        join.join_operator = match &join.join_operator {
            JoinOperator::Semi(constraint) => JoinOperator::LeftSemi(constraint.clone()),
            JoinOperator::Anti(constraint) => JoinOperator::LeftAnti(constraint.clone()),
            _ => continue,
        };
    }
}
