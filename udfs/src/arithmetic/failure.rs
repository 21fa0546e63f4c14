//! What to say when an operation has no result: the operator, the columns, the values, and what to do.

use std::fmt::Display;

use arrow::datatypes::{DataType, FieldRef};
use datafusion::{common::ScalarValue, error::DataFusionError, logical_expr::ColumnarValue};

use crate::FunctionError;

use super::operator::Arithmetic;

/// Where an operation stands in the query, to be named if it fails.
pub(crate) struct Place {
    /// `price * quantity`, as the user wrote it, or nearly so.
    pub(crate) expression: String,
    /// The operator between the values, or a comma for a function.
    pub(crate) symbol: String,
    pub(crate) return_type: DataType,
}

impl Place {
    /// The place of an operator, from what the planner knows about its operands.
    pub(crate) fn of_operator(
        operator: Arithmetic,
        fields: &[FieldRef],
        args: &[ColumnarValue],
        return_type: &DataType,
    ) -> Self {
        Self {
            expression: infix(operator, fields, &scalars(args)),
            symbol: operator.operator().to_string(),
            return_type: return_type.clone(),
        }
    }

    /// The place of a function that computes with an operator, as `margin` does.
    pub(crate) fn of_function(
        name: &str,
        symbol: &str,
        fields: &[FieldRef],
        args: &[ColumnarValue],
        return_type: &DataType,
    ) -> Self {
        let scalars = scalars(args);
        let operands: Vec<_> = (0..args.len()).map(|index| operand(index, fields, &scalars)).collect();
        Self {
            expression: format!("{name}({})", operands.join(", ")),
            symbol: symbol.to_owned(),
            return_type: return_type.clone(),
        }
    }

    /// An integer that does not fit its type, or a decimal of more than 38 digits.
    pub(crate) fn overflow(&self, left: impl Display, right: impl Display) -> DataFusionError {
        let Self { expression, symbol, return_type } = self;
        let (what, help) = match return_type {
            DataType::Decimal128(_, _) => (
                "more than 38 digits",
                "round an operand to fewer decimals, as in `round(x, 4)`, or cast it to a smaller DECIMAL",
            ),
            DataType::Decimal256(_, _) => ("more than 76 digits", "round an operand to fewer decimals"),
            _ => ("", "cast an operand to DECIMAL(38,0)"),
        };
        let message = match what {
            "" => format!(
                "`{expression}` overflows: `{left} {symbol} {right}` does not fit in {}",
                integer_name(return_type)
            ),
            what => format!("`{expression}` overflows: `{left} {symbol} {right}` needs {what}"),
        };
        FunctionError::new(message).with_help(help).into()
    }

    /// A quotient without a divisor.
    pub(crate) fn division_by_zero(&self, left: impl Display) -> DataFusionError {
        FunctionError::new(format!("`{}` divides by zero: `{left} / 0`", self.expression))
            .with_help(
                "divide by `nullif(x, 0)` to get NULL, or use `margin_pct(revenue, cost)` for a margin",
            )
            .into()
    }
}

/// Characters of an operand that are shown. A longer one is cut: nobody reads it in a message, and the planner asks for
/// the name of each part of a long sum again for each part that holds it.
const OPERAND_CHARACTERS_MAX: usize = 60;

/// `price * quantity`: the operands by their columns' names, or their values where they are literals.
pub(crate) fn infix(operator: Arithmetic, fields: &[FieldRef], scalars: &[Option<&ScalarValue>]) -> String {
    let operand = |index| match operand(index, fields, scalars) {
        expression if !expression.contains(' ') => expression,
        expression => match expression.char_indices().nth(OPERAND_CHARACTERS_MAX) {
            Some((end, _)) => format!("({}…)", &expression[..end].trim_end_matches('…')),
            None => format!("({expression})"),
        },
    };
    format!("{} {} {}", operand(0), operator.operator(), operand(1))
}

fn operand(index: usize, fields: &[FieldRef], scalars: &[Option<&ScalarValue>]) -> String {
    match (fields.get(index), scalars.get(index).copied().flatten()) {
        (_, Some(scalar)) => scalar.to_string(),
        (Some(field), None) => field.name().to_owned(),
        (None, None) => String::from("?"),
    }
}

fn scalars(args: &[ColumnarValue]) -> Vec<Option<&ScalarValue>> {
    args.iter()
        .map(|arg| match arg {
            ColumnarValue::Scalar(scalar) => Some(scalar),
            ColumnarValue::Array(_) => None,
        })
        .collect()
}

fn integer_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::UInt8 => "TINYINT UNSIGNED",
        DataType::UInt16 => "SMALLINT UNSIGNED",
        DataType::UInt32 => "INTEGER UNSIGNED",
        DataType::UInt64 => "BIGINT UNSIGNED",
        _ => "BIGINT",
    }
}
