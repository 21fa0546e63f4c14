//! The mathematics of the statistical functions: likelihoods, where they are greatest, and what follows from a model.
//!
//! Knows numbers only, neither Arrow nor SQL; these are statistics, so they are doubles. `likelihood` is where to
//! begin; `bgnbd`, `gamma_gamma`, `shifted_beta_geometric` and `kaplan_meier` are one model each.

mod beta_mean;
pub(crate) mod bgnbd;
pub(crate) mod bgnbd_likelihood;
pub(crate) mod gamma_gamma;
pub(crate) mod kaplan_meier;
pub(crate) mod likelihood;
mod matrix;
pub(crate) mod observations;
#[cfg(test)]
mod recovery;
mod rising;
pub(crate) mod shifted_beta_geometric;
#[cfg(test)]
mod simulation;
