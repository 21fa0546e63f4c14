//! What every aggregate and window function of this crate must hold, whatever the data.
//!
//! `check` has the laws of an aggregate, `oracle` the same arithmetic in big integers; `sql` runs the functions in
//! a session, on every path that the engine has.

mod aggregates;
mod check;
mod oracle;
mod sql;
mod windows;
