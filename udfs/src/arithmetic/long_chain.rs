//! `a + b - c …` as one function of many operands, where the chain is long.
//!
//! Calls of two operands nest as deep as the chain is long, and the planner asks each of them for its type and its name, which
//! takes it through all below, again and again: a sum of 500 terms took seconds to plan. Here the operands stand side
//! by side. They are computed from left to right, two at a time, as the nested calls would be, with the same types,
//! the same rounding and the same errors.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::{ScalarValue, plan_datafusion_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, Volatility, expr::ScalarFunction, lit,
    },
};

use super::{
    failure::{Place, infix},
    function::{SECTION, chain, chain_name, compute},
    operator::Arithmetic,
};

/// From so many operations on a chain is one call. Shorter ones stay calls of two operands, which DataFusion knows to
/// take apart: it finds common parts of them and pushes those of doubles down.
const OPERATIONS_MIN: usize = 16;

const NAME: &str = "checked_chain";

static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
    Arc::new(ScalarUDF::from(LongChain { signature: Signature::variadic_any(Volatility::Immutable) }))
});

/// The function of long chains.
pub(super) fn long_chain() -> Arc<ScalarUDF> {
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct LongChain {
    signature: Signature,
}

/// Whether an expression is a long chain.
pub(super) fn is_long_chain(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(call) if call.func.inner().is::<LongChain>())
}

/// The operators and the operands of a call: the first operand has no operator.
pub(super) fn operations(expr: &Expr) -> Option<(Vec<Arithmetic>, &[Expr])> {
    match expr {
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.inner().is::<LongChain>() => {
            parts(args).ok()
        }
        _ => None,
    }
}

/// Appends an operation to a chain that is long, or becomes long with it. Gives the operands back otherwise.
#[expect(
    clippy::result_large_err,
    reason = "the operands come back unboxed, as the caller goes on with them"
)]
pub(super) fn lengthened(
    operator: Arithmetic,
    left: Expr,
    right: Expr,
) -> std::result::Result<Expr, (Expr, Expr)> {
    let symbol = operator.operator().to_string();
    match left {
        Expr::ScalarFunction(ScalarFunction { func, mut args }) if func.inner().is::<LongChain>() => {
            let Some(Expr::Literal(ScalarValue::Utf8(Some(symbols)), _)) = args.first_mut() else {
                return Err((Expr::ScalarFunction(ScalarFunction { func, args }), right));
            };
            symbols.push_str(&symbol);
            args.push(right);
            Ok(Expr::ScalarFunction(ScalarFunction { func, args }))
        }
        left => {
            let (first, operations) = chain(&left);
            if operations.len() + 1 < OPERATIONS_MIN {
                return Err((left, right));
            }
            let symbols = operations.iter().map(|(operator, _)| operator.operator().to_string());
            let symbols = symbols.chain([symbol]).collect::<String>();
            let operands = operations.iter().map(|(_, operand)| (*operand).clone());
            let args = [lit(symbols), first.clone()].into_iter().chain(operands).chain([right]).collect();
            Ok(Expr::ScalarFunction(ScalarFunction::new_udf(long_chain(), args)))
        }
    }
}

fn parts(args: &[Expr]) -> Result<(Vec<Arithmetic>, &[Expr])> {
    match args {
        [Expr::Literal(symbols, _), operands @ ..] => Ok((operators(symbols, operands.len())?, operands)),
        _ => plan_err!("`{NAME}` takes operators, such as '+-', and operands"),
    }
}

/// The operators between so many operands.
fn operators(symbols: &ScalarValue, operands: usize) -> Result<Vec<Arithmetic>> {
    let symbols = symbols.try_as_str().flatten().unwrap_or_default();
    let operator = |symbol: char| {
        let all = Arithmetic::ALL.into_iter();
        let mut all = all.filter(|operator| operator.operator().to_string().starts_with(symbol));
        all.next().ok_or_else(|| plan_datafusion_err!("`{NAME}` knows `+ - * /`, not `{symbol}`"))
    };
    let operators = symbols.chars().map(operator).collect::<Result<Vec<_>>>()?;
    match operators.len() + 1 == operands {
        true => Ok(operators),
        false => plan_err!("`{NAME}` with the operators `{symbols}` takes {} operands", operators.len() + 1),
    }
}

