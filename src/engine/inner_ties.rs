//! Decides ties within functions: which of two rows that are equal in the ORDER BY of a window or an aggregate is first.
//!
//! `row_number`, `ntile`, `lag`, `lead`, the first and last values and frames of ROWS would otherwise give what the order of
//! threads happens to be. All other columns that the query reads decide, in the order of their names: rows that are equal
//! in all of them are the same rows to the query. `rank` and frames of RANGE treat
//! equal rows alike and are left as they are. Without an ORDER BY there is nothing to decide by.
//!
//! This runs on optimized plans, when columns that nobody reads are gone.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, DFSchema,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    logical_expr::{
        Aggregate, Expr, LogicalPlan, Projection, SortExpr, Window, WindowFrame, WindowFrameUnits,
        WindowFunctionDefinition,
        expr::{AggregateFunction, WindowFunction},
        expr_rewriter::NamePreserver,
    },
};

use super::total_order::{is_comparable, without_repetitions};

/// Functions of rows, whatever the frame is.
const BY_ROW: [&str; 4] = ["lag", "lead", "ntile", "row_number"];

/// Columns of this prefix are made by DataFusion, for one plan and not for another.
const INTERMEDIATE: &str = "__common_expr";

/// Returns the plan in which every order within functions is a total one.
pub(super) fn decide_inner_ties(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Window(window) if window.window_expr.iter().any(is_undecided) => {
            decide_windows(window).map(Transformed::yes)
        }
        LogicalPlan::Aggregate(aggregate) if aggregate.aggr_expr.iter().any(has_order) => {
            decide_aggregates(aggregate).map(Transformed::yes)
        }
        node => Ok(Transformed::no(node)),
    })
    .data()
}

/// Windows of one order share a sort: each order gets a node of its own.
fn decide_windows(window: Window) -> Result<LogicalPlan> {
    let schema = Arc::clone(&window.schema);
    let node = LogicalPlan::Window(window.clone());
    let names = NamePreserver::new(&node);
    let (undecided, decided): (Vec<Expr>, Vec<Expr>) = window.window_expr.into_iter().partition(is_undecided);
    let breakers = tie_breakers(window.input.schema());
    let mut orders: Vec<(Vec<SortExpr>, Vec<Expr>)> = Vec::new();
    for expr in undecided {
        let name = names.save(&expr);
        let mut order = Vec::new();
        let expr = expr
            .transform_down(|expr| match expr {
                Expr::WindowFunction(mut function) if is_undecided_function(&function) => {
                    let partition = &function.params.partition_by;
                    let others = breakers.iter().filter(|breaker| !partition.contains(&breaker.expr));
                    extend(&mut function.params.order_by, others);
                    order = function.params.order_by.clone();
                    Ok(Transformed::yes(Expr::WindowFunction(function)))
                }
                expr => Ok(Transformed::no(expr)),
            })
            .data()?;
        let expr = name.restore(expr);
        match orders.iter_mut().find(|(other, _)| *other == order) {
            Some((_, exprs)) => exprs.push(expr),
            None => orders.push((order, vec![expr])),
        }
    }
    let mut plan = window.input;
    for exprs in [decided].into_iter().chain(orders.into_iter().map(|(_, exprs)| exprs)) {
        if !exprs.is_empty() {
            plan = Arc::new(LogicalPlan::Window(Window::try_new(exprs, plan)?));
        }
    }
    // Columns stand where they stood.
    match plan.schema().columns() == schema.columns() {
        true => Ok(Arc::unwrap_or_clone(plan)),
        false => Ok(LogicalPlan::Projection(Projection::new_from_schema(plan, schema))),
    }
}

fn decide_aggregates(aggregate: Aggregate) -> Result<LogicalPlan> {
    let node = LogicalPlan::Aggregate(aggregate.clone());
    let names = NamePreserver::new(&node);
    let decide = |expr: Expr| {
        let name = names.save(&expr);
        let decided = expr.transform_down(|expr| match expr {
            Expr::AggregateFunction(AggregateFunction { func, mut params })
                if !params.order_by.is_empty() =>
            {
                params.order_by = without_repetitions(std::mem::take(&mut params.order_by));
                Ok(Transformed::yes(Expr::AggregateFunction(AggregateFunction { func, params })))
            }
            expr => Ok(Transformed::no(expr)),
        });
        Ok(name.restore(decided.data()?))
    };
    let aggr_expr = aggregate.aggr_expr.into_iter().map(decide).collect::<Result<Vec<_>>>()?;
    Aggregate::try_new_with_schema(aggregate.input, aggregate.group_expr, aggr_expr, aggregate.schema)
        .map(LogicalPlan::Aggregate)
}

fn extend<'a>(order: &mut Vec<SortExpr>, breakers: impl Iterator<Item = &'a SortExpr>) {
    for breaker in breakers {
        if !order.iter().any(|sort| sort.expr == breaker.expr) {
            order.push(breaker.clone());
        }
    }
}

/// All columns that can be compared, in the order of their names.
fn tie_breakers(schema: &DFSchema) -> Vec<SortExpr> {
    let comparable = schema.iter().filter(|(_, field)| is_comparable(field.data_type()));
    let mut columns: Vec<Column> =
        comparable.map(|(qualifier, field)| Column::new(qualifier.cloned(), field.name())).collect();
    columns.retain(|column| !column.name.starts_with(INTERMEDIATE));
    columns.sort_by_key(|column| (column.name.clone(), column.relation.as_ref().map(ToString::to_string)));
    columns.into_iter().map(|column| SortExpr::new(Expr::Column(column), true, false)).collect()
}

fn is_undecided(expr: &Expr) -> bool {
    expr.exists(|expr| Ok(matches!(expr, Expr::WindowFunction(function) if is_undecided_function(function))))
        .unwrap_or(false)
}

fn has_order(expr: &Expr) -> bool {
    expr.exists(|expr| {
        Ok(matches!(expr, Expr::AggregateFunction(function) if !function.params.order_by.is_empty()))
    })
    .unwrap_or(false)
}

fn is_undecided_function(function: &WindowFunction) -> bool {
    let frame = &function.params.window_frame;
    let by_rows = frame.units == WindowFrameUnits::Rows && !is_whole(frame);
    let is_undecided = match &function.fun {
        WindowFunctionDefinition::AggregateUDF(_) => by_rows,
        WindowFunctionDefinition::WindowUDF(window) => match window.name() {
            name if BY_ROW.contains(&name) => true,
            "first_value" => frame.start_bound.is_unbounded() || by_rows,
            // In a frame of RANGE the last row is the last of those that are equal, which must stay equal.
            "last_value" | "nth_value" => by_rows || is_whole(frame),
            _ => false,
        },
    };
    is_undecided && !function.params.order_by.is_empty()
}

fn is_whole(frame: &WindowFrame) -> bool {
    frame.start_bound.is_unbounded() && frame.end_bound.is_unbounded()
}
