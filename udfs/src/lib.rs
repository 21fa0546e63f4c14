//! Exact decimal arithmetic and customer-margin functions for Apache DataFusion.
//!
//! [`register_all`] adds everything to any DataFusion program. The crate knows Arrow and
//! DataFusion only: no files, no sessions, no clock; no function holds state.
//!
//! Where to go next: `decimal` holds all rounding, `arithmetic` makes `+ - * /` exact,
//! `scalar`, `aggregate` and `window` hold one SQL function per file.

pub mod aggregate;
mod decimal;
mod error;

pub use error::FunctionError;
