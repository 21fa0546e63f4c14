//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact,
//! `scalar`, `aggregate` and `window` hold one SQL function per file.

use std::sync::Arc;

use datafusion::{error::Result, execution::FunctionRegistry};

pub mod aggregate;
mod decimal;
mod error;
pub mod window;

pub use error::FunctionError;

/// Registers every function and rewrite of this crate.
pub fn register_all(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in aggregate::all() {
        registry.register_udaf(function)?;
    }
    for function in window::all() {
        registry.register_udwf(function)?;
    }
    registry.register_function_rewrite(Arc::new(window::AllocateDigits))
}