/// The field of an operation, of fields that need not have the types that the operation takes.
fn operation_field(
    operator: Arithmetic,
    fields: &[FieldRef; 2],
    scalars: &[Option<&ScalarValue>; 2],
) -> Result<FieldRef> {
    let [left, right] = operator.coerce(fields[0].data_type(), fields[1].data_type())?;
    let nullable = fields.iter().any(|field| field.is_nullable());
    Ok(Arc::new(Field::new(infix(operator, fields, scalars), operator.return_type(&left, &right), nullable)))
}

impl ScalarUDFImpl for LongChain {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("the type of `{NAME}` depends on its operators")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let (Some(Some(symbols)), [_, first, operands @ ..]) =
            (args.scalar_arguments.first(), args.arg_fields)
        else {
            return plan_err!("`{NAME}` takes operators, such as '+-', and operands");
        };
        let mut scalar = args.scalar_arguments.get(1).copied().flatten();
        let mut field = Arc::clone(first);
        let operators = operators(symbols, operands.len() + 1)?;
        for (index, (operator, operand)) in operators.into_iter().zip(operands).enumerate() {
            let scalars = [scalar.take(), args.scalar_arguments.get(index + 2).copied().flatten()];
            field = operation_field(operator, &[field, Arc::clone(operand)], &scalars)?;
        }
        Ok(field)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        match parts(args)? {
            (operators, [first, operands @ ..]) => chain_name(first, operators.into_iter().zip(operands)),
            _ => plan_err!("`{NAME}` takes operands"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (mut values, mut fields) = (args.args.into_iter(), args.arg_fields.into_iter().skip(1));
        let (Some(ColumnarValue::Scalar(symbols)), Some(mut value), Some(mut field)) =
            (values.next(), values.next(), fields.next())
        else {
            return plan_err!("`{NAME}` takes constant operators, such as '+-', and operands");
        };
        let operators = operators(&symbols, values.len() + 1)?;
        for ((operator, operand), operand_field) in operators.into_iter().zip(values).zip(fields) {
            let [left, right] = operator.coerce(&value.data_type(), &operand.data_type())?;
            let return_type = operator.return_type(&left, &right);
            let both = [field, operand_field];
            let operands = [value.cast_to(&left, None)?, operand.cast_to(&right, None)?];
            let place = Place::of_operator(operator, &both, &operands, &return_type);
            value = compute(operator, &operands[0], &operands[1], &place)?;
            field = Arc::new(Field::new(place.expression, return_type, true));
        }
        Ok(value)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        SECTION,
        "Computes a long chain of `+ - * /` from left to right, each operation by its own rules. NULL if an operand is.",
        "checked_chain(operators, first, second, …)",
    )
    .with_alternative_syntax("first + second - …")
    .with_sql_example("```sql\nSELECT checked_chain('+-', 1, 2, 0.5);\n-- 2.5\n```")
    .with_argument("operators", "A constant text of the operators, one less than there are operands.")
    .with_argument("first", "A number, as all operands are.")
    .build()
});

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::col;

    use super::*;
    use crate::arithmetic::function::function;

    fn sum(terms: usize) -> Expr {
        let add = |left, right| match lengthened(Arithmetic::Add, left, right) {
            Ok(chain) => chain,
            Err((left, right)) => {
                Expr::ScalarFunction(ScalarFunction::new_udf(function(Arithmetic::Add), vec![left, right]))
            }
        };
        (1..terms).fold(col("x"), |left, _| add(left, col("x")))
    }

    #[test]
    fn a_chain_becomes_one_call_when_it_is_long_and_keeps_its_name() {
        assert!(operations(&sum(OPERATIONS_MIN)).is_none());
        for terms in [OPERATIONS_MIN + 1, 100] {
            let chain = sum(terms);
            let (operators, operands) = operations(&chain).expect("a chain");
            assert_eq!((operators.len() + 1, operands.len()), (terms, terms));
            assert_eq!(chain.schema_name().to_string(), vec!["x"; terms].join(" + "));
        }
    }
}
