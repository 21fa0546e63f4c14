//! Keeps `array_has` false where a list of expressions holds NULL and not the value.
//!
//! Report: <https://github.com/apache/datafusion/issues/24246>. `array_has([a, b], x)` becomes `x IN (a, b)`, which is then NULL.
//!
//! Remedy: it becomes a CASE, which is NULL where x is.

use datafusion::{
    common::{DFSchema, ScalarValue, tree_node::Transformed},
    error::Result,
    logical_expr::{Expr, expr::ScalarFunction, in_list, when},
};

pub(super) fn list(expr: Expr, _: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = &expr else { return Ok(Transformed::no(expr)) };
    let (true, [Expr::ScalarFunction(array), value]) = (func.name() == "array_has", args.as_slice()) else {
        return Ok(Transformed::no(expr));
    };
    if array.func.name() != "make_array" {
        return Ok(Transformed::no(expr));
    }
    let null = Expr::Literal(ScalarValue::Boolean(None), None);
    let is_listed = in_list(value.clone(), array.args.clone(), false).is_true();
    Ok(Transformed::yes(when(value.clone().is_null(), null).otherwise(is_listed)?))
}
