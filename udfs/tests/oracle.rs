//! Arithmetic and scalar functions against naive references, and their golden values.
//!
//! `session` runs SQL, `operators` and `functions` have the cases; `column` makes random columns, which
//! `differential`, `customer_metrics` and `differential_sql` compare with big integers and rust_decimal, row by row.

#[path = "oracle/column.rs"]
mod column;
#[path = "oracle/customer_metrics.rs"]
mod customer_metrics;
#[path = "oracle/differential.rs"]
mod differential;
#[path = "oracle/differential_sql.rs"]
mod differential_sql;
#[path = "oracle/functions.rs"]
mod functions;
#[path = "oracle/operators.rs"]
mod operators;
#[path = "oracle/session.rs"]
mod session;
