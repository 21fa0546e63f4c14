//! The window functions, one per file, and what they share.
//!
//! `largest_remainder` is where to begin: it splits whole units so that the parts add to the whole.

use std::sync::Arc;

use datafusion::logical_expr::WindowUDF;

mod allocate;
mod allocate_digits;
mod amounts;
mod largest_remainder;
mod ordered;
mod pct_of_total;
mod rfm_score;
mod whale_curve;

pub(crate) use allocate_digits::AllocateDigits;
pub(crate) use amounts::Amounts;
pub(crate) use ordered::OrderedWindows;

/// Every window function. `allocate` needs the rewrite [`AllocateDigits`] for its third argument, and `whale_curve`
/// needs [`OrderedWindows`] to know which rows are equal.
pub(crate) fn all() -> Vec<Arc<WindowUDF>> {
    [allocate::allocate(), pct_of_total::pct_of_total(), rfm_score::rfm_score(), whale_curve::whale_curve()]
        .map(Arc::new)
        .into()
}
