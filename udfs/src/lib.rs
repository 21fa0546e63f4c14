//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact,
//! `scalar`, `aggregate` and `window` hold one SQL function per file.

mod aggregate;
mod arithmetic;
mod decimal;
mod error;
mod kernel;
mod numeric;
mod scalar;
mod wide;
mod window;

use std::sync::Arc;

use datafusion::{
    error::Result,
    execution::FunctionRegistry,
    logical_expr::{AggregateUDF, ScalarUDF, WindowUDF},
};

pub use error::FunctionError;

/// Adds all functions to a program, and makes its arithmetic exact.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalar_functions() {
        registry.register_udf(function)?;
    }
    for function in aggregate_functions() {
        registry.register_udaf(function)?;
    }
    for function in window_functions() {
        registry.register_udwf(function)?;
    }
    registry.register_function_rewrite(Arc::new(window::AllocateDigits))?;
    registry.register_function_rewrite(Arc::new(arithmetic::ExactArithmetic))
}

/// All scalar functions, those behind the operators included.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    arithmetic::all().into_iter().chain(scalar::all()).collect()
}

/// All aggregate functions. `sum` and `avg` replace the engine's own.
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    aggregate::all()
}

/// All window functions. The third argument of `allocate` needs [`register_all`].
pub fn window_functions() -> Vec<Arc<WindowUDF>> {
    window::all()
}
