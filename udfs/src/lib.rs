//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact,
//! `scalar`, `aggregate` and `window` hold one SQL function per file.

mod arithmetic;
mod decimal;
mod error;
mod kernel;
mod numeric;
mod scalar;
mod wide;

use std::sync::Arc;

use datafusion::{error::Result, execution::FunctionRegistry, logical_expr::ScalarUDF};

pub use error::FunctionError;

/// Adds all functions to a program, and makes its arithmetic exact.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalar_functions() {
        registry.register_udf(function)?;
    }
    registry.register_function_rewrite(Arc::new(arithmetic::ExactArithmetic))
}

/// All scalar functions, those behind the operators included.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    arithmetic::all().into_iter().chain(scalar::all()).collect()
}
