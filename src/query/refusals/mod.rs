//! Refuses what a statement says and planning would drop, or take for something else.
//!
//! The parser reads what any dialect has; DataFusion plans a part of it, and is silent about much of the rest. Here
//! every part of a statement is taken apart field by field, without `..`: a field that a new version of the parser
//! adds must be decided before it compiles. A field that is not named in the code is planned, or changes no row; `fields`
//! says of each which it is.
//!
//! `lexical` looks at tokens, `names` at aliases, `clauses` at queries, `tables` at FROM, `expressions` and `types` at
//! expressions, `definitions` at other statements than queries, `calls` at functions, whose kind only the session knows.

mod calls;
mod clauses;
mod definitions;
mod expressions;
mod lexical;
mod names;
mod tables;
mod types;

use std::ops::ControlFlow;

use datafusion::sql::{
    parser::{CopyToSource, Statement as ParsedStatement},
    sqlparser::ast::{Expr, Query, Select, Statement, TableFactor, Visit, Visitor},
};

pub(super) use calls::Calls;
pub use calls::{FunctionKind, Functions};

use super::words::Words;
use crate::error::{Error, Result};

/// Refuses what planning would drop from a statement.
///
/// # Errors
/// The first part that would be dropped or misread, with its place.
pub(super) fn refuse(statement: &ParsedStatement, words: &Words<'_>) -> Result<()> {
    let mut refusals = Refusals { words, queries: 0, may_create: false };
    let flow = match statement {
        ParsedStatement::Statement(statement) => statement.visit(&mut refusals),
        ParsedStatement::Explain(explain) => return refuse(&explain.statement, words),
        ParsedStatement::CopyTo(copy) => {
            definitions::copy(copy, words)?;
            match &copy.source {
                CopyToSource::Query(query) => query.visit(&mut refusals),
                CopyToSource::Relation(_) => ControlFlow::Continue(()),
            }
        }
        ParsedStatement::CreateExternalTable(table) => {
            return definitions::external_table(table, words);
        }
        ParsedStatement::Reset(_) => ControlFlow::Continue(()),
    };
    flow.break_value().map_or(Ok(()), Err)
}

/// Refuses what planning would drop from an expression.
///
/// # Errors
/// The first part that would be dropped or misread, with its place.
pub(super) fn refuse_expression(expr: &Expr, words: &Words<'_>) -> Result<()> {
    let mut refusals = Refusals { words, queries: 0, may_create: false };
    expr.visit(&mut refusals).break_value().map_or(Ok(()), Err)
}

/// Refuses tokens that are read as something else than what they look like.
///
/// # Errors
/// The first such token, with its place.
pub(super) fn refuse_tokens(words: &Words<'_>) -> Result<()> {
    lexical::numbers(words)
}

fn not_supported(what: &str, hint: impl Into<String>) -> Error {
    Error::query(format!("not supported: `{what}`")).hint(hint)
}

struct Refusals<'a> {
    words: &'a Words<'a>,
    /// How many queries are open.
    queries: usize,
    /// Whether a query that is not inside of another one may make a table with INTO.
    may_create: bool,
}

fn flow(result: Result<()>) -> ControlFlow<Error> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

impl Visitor for Refusals<'_> {
    type Break = Error;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Error> {
        self.may_create = matches!(statement, Statement::Query(_));
        flow(definitions::statement(statement, self.words))
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Error> {
        let may_create = self.may_create && self.queries == 0;
        self.queries += 1;
        flow(clauses::query(query, may_create, self.words))
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Error> {
        self.queries -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Error> {
        flow(clauses::select(select, self.words))
    }

    // Joins come after their tables: what is read as a name of a table may have been meant as the kind of the join.
    fn post_visit_select(&mut self, select: &Select) -> ControlFlow<Error> {
        flow(select.from.iter().try_for_each(|table| tables::joins(table, self.words)))
    }

    fn post_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Error> {
        match factor {
            TableFactor::NestedJoin { table_with_joins, .. } => {
                flow(tables::joins(table_with_joins, self.words))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Error> {
        flow(tables::factor(factor, self.words))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Error> {
        flow(expressions::expression(expr, self.words))
    }
}
