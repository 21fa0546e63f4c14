//! What the engine converts by itself: the arguments of functions, and what stands where a condition is expected.
//!
//! Only DataFusion knows what a function takes. So its own coercion is let through, and the casts that it added are
//! judged: those that were there before are the user's.

use datafusion::{
    arrow::datatypes::DataType,
    common::{DFSchema, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Expr, ExprSchemable,
        expr::{AggregateFunction, AggregateFunctionParams, Case, ScalarFunction, WindowFunctionDefinition},
    },
};

use super::{
    kind::{Kind, clash, kind},
    quoted::{exact_value, quoted},
    refusal,
};

/// Functions that write any value as text, as `||` does.
const CONCATENATIONS: [&str; 2] = ["concat", "concat_ws"];

/// How the operands of an expression were before they were coerced.
pub(super) struct Conversions(Vec<Before>);

enum Before {
    /// So many casts stood one within the other; those that come to stand around them are the engine's.
    Casts(usize),
    /// A subquery of one value is converted inside of it.
    Subquery(DataType),
}

impl Conversions {
    /// Remembers the operands; none if nothing in the expression is to be judged.
    pub(super) fn before(expr: &Expr) -> Option<Self> {
        let operands = operands(expr)?;
        Some(Self(operands.into_iter().map(Before::of).collect()))
    }

    /// Refuses conversions between text and something else.
    pub(super) fn judge(self, coerced: Transformed<Expr>, schema: &DFSchema) -> Result<Transformed<Expr>> {
        for (before, after) in self.0.iter().zip(operands(&coerced.data).unwrap_or_default()) {
            let Some((operand, from, to)) = before.converted(after, schema)? else { continue };
            let is_container = kind(&from).is_none();
            if let Some((from, to)) = clash(&from, &to)
                && !is_allowed(operand, from, to)
            {
                return Err(match function(&coerced.data) {
                    Some(name) if is_container => refusal::argument_within(name, operand, from, to),
                    Some(name) => refusal::argument(name, operand, from, to),
                    None => refusal::condition(operand, from),
                });
            }
        }
        Ok(coerced)
    }
}

impl Before {
    fn of(operand: &Expr) -> Self {
        match operand {
            Expr::ScalarSubquery(subquery) => {
                Self::Subquery(subquery.subquery.schema().field(0).data_type().clone())
            }
            operand => Self::Casts(casts(operand)),
        }
    }

    /// What was converted, from which type to which; none if it was not.
    fn converted<'a>(
        &self,
        after: &'a Expr,
        schema: &DFSchema,
    ) -> Result<Option<(&'a Expr, DataType, DataType)>> {
        match (self, after) {
            (Self::Subquery(before), Expr::ScalarSubquery(subquery)) => {
                let data_type = subquery.subquery.schema().field(0).data_type();
                Ok((before != data_type).then(|| (after, before.clone(), data_type.clone())))
            }
            (Self::Casts(before), Expr::Cast(cast)) if casts(after) > *before => {
                let mut operand = after;
                for _ in *before..casts(after) {
                    let Expr::Cast(cast) = operand else { break };
                    operand = &cast.expr;
                }
                Ok(Some((operand, operand.get_type(schema)?, cast.field.data_type().clone())))
            }
            _ => Ok(None),
        }
    }
}

fn casts(expr: &Expr) -> usize {
    let mut count = 0;
    let mut expr = expr;
    while let Expr::Cast(cast) = expr {
        count += 1;
        expr = &cast.expr;
    }
    count
}

/// Bytes are text to functions of either. A quoted literal is the date, the truth or the interval it spells.
fn is_allowed(operand: &Expr, from: &DataType, to: &DataType) -> bool {
    match (kind(from), kind(to)) {
        (Some(Kind::Binary), _) | (_, Some(Kind::Binary)) => true,
        (Some(Kind::Text), Some(to_kind)) => quoted(operand).is_some_and(|text| match to_kind {
            Kind::Interval => true,
            Kind::Moment | Kind::Boolean => exact_value(text, to).is_some(),
            _ => false,
        }),
        _ => false,
    }
}

/// What is converted without being compared.
fn operands(expr: &Expr) -> Option<Vec<&Expr>> {
    match expr {
        Expr::ScalarFunction(ScalarFunction { func, args }) if !CONCATENATIONS.contains(&func.name()) => {
            Some(args.iter().collect())
        }
        Expr::AggregateFunction(AggregateFunction { params, .. }) => {
            let AggregateFunctionParams { args, filter, .. } = params;
            Some(args.iter().chain(filter.as_deref()).collect())
        }
        Expr::WindowFunction(window) => {
            Some(window.params.args.iter().chain(window.params.filter.as_deref()).collect())
        }
        Expr::HigherOrderFunction(call) => Some(call.args.iter().collect()),
        Expr::Case(Case { expr: None, when_then_expr, .. }) => {
            Some(when_then_expr.iter().map(|(when, _)| when.as_ref()).collect())
        }
        _ => None,
    }
}

fn function(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::ScalarFunction(call) => Some(call.func.name()),
        Expr::AggregateFunction(call) => Some(call.func.name()),
        Expr::WindowFunction(call) => Some(match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => function.name(),
            WindowFunctionDefinition::WindowUDF(function) => function.name(),
        }),
        Expr::HigherOrderFunction(call) => Some(call.func.name()),
        _ => None,
    }
}
