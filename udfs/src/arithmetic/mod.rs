//! Exact `+ - * /` for the whole engine.
//!
//! `planner` and `rewrite` turn the operators into the functions of `function` before types are coerced; `operator` has the
//! type rules, `long_chain` is for those that would nest too deeply, `integer` and `decimal_*` the kernels, `failure` the messages, `guard` keeps a division behind the
//! condition that protects it, `places` makes the types of `round` known from the start. All rounding is in
//! `crate::decimal`.

mod decimal_128;
mod decimal_256;
mod failure;
mod function;
mod guard;
mod integer;
mod literal;
mod long_chain;
mod operator;
mod places;
mod planner;
mod rewrite;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub(crate) use failure::Place;
pub(crate) use function::compute;
pub(crate) use operator::Arithmetic;
pub(crate) use places::RoundedPlaces;
pub(crate) use planner::ExactOperators;
pub(crate) use rewrite::ExactArithmetic;

/// The functions behind the operators.
pub(crate) fn all() -> Vec<Arc<ScalarUDF>> {
    function::functions().iter().cloned().chain([long_chain::long_chain()]).collect()
}
