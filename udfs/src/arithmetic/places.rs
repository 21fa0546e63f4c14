//! Makes the number of places in `round(x, 2)` a constant of its final type before types are coerced.
//!
//! The type of the result depends on that number, if DataFusion sees one: a decimal of 10 places is rounded to one of 2.
//! Coercion puts a cast around the literal, and behind the cast the number is not seen, so the result keeps 10 places
//! until the cast is folded away. Whatever was coerced to its type in between, such as the other values of a `coalesce` or
//! a `CASE`, then has another type than the result. A constant that needs no cast gives the same type before and after.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::{
    common::{DFSchema, ScalarValue, config::ConfigOptions, tree_node::Transformed},
    error::Result,
    functions::math::round::RoundFunc,
    logical_expr::{Expr, expr_rewriter::FunctionRewrite, simplify::SimplifyContext},
    optimizer::simplify_expressions::ExprSimplifier,
};

/// The type in which `round` takes its places.
const PLACES: DataType = DataType::Int32;

/// The rewrite that `register_all` registers.
#[derive(Debug)]
pub(crate) struct RoundedPlaces;

impl FunctionRewrite for RoundedPlaces {
    fn name(&self) -> &str {
        "rounded_places"
    }

    fn rewrite(&self, expr: Expr, _schema: &DFSchema, _config: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::ScalarFunction(mut call) = expr else { return Ok(Transformed::no(expr)) };
        let mut changed = false;
        if call.func.inner().is::<RoundFunc>()
            && let [_, places] = call.args.as_mut_slice()
            && let Some(constant) = constant_places(places)
            && *places != constant
        {
            *places = constant;
            changed = true;
        }
        Ok(Transformed::new_transformed(Expr::ScalarFunction(call), changed))
    }
}

/// The number of places, if it is the same for all rows. What cannot be computed now, or is no number of places, stays
/// as it is, and is refused where it is used.
fn constant_places(places: &Expr) -> Option<Expr> {
    let value = match places {
        Expr::Literal(value, _) => value.clone(),
        places => computed(places)?,
    };
    let is_number = value.data_type().is_integer();
    is_number.then(|| value.cast_to(&PLACES).ok()).flatten().map(|value| Expr::Literal(value, None))
}

/// The value of an expression without columns: a negative number, or a parameter in its cast.
fn computed(expr: &Expr) -> Option<ScalarValue> {
    if !expr.column_refs().is_empty() {
        return None;
    }
    let schema = Arc::new(DFSchema::empty());
    let simplifier = ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::clone(&schema)).build());
    let coerced = simplifier.coerce(expr.clone(), &schema).ok()?;
    match simplifier.simplify(coerced).ok()? {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}
