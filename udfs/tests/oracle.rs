//! Arithmetic and scalar functions against naive references, and their golden values.
//!
//! `session` runs SQL, `operators` and `functions` have the cases; `differential` compares random columns
//! with big integers, row by row.

#[path = "oracle/operators.rs"]
mod operators;
#[path = "oracle/session.rs"]
mod session;
