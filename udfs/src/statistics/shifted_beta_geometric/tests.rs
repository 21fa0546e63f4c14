//! The values published for the cohorts "High End" and "Regular"; the fit finds what a cohort was made with.

use super::{
    super::{
        likelihood::{Likelihood, NoMaximum, maximise},
        observations::Observations,
        recovery::{SEEDS, assert_recovered, errors},
        simulation::Random,
    },
    Cohort, ShiftedBetaGeometric,
};

const HIGH_END: ShiftedBetaGeometric = ShiftedBetaGeometric { alpha: 0.668, beta: 3.806 };

fn cohort(survivors: &[f64]) -> Cohort {
    let mut observations = Observations::default();
    survivors.iter().zip(0u32..).for_each(|(left, period)| observations.add([f64::from(period), *left], 1));
    Cohort::new(observations.sorted())
}

fn printed(values: impl Iterator<Item = f64>, digits: usize) -> String {
    values.map(|value| format!("{value:.digits$}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_published_fit() {
    let found = maximise(&cohort(&[1000., 869., 743., 653., 593., 551., 517., 491.])).unwrap();
    assert_eq!(printed(found.parameters.into_iter(), 3), "0.668 3.806");
    assert_eq!(printed([found.log_likelihood].into_iter(), 1), "-1611.2");
}

#[test]
fn survival_and_retention() {
    let renewals = || (1..=12).map(f64::from);
    assert_eq!(
        printed(renewals().map(|renewal| HIGH_END.survival(renewal)), 3),
        "0.851 0.747 0.670 0.610 0.562 0.522 0.489 0.460 0.436 0.414 0.395 0.378"
    );
    assert_eq!(
        printed(renewals().map(|renewal| HIGH_END.retention_rate(renewal)), 3),
        "0.851 0.878 0.897 0.911 0.921 0.929 0.936 0.942 0.946 0.950 0.954 0.957"
    );
    assert_eq!(HIGH_END.survival(0.0), 1.0);
    for renewal in renewals() {
        let ratio = HIGH_END.survival(renewal) / HIGH_END.survival(renewal - 1.0);
        assert!((ratio - HIGH_END.retention_rate(renewal)).abs() < 1e-13);
    }
}

#[test]
fn discounted_lifetimes() {
    assert_eq!(printed(HIGH_END.expected_lifetime(0.1).into_iter(), 4), "5.9226");
    let residual = (1..=4).filter_map(|renewal| HIGH_END.expected_residual_lifetime(0.1, f64::from(renewal)));
    assert_eq!(printed(residual, 4), "5.4149 5.9018 6.2943 6.6203");
}

#[test]
fn lifetimes_are_sums_of_survival() {
    for model in [HIGH_END, ShiftedBetaGeometric { alpha: 30.0, beta: 900.0 }] {
        for discount_rate in [0.01, 0.1, 3.0] {
            let discounted = |renewal: u32| {
                model.survival(f64::from(renewal))
                    / (1.0f64 + discount_rate).powi(renewal.try_into().unwrap())
            };
            let sum: f64 = (0..6000).map(discounted).sum();
            let lifetime = model.expected_lifetime(discount_rate).unwrap();
            assert!((lifetime / sum - 1.0).abs() < 1e-11, "{lifetime} {sum}");
        }
    }
}

#[test]
fn hardly_any_discount() {
    // Without discount the sum is (alpha + beta - 1) / (alpha - 1), or infinite.
    let short = ShiftedBetaGeometric { alpha: 2.5, beta: 4.0 };
    let exact = 5.5 / 1.5;
    assert!((short.expected_lifetime(0.0).unwrap() - exact).abs() < 1e-12);
    assert!((short.expected_lifetime(1e-12).unwrap() - exact).abs() < 1e-9);
    assert_eq!(HIGH_END.expected_lifetime(0.0), None);
    assert_eq!(HIGH_END.expected_residual_lifetime(0.0, 2.0), None);
    // As the discount vanishes, the sum grows like its power of alpha - 1.
    let [small, smaller] = [1e-9, 1e-10].map(|rate| HIGH_END.expected_lifetime(rate).unwrap());
    assert!((smaller / small / 10f64.powf(1.0 - 0.668) - 1.0).abs() < 1e-2, "{small} {smaller}");
}

#[test]
fn known_parameters_are_recovered() {
    let truth = [0.668, 3.806];
    let all: Vec<_> =
        (0..SEEDS).map(|seed| errors(&cohort(&Random::new(seed).survivors(truth, 5000, 7)), truth)).collect();
    assert_recovered(&all, 15.2);
}

#[test]
fn sane_cohorts_have_an_estimate() {
    for alpha in [0.1, 0.7, 3.0] {
        for beta in [0.2, 1.0, 4.0, 30.0] {
            let truth = [alpha, beta];
            let likelihood = cohort(&Random::new(11).survivors(truth, 100_000, 6));
            let found = maximise(&likelihood).unwrap_or_else(|reason| panic!("{truth:?}: {reason:?}"));
            assert!(found.log_likelihood >= likelihood.evaluate(&truth).0, "{truth:?}: {found:?}");
        }
    }
}

#[test]
fn the_derivatives_are_those_of_the_likelihood() {
    let likelihood = cohort(&[1000., 631., 468., 382., 326.]);
    let parameters = [0.7, 1.2];
    let (_, derivatives) = likelihood.evaluate(&parameters);
    for index in 0..2 {
        let shifted = |by: f64| {
            let mut there = parameters;
            there[index] += by;
            likelihood.evaluate(&there).0
        };
        let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        assert!((derivatives[index] - slope).abs() < 1e-4, "{index}: {slope}");
    }
}

#[test]
fn without_differences_between_customers_there_is_no_estimate() {
    // A tenth leaves each time, or ever more: the chance of churn is no mixture.
    for survivors in [vec![1000., 900., 810., 729.], vec![1000., 950., 800., 500.]] {
        let found = maximise(&cohort(&survivors));
        assert!(matches!(found, Err(NoMaximum::RunsToInfinity(_))), "{survivors:?}: {found:?}");
    }
    // Everybody leaves at once.
    let found = maximise(&cohort(&[1000., 0., 0.]));
    assert!(found.is_err(), "{found:?}");
}
