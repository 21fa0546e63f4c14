//! Whether fits find the parameters again that the data were made with, as often as their standard errors promise.
//!
//! Twenty data sets are simulated. The estimates of one have the covariance of the inverse curvature of the
//! likelihood; in units of it, the errors of one data set together have a chi-square distribution, each error alone
//! is within two standard errors in 95 of 100 cases, and the mean of twenty is within two standard errors of zero.

use super::{
    likelihood::{Likelihood, Objective, maximise},
    matrix::{factor, solve},
};

pub(super) const SEEDS: u64 = 20;

/// The errors of one estimate, of the logarithms of the parameters.
pub(super) struct Errors<const N: usize> {
    /// Each over its standard error.
    standardised: [f64; N],
    chi_square: f64,
}

/// Fits, and compares with the truth.
pub(super) fn errors<const N: usize, L: Likelihood<N>>(likelihood: &L, truth: [f64; N]) -> Errors<N> {
    let estimate = maximise(likelihood).expect("enough customers were simulated").parameters;
    let scale = likelihood.scale();
    let logarithms = std::array::from_fn(|index| (estimate[index] / scale[index]).ln());
    let mut information = Objective::new(likelihood).curvature(&logarithms);
    information.iter_mut().flatten().for_each(|value| *value *= likelihood.observations());
    let lower = factor(&information, 0.0).expect("a maximum is curved in every direction");
    let error: [f64; N] = std::array::from_fn(|index| (estimate[index] / truth[index]).ln());
    let standard_error = |index: usize| {
        let mut unit = [0.0; N];
        unit[index] = 1.0;
        solve(&lower, &unit)[index].sqrt()
    };
    let chi_square = (0..N)
        .map(|row| (0..N).map(|column| error[row] * information[row][column] * error[column]).sum::<f64>())
        .sum();
    Errors { standardised: std::array::from_fn(|index| error[index] / standard_error(index)), chi_square }
}

/// Asserts what the standard errors promise; `chi_square_max` is exceeded by one data set in 2000.
pub(super) fn assert_recovered<const N: usize>(all: &[Errors<N>], chi_square_max: f64) {
    assert_eq!(all.len() as u64, SEEDS);
    for (seed, errors) in all.iter().enumerate() {
        assert!(errors.chi_square < chi_square_max, "seed {seed}: {}", errors.chi_square);
    }
    let estimates = all.iter().flat_map(|errors| errors.standardised);
    let within = estimates.clone().filter(|error| error.abs() <= 2.0).count() as f64;
    let share = within / estimates.count() as f64;
    // Of 80 estimates 76 are expected, give or take two, and more because those of one data set go together.
    assert!(share >= 0.875, "only {share} of the estimates are within two standard errors");
    for index in 0..N {
        let mean = all.iter().map(|errors| errors.standardised[index]).sum::<f64>() / SEEDS as f64;
        assert!(mean.abs() <= 2.0 / (SEEDS as f64).sqrt(), "parameter {index} is off by {mean} in the mean");
        let spread = all.iter().map(|errors| errors.standardised[index].powi(2)).sum::<f64>() / SEEDS as f64;
        assert!(
            (0.3..2.2).contains(&spread),
            "parameter {index} has a variance of {spread} where 1 is promised"
        );
    }
}
