//! What every aggregate and window function of this crate must hold, whatever the data.
//!
//! `check` has the laws of an aggregate, `oracle` the same arithmetic in big integers; `sql` runs the functions in
//! a session, on every path that the engine has.

// Helpers of tests may unwrap as tests do; clippy.toml's permission ends at functions marked #[test].
#![allow(clippy::unwrap_used)]

#[path = "laws/aggregates.rs"]
mod aggregates;
#[path = "laws/check.rs"]
mod check;
#[path = "laws/customer_metrics.rs"]
mod customer_metrics;
#[path = "laws/oracle.rs"]
mod oracle;
#[path = "laws/sql.rs"]
mod sql;
#[path = "laws/statistics.rs"]
mod statistics;
#[path = "laws/windows.rs"]
mod windows;
