//! CAST between numbers where digits are lost: rounded half away from zero, by the digits that a person sees.
//!
//! Arrow cuts decimals and doubles down to integers, and rounds a double by its binary digits. Here is what `CAST` and
//! `TRY_CAST` mean instead: `function` is what plans show, `number` converts arrays. All rounding is in `crate::decimal`.

mod function;
mod number;

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, ScalarUDF, expr::ScalarFunction, lit};

/// Whether a cast between these types can lose digits, so that [`exact_cast`] must do it.
pub fn loses_digits(from: &DataType, to: &DataType) -> bool {
    use DataType::{Dictionary, FixedSizeList, LargeList, LargeListView, List, ListView, RunEndEncoded};
    match (from, to) {
        (Dictionary(_, from), to) => loses_digits(from, to),
        (RunEndEncoded(_, from), to) => loses_digits(from.data_type(), to),
        (from, Dictionary(_, to)) => loses_digits(from, to),
        (
            List(from) | LargeList(from) | FixedSizeList(from, _) | ListView(from) | LargeListView(from),
            List(to) | LargeList(to) | FixedSizeList(to, _) | ListView(to) | LargeListView(to),
        ) => loses_digits(from.data_type(), to.data_type()),
        (from, to) if from.is_floating() => to.is_integer() || to.is_decimal(),
        (from, to) if from.is_decimal() => {
            let (scale, to_scale) = (number::scale(from), number::scale(to));
            // Arrow does not know what to do with tens and hundreds.
            to.is_floating() || (to.is_integer() && scale != 0) || (to.is_decimal() && to_scale < scale)
        }
        _ => false,
    }
}

/// A cast that rounds half away from zero. Out of range is an error, or NULL where one tries.
pub fn exact_cast(expr: Expr, to: &DataType, tries: bool) -> Expr {
    let args = vec![expr, lit(to.to_string())];
    Expr::ScalarFunction(ScalarFunction::new_udf(function::function(tries), args))
}

/// The functions behind `CAST` and `TRY_CAST`.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    [false, true].map(function::function).to_vec()
}
