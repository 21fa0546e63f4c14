//! Keeps casts that map many values to one on the side where they stand.
//!
//! Reports: <https://github.com/apache/datafusion/issues/23095>, <https://github.com/apache/datafusion/issues/22142>,
//! <https://github.com/apache/datafusion/issues/25095>. `CAST(amount AS INT) = 2` becomes `amount = 2.00`, which 2.25 is not, and a
//! timestamp without zone is compared by its digits with one that has a zone.
//!
//! Remedy: `nullif(cast, NULL)` is no cast to these rules. It stands wherever there is such a cast of columns, since a column
//! of a view may be one. Costs one comparison for each value, and statistics of files do not see through it.

use datafusion::{
    arrow::datatypes::DataType,
    common::{DFSchema, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Expr, ExprSchemable,
        expr::{Cast, TryCast},
    },
};

use super::expressions::unknown;

pub(super) fn keep(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (inner, field, is_try) = match &expr {
        Expr::Cast(Cast { expr, field }) => (expr, field, false),
        Expr::TryCast(TryCast { expr, field }) => (expr, field, true),
        _ => return Ok(Transformed::no(expr)),
    };
    // A placeholder may have no type yet, and is no column.
    let Ok(from) = inner.get_type(schema) else { return Ok(Transformed::no(expr)) };
    let is_lossy = is_rounded(&from, field.data_type())
        || (is_try && is_out_of_range(&from, field.data_type()))
        || changes_zone(&from, field.data_type());
    match is_lossy && !inner.column_refs().is_empty() {
        true => unknown(expr, schema).map(Transformed::yes),
        false => Ok(Transformed::no(expr)),
    }
}

/// Whether digits after the point are lost.
fn is_rounded(from: &DataType, to: &DataType) -> bool {
    match (digits(from), digits(to)) {
        (Some((_, from)), Some((_, to))) => from > to,
        _ => false,
    }
}

/// Whether a value may have more digits before the point than fit, or a sign, for which TRY_CAST gives NULL.
fn is_out_of_range(from: &DataType, to: &DataType) -> bool {
    match (digits(from), digits(to)) {
        (Some((from_digits, _)), Some((to_digits, _))) if from != to => {
            from_digits >= to_digits || (to.is_unsigned_integer() && !from.is_unsigned_integer())
        }
        _ => false,
    }
}

/// Whether a timestamp gets or loses its zone, and moves by its offset.
fn changes_zone(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Timestamp(_, from), DataType::Timestamp(_, to)) => from.is_some() != to.is_some(),
        _ => false,
    }
}

/// How many digits a number may have before and after its point.
fn digits(data_type: &DataType) -> Option<(i16, i16)> {
    match data_type {
        DataType::Int8 | DataType::UInt8 => Some((3, 0)),
        DataType::Int16 | DataType::UInt16 => Some((5, 0)),
        DataType::Int32 | DataType::UInt32 => Some((10, 0)),
        DataType::Int64 => Some((19, 0)),
        DataType::UInt64 => Some((20, 0)),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            Some((i16::from(*precision) - i16::from(*scale), i16::from(*scale)))
        }
        _ => None,
    }
}
