//! The SQL functions behind the operators: one type, four functions.
//!
//! The rewrite makes the calls; nobody has to write `checked_add(a, b)`, though anybody can.

use std::{
    fmt::Write,
    sync::{Arc, LazyLock},
};

use arrow::{
    compute::kernels::numeric,
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::{plan_err, utils::take_function_args},
    error::Result,
    logical_expr::{
        BinaryExpr, ColumnarValue, DocSection, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs,
        ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        expr::ScalarFunction,
        simplify::{ExprSimplifyResult, SimplifyContext},
    },
    physical_expr_common::datum::apply,
};

use super::{
    decimal_128::decimal_128_operation,
    decimal_256::decimal_256_operation,
    failure::{Place, infix},
    integer::integer_operation,
    long_chain,
    operator::Arithmetic,
};

pub(super) const SECTION: DocSection = DocSection {
    include: true,
    label: "Arithmetic",
    description: Some(
        "What `+ - * /` between integers and decimals call. Overflow is an error, never a wrap.",
    ),
};

/// One operator as a function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct ArithmeticFunction {
    operator: Arithmetic,
    signature: Signature,
}

impl ArithmeticFunction {
    fn new(operator: Arithmetic) -> Self {
        Self { operator, signature: Signature::user_defined(Volatility::Immutable) }
    }

    pub(crate) fn operator(&self) -> Arithmetic {
        self.operator
    }
}

static FUNCTIONS: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
    Arithmetic::ALL.map(|operator| Arc::new(ScalarUDF::from(ArithmeticFunction::new(operator)))).to_vec()
});

/// The four functions, in the order of [`Arithmetic::ALL`].
pub(crate) fn functions() -> &'static [Arc<ScalarUDF>] {
    &FUNCTIONS
}

/// The function of an operator.
pub(crate) fn function(operator: Arithmetic) -> Arc<ScalarUDF> {
    Arc::clone(&FUNCTIONS[operator as usize])
}

/// Whether an expression is a call of these functions, and thus a number.
pub(super) fn is_operation(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(call) if call.func.inner().is::<ArithmeticFunction>())
        || long_chain::is_long_chain(expr)
}

/// `a + b - c` as its first operand and the operations on it, in order. The calls nest to the left, as deep as the
/// expression is long, so that only a loop may follow them.
pub(crate) fn chain(expr: &Expr) -> (&Expr, Vec<(Arithmetic, &Expr)>) {
    let mut first = expr;
    let mut operations = Vec::new();
    while let Expr::ScalarFunction(ScalarFunction { func, args }) = first
        && let Some(function) = func.inner().downcast_ref::<ArithmeticFunction>()
        && let [left, right] = args.as_slice()
    {
        operations.push((function.operator, right));
        first = left;
    }
    operations.reverse();
    (first, operations)
}

/// `a + b - c`, from its first operand and the operations on it.
pub(super) fn chain_name<'a>(
    first: &Expr,
    operations: impl IntoIterator<Item = (Arithmetic, &'a Expr)>,
) -> Result<String> {
    let mut name = first.schema_name().to_string();
    for (operator, operand) in operations {
        write!(name, " {} {}", operator.operator(), operand.schema_name())?;
    }
    Ok(name)
}

impl ScalarUDFImpl for ArithmeticFunction {
    fn name(&self) -> &str {
        self.operator.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [left, right] = take_function_args(self.name(), arg_types)?;
        Ok(self.operator.coerce(left, right)?.to_vec())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [left, right] = take_function_args(self.name(), arg_types)?;
        Ok(self.operator.return_type(left, right))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [left, right] = take_function_args(self.name(), args.arg_fields)?;
        let return_type = self.operator.return_type(left.data_type(), right.data_type());
        // The name is what an outer operation shows in its errors.
        let name = infix(self.operator, args.arg_fields, args.scalar_arguments);
        Ok(Arc::new(Field::new(name, return_type, left.is_nullable() || right.is_nullable())))
    }

