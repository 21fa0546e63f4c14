//! The published values; the fit finds what the customers were made with.

use super::{
    super::{
        likelihood::{Likelihood, NoMaximum, maximise},
        observations::Observations,
        recovery::{SEEDS, assert_recovered, errors},
        simulation::Random,
    },
    GammaGamma, Spenders,
};

/// As printed for the CDNOW data.
const PUBLISHED: GammaGamma = GammaGamma { p: 6.25, q: 3.74, v: 15.44 };

fn observed(customers: impl IntoIterator<Item = [f64; 2]>) -> Observations<2> {
    let mut observations = Observations::default();
    customers.into_iter().for_each(|customer| observations.add(customer, 1));
    observations
}

fn simulated(parameters: [f64; 3], customers: usize, seed: u64) -> Observations<2> {
    let mut random = Random::new(seed);
    observed((0..customers).map(|_| {
        let frequency = (1.0 + 6.0 * random.uniform().powi(3)).floor();
        [frequency, random.mean_value(parameters, frequency)]
    }))
}

#[test]
fn expected_values() {
    // p v / (q - 1), and between it and the customer's own mean.
    let population = 6.25 * 15.44 / 2.74;
    assert!((PUBLISHED.expected_value(0.0, 0.0).unwrap() - population).abs() < 1e-12);
    assert_eq!(PUBLISHED.expected_value(0.0, 99.0), PUBLISHED.expected_value(0.0, 0.0));
    let one = PUBLISHED.expected_value(1.0, 100.0).unwrap();
    let weight = 6.25 / (6.25 + 2.74);
    assert!((one - ((1.0 - weight) * population + weight * 100.0)).abs() < 1e-12);
    assert!((PUBLISHED.expected_value(1e9, 100.0).unwrap() - 100.0).abs() < 1e-6);
    let heavy = GammaGamma { q: 1.0, ..PUBLISHED };
    assert_eq!(heavy.expected_value(0.0, 0.0), None);
    assert!(heavy.expected_value(1.0, 100.0).is_some());
}

#[test]
fn known_parameters_are_recovered() {
    let truth = [6.25, 3.74, 15.44];
    let all: Vec<_> = (0..SEEDS)
        .map(|seed| errors(&Spenders::new(simulated(truth, 10_000, seed).sorted()), truth))
        .collect();
    assert_recovered(&all, 17.7);
}

#[test]
fn sane_customers_have_an_estimate() {
    // Cents and millions, regular spenders and wild ones, all from the one start.
    for p in [0.5, 2.0, 10.0, 50.0] {
        for q in [1.2, 3.0, 10.0] {
            for v in [0.02, 15.0, 3e6] {
                let truth = [p, q, v];
                let mut customers = simulated(truth, 20_000, 7);
                let likelihood = Spenders::new(customers.sorted());
                let found = maximise(&likelihood).unwrap_or_else(|reason| panic!("{truth:?}: {reason:?}"));
                assert!(found.log_likelihood >= likelihood.evaluate(&truth).0, "{truth:?}: {found:?}");
            }
        }
    }
}

#[test]
fn the_derivatives_are_those_of_the_likelihood() {
    let customers = [[1.0, 22.35], [3.0, 11.77], [1.0, 73.74], [40.0, 5.0], [3.0, 11.77]];
    let mut observations = observed(customers);
    let likelihood = Spenders::new(observations.sorted());
    let parameters = [6.25, 3.74, 15.44];
    let (_, derivatives) = likelihood.evaluate(&parameters);
    for index in 0..3 {
        let step = 1e-5 * parameters[index];
        let shifted = |by: f64| {
            let mut there = parameters;
            there[index] += by;
            likelihood.evaluate(&there).0
        };
        let slope = (shifted(step) - shifted(-step)) / (2.0 * step);
        assert!((derivatives[index] - slope).abs() < 1e-6 * slope.abs().max(1.0), "{index}: {slope}");
    }
}

#[test]
fn the_likelihood_is_a_density() {
    // Over all mean values of three purchases, by a sum over a fine geometric grid.
    let ratio = 1.001f64;
    let total: f64 = (-12_000..14_000)
        .map(|step| {
            let value = ratio.powi(step);
            let mut observations = observed([[3.0, value]]);
            Spenders::new(observations.sorted()).evaluate(&[6.25, 3.74, 15.44]).0.exp() * value * ratio.ln()
        })
        .sum();
    assert!((total - 1.0).abs() < 1e-9, "{total}");
}

#[test]
fn customers_who_all_spend_the_same_have_no_estimate() {
    let alike = observed((1..50).map(|frequency| [f64::from(frequency % 5 + 1), 20.0])).sorted().to_vec();
    let found = maximise(&Spenders::new(&alike));
    assert!(matches!(found, Err(NoMaximum::RunsToInfinity(_))), "{found:?}");
}
