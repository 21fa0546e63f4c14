//! Reads TIMESTAMP as TIMESTAMP(6): microseconds, as in PostgreSQL and in the files that marginql reads.
//!
//! DataFusion would read TIMESTAMP(9), whose nanoseconds end in the year 2262, and `9999-12-31` is in every ERP.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{ArrayElemTypeDef, DataType, Expr, Statement, TableFactor, VisitorMut};

/// Digits of the seconds where none are written.
const DIGITS: u64 = 6;

/// Mends one tree.
#[derive(Default)]
pub(super) struct Timestamps {
    /// How many calls of table functions stand around: `generate_series` takes nanoseconds only.
    calls: usize,
}

impl VisitorMut for Timestamps {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if self.calls > 0 {
            return ControlFlow::Continue(());
        }
        match expr {
            Expr::Cast { data_type, .. } => mend(data_type),
            Expr::TypedString(typed) => mend(&mut typed.data_type),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        self.calls += usize::from(is_call(factor));
        ControlFlow::Continue(())
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        self.calls -= usize::from(is_call(factor));
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &mut Statement) -> ControlFlow<()> {
        if let Statement::CreateTable(table) = statement {
            table.columns.iter_mut().for_each(|column| mend(&mut column.data_type));
        }
        ControlFlow::Continue(())
    }
}

fn is_call(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::Table { args: Some(_), .. } | TableFactor::Function { .. })
}

fn mend(data_type: &mut DataType) {
    match data_type {
        DataType::Timestamp(digits @ None, _) => *digits = Some(DIGITS),
        DataType::Array(ArrayElemTypeDef::AngleBracket(item) | ArrayElemTypeDef::SquareBracket(item, _)) => {
            mend(item);
        }
        _ => {}
    }
}
