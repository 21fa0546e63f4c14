//! Turns `+ - * /` between numbers into the functions of this module, wherever they stand in a query.
//!
//! Runs before type coercion, when a column of a derived table may still have the type that DataFusion's own
//! arithmetic would give. So every pair of numbers is rewritten; for what turns out to be doubles, the function
//! gives the operator back. Dates, intervals and text are left alone.

use arrow::datatypes::DataType;
use datafusion::{
    common::{DFSchema, ScalarValue, config::ConfigOptions, tree_node::Transformed},
    error::Result,
    logical_expr::{
        BinaryExpr, Expr, ExprSchemable, Operator,
        expr::{AggregateFunction, ScalarFunction},
        expr_rewriter::FunctionRewrite,
    },
};

use crate::{FunctionError, numeric::is_numeric};

use super::{
    function::{function, is_operation},
    guard::guard_divisions,
    literal::exact_literal,
    long_chain::lengthened,
    operator::{Arithmetic, values_type},
};

/// The rewrite that `register_all` registers.
#[derive(Debug)]
pub(crate) struct ExactArithmetic;

impl FunctionRewrite for ExactArithmetic {
    fn name(&self) -> &str {
        "exact_arithmetic"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _config: &ConfigOptions) -> Result<Transformed<Expr>> {
        match expr {
            Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
                let guarded = guard_divisions(*right, &left, op == Operator::And)?;
                Ok(guarded
                    .update_data(|right| Expr::BinaryExpr(BinaryExpr { left, op, right: Box::new(right) })))
            }
            Expr::BinaryExpr(binary) => {
                refuse_bits(&binary, schema)?;
                Ok(rewrite_operator(binary, schema))
            }
            Expr::Negative(operand) => Ok(rewrite_minus(*operand, schema)),
            Expr::AggregateFunction(call) => guard_filtered(call),
            other => Ok(Transformed::no(other)),
        }
    }
}

/// The bits of a decimal or a double are those of its whole part to DataFusion: `5.7 & 3` would be 1.
fn refuse_bits(binary: &BinaryExpr, schema: &DFSchema) -> Result<()> {
    use Operator::{BitwiseAnd, BitwiseOr, BitwiseShiftLeft, BitwiseShiftRight, BitwiseXor};
    let BinaryExpr { left, op, right } = binary;
    if !matches!(op, BitwiseAnd | BitwiseOr | BitwiseXor | BitwiseShiftLeft | BitwiseShiftRight) {
        return Ok(());
    }
    for operand in [left, right] {
        let Ok(data_type) = operand.get_type(schema) else { continue };
        let values = values_type(&data_type);
        if is_numeric(values) && !values.is_integer() && !values.is_null() {
            return Err(FunctionError::new(format!(
                "`{op}` works on the bits of whole numbers, `{operand}` is `{values}`"
            ))
            .with_help("compare with `AND` and `OR`; convert to a whole number with `CAST(… AS BIGINT)`")
            .into());
        }
    }
    Ok(())
}

pub(super) fn rewrite_operator(binary: BinaryExpr, schema: &DFSchema) -> Transformed<Expr> {
    let Some(operator) = Arithmetic::from_operator(binary.op) else {
        return Transformed::no(Expr::BinaryExpr(binary));
    };
    let operands = [operand(&binary.left, schema), operand(&binary.right, schema)];
    if operands.contains(&Operand::Other) || operands == [Operand::Null; 2] {
        return Transformed::no(Expr::BinaryExpr(binary));
    }
    Transformed::yes(call(operator, exact_literal(*binary.left), exact_literal(*binary.right)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    Number,
    Null,
    Other,
}

/// What an operand is. DataFusion finds the type of a call by way of the types and the names of all its parts; what comes
/// of an operation is a number in any case, and to ask again for each operation on it would make long sums slow to plan.
fn operand(expr: &Expr, schema: &DFSchema) -> Operand {
    if is_operation(expr) {
        return Operand::Number;
    }
    match expr.get_type(schema) {
        Ok(data_type) if data_type.is_null() => Operand::Null,
        Ok(data_type) if is_numeric(&data_type) => Operand::Number,
        _ => Operand::Other,
    }
}

/// `-x` wraps for the smallest integer; `0 - x` is checked. Other types have no number that cannot be negated.
fn rewrite_minus(operand: Expr, schema: &DFSchema) -> Transformed<Expr> {
    use DataType::{Int8, Int16, Int32, Int64};
    let data_type = operand.get_type(schema).ok();
    let zero = match data_type.as_ref().map(values_type) {
        Some(Int8) => ScalarValue::Int8(Some(0)),
        Some(Int16) => ScalarValue::Int16(Some(0)),
        Some(Int32) => ScalarValue::Int32(Some(0)),
        Some(Int64) => ScalarValue::Int64(Some(0)),
        _ => return Transformed::no(Expr::Negative(Box::new(operand))),
    };
    if matches!(operand, Expr::Literal(_, _)) {
        return Transformed::no(Expr::Negative(Box::new(operand)));
    }
    Transformed::yes(call(Arithmetic::Subtract, Expr::Literal(zero, None), operand))
}

/// In groups, `sum(a / b) FILTER (WHERE b <> 0)` computes its argument for all rows before it filters them.
fn guard_filtered(mut call: AggregateFunction) -> Result<Transformed<Expr>> {
    let Some(filter) = call.params.filter.clone() else {
        return Ok(Transformed::no(Expr::AggregateFunction(call)));
    };
    let mut changed = false;
    let mut args = Vec::with_capacity(call.params.args.len());
    for arg in call.params.args {
        let guarded = guard_divisions(arg, &filter, true)?;
        changed |= guarded.transformed;
        args.push(guarded.data);
    }
    call.params.args = args;
    Ok(Transformed::new_transformed(Expr::AggregateFunction(call), changed))
}

fn call(operator: Arithmetic, left: Expr, right: Expr) -> Expr {
    match lengthened(operator, left, right) {
        Ok(chain) => chain,
        Err((left, right)) => {
            Expr::ScalarFunction(ScalarFunction::new_udf(function(operator), vec![left, right]))
        }
    }
}
