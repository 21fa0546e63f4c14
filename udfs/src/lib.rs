//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact,
//! `scalar`, `aggregate` and `window` hold one SQL function per file.

pub mod aggregate;
mod arithmetic;
mod decimal;
mod error;
mod kernel;
mod numeric;
mod scalar;
pub mod window;

use std::sync::Arc;

use datafusion::{error::Result, execution::FunctionRegistry, logical_expr::ScalarUDF};

pub use error::FunctionError;

/// Adds all functions to a program, and makes its arithmetic exact.
///
/// # Errors
/// A registry that takes no functions.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalar_functions() {
        registry.register_udf(function)?;
    }
    for function in aggregate::all() {
        registry.register_udaf(function)?;
    }
    for function in window::all() {
        registry.register_udwf(function)?;
    }
    registry.register_function_rewrite(Arc::new(arithmetic::ExactArithmetic))?;
    registry.register_function_rewrite(Arc::new(window::AllocateDigits))
}

/// The functions behind `+ - * /`. Nobody calls them by name; plans show them.
pub const OPERATOR_FUNCTIONS: [&str; 4] = ["checked_add", "checked_subtract", "checked_multiply", "divide"];

/// All scalar functions, those behind the operators included.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    arithmetic::all().into_iter().chain(scalar::all()).collect()
}

/// The names of all functions, other names included, in order.
pub fn function_names() -> Vec<String> {
    let scalars =
        scalar_functions().into_iter().map(|function| with_aliases(function.name(), function.aliases()));
    let aggregates =
        aggregate::all().into_iter().map(|function| with_aliases(function.name(), function.aliases()));
    let windows = window::all().into_iter().map(|function| with_aliases(function.name(), function.aliases()));
    let mut names: Vec<String> = scalars.chain(aggregates).chain(windows).flatten().collect();
    names.sort();
    names
}

fn with_aliases(name: &str, aliases: &[String]) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(aliases.iter().cloned()).collect()
}
