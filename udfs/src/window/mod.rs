//! The window functions, one per file, and what they share.
//!
//! `largest_remainder` is where to begin: it splits whole units so that the parts add to the whole.

use std::sync::Arc;

use datafusion::logical_expr::WindowUDF;

mod allocate;
mod allocate_digits;
mod amounts;
mod largest_remainder;
mod pct_of_total;

pub(crate) use allocate_digits::AllocateDigits;

/// Every window function. `allocate` needs the rewrite [`AllocateDigits`] for its third argument.
pub(crate) fn all() -> Vec<Arc<WindowUDF>> {
    [allocate::allocate(), pct_of_total::pct_of_total()].map(Arc::new).into()
}