    fn is_strict(&self) -> bool {
        true
    }

    /// Named as the operator is, so that columns, groups and aggregates keep the names they had.
    ///
    /// A sum is written in one go. If each part gave its name to the next, a long sum would be copied once for each of
    /// its terms, and the planner asks for its name very often.
    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let [left, right] = take_function_args(self.name(), args)?;
        let (first, mut operations) = chain(left);
        operations.push((self.operator, right));
        chain_name(first, operations)
    }

    /// Gives doubles back to DataFusion's operator.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let [left, right] = take_function_args(self.name(), args)?;
        if info.get_data_type(&left)?.is_floating() && info.get_data_type(&right)?.is_floating() {
            let native = BinaryExpr::new(Box::new(left), self.operator.operator(), Box::new(right));
            return Ok(ExprSimplifyResult::Simplified(Expr::BinaryExpr(native)));
        }
        Ok(ExprSimplifyResult::Original(vec![left, right]))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let place =
            Place::of_operator(self.operator, &args.arg_fields, &args.args, args.return_field.data_type());
        let [left, right] = take_function_args(self.name(), args.args)?;
        compute(self.operator, &left, &right, &place)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION[self.operator as usize])
    }
}

/// Computes on operands of the types that [`Arithmetic::coerce`] gives, into the type of the place.
pub(crate) fn compute(
    operator: Arithmetic,
    left: &ColumnarValue,
    right: &ColumnarValue,
    place: &Place,
) -> Result<ColumnarValue> {
    match &place.return_type {
        DataType::Decimal128(_, _) => decimal_128_operation(operator, left, right, place),
        DataType::Decimal256(_, _) => decimal_256_operation(operator, left, right, place),
        return_type if return_type.is_integer() => integer_operation(operator, left, right, place),
        return_type if return_type.is_floating() => match operator {
            Arithmetic::Add => apply(left, right, numeric::add),
            Arithmetic::Subtract => apply(left, right, numeric::sub),
            Arithmetic::Multiply => apply(left, right, numeric::mul),
            Arithmetic::Divide => apply(left, right, numeric::div),
        },
        other => plan_err!("`{}` does not compute {other}", operator.operator()),
    }
}

static DOCUMENTATION: LazyLock<[Documentation; 4]> = LazyLock::new(|| {
    Arithmetic::ALL.map(|operator| {
        let (description, example) = match operator {
            Arithmetic::Add => (
                "Adds. Integers keep their type, decimals the larger scale. Overflow is an error. NULL if an operand is.",
                "SELECT 0.1 + 0.2;\n-- 0.3",
            ),
            Arithmetic::Subtract => (
                "Subtracts. Integers keep their type, decimals the larger scale. Overflow is an error. NULL if an operand is.",
                "SELECT 1000.00 - 0.01;\n-- 999.99",
            ),
            Arithmetic::Multiply => (
                "Multiplies. The scales add up; beyond 18 decimals the product is rounded half away from zero to 18. \
                 Overflow is an error. NULL if an operand is.",
                "SELECT 129.90 * 0.15;\n-- 19.4850",
            ),
            Arithmetic::Divide => (
                "Divides integers and decimals into a DECIMAL of at least 10 and at most 18 decimals, rounded half \
                 away from zero. Division by zero is an error: divide by `nullif(x, 0)` to get NULL. NULL if an \
                 operand is.",
                "SELECT 2 / 3.0;\n-- 0.6666666667",
            ),
        };
        let symbol = operator.operator();
        Documentation::builder(SECTION, description, format!("{}(left, right)", operator.name()))
            .with_alternative_syntax(format!("left {symbol} right"))
            .with_sql_example(format!("```sql\n{example}\n```"))
            .with_argument("left", "A number; a double keeps to double arithmetic.")
            .with_argument("right", "A number; a double keeps to double arithmetic.")
            .build()
    })
});
