//! The fit finds what the customers were made with; its derivatives are those of the likelihood.

use super::{
    super::{
        likelihood::{Likelihood, NoMaximum, maximise},
        observations::Observations,
        recovery::{SEEDS, assert_recovered, errors},
        rising::ln_gamma,
        simulation::Random,
    },
    Customers,
};

fn observed(customers: impl IntoIterator<Item = [f64; 3]>) -> Observations<3> {
    let mut observations = Observations::default();
    customers.into_iter().for_each(|customer| observations.add(customer, 1));
    observations
}

fn simulated(parameters: [f64; 4], customers: usize, seed: u64) -> Observations<3> {
    let mut random = Random::new(seed);
    // They came over twelve weeks and were watched for 27 to 39.
    observed((0..customers).map(|_| {
        let age = 27.0 + 12.0 * random.uniform();
        random.purchases(parameters, age)
    }))
}

#[test]
fn known_parameters_are_recovered() {
    for (first, truth) in [(0, [0.243, 4.414, 0.793, 2.426]), (1000, [1.2, 8.0, 0.4, 3.0])] {
        let all: Vec<_> = (0..SEEDS)
            .map(|seed| errors(&Customers::new(simulated(truth, 6000, first + seed).sorted()), truth))
            .collect();
        assert_recovered(&all, 20.0);
    }
}

#[test]
fn sane_customers_have_an_estimate() {
    // From rare to frequent purchases, from faithful customers to fickle ones, all from the one start.
    for (seed, r) in (0..).zip([0.1, 0.5, 2.0, 8.0]) {
        for alpha in [0.5, 4.0, 15.0] {
            for (a, b) in [(0.3, 1.0), (0.8, 2.4), (2.0, 3.0), (1.5, 20.0)] {
                let truth = [r, alpha, a, b];
                let mut customers = simulated(truth, 20_000, seed);
                let likelihood = Customers::new(customers.sorted());
                let found = maximise(&likelihood).unwrap_or_else(|reason| panic!("{truth:?}: {reason:?}"));
                assert!(found.log_likelihood >= likelihood.evaluate(&truth).0, "{truth:?}: {found:?}");
            }
        }
    }
}

#[test]
fn the_unit_of_time_is_no_matter() {
    let weeks = simulated([0.243, 4.414, 0.793, 2.426], 3000, 5).sorted().to_vec();
    let days = observed(weeks.iter().map(|entry| {
        let [frequency, recency, age] = entry.values;
        [frequency, 7.0 * recency, 7.0 * age]
    }))
    .sorted()
    .to_vec();
    let [weekly, daily] = [weeks, days].map(|customers| maximise(&Customers::new(&customers)).unwrap());
    let [r, alpha, a, b] = weekly.parameters;
    for (actual, expected) in daily.parameters.into_iter().zip([r, 7.0 * alpha, a, b]) {
        assert!((actual / expected - 1.0).abs() < 1e-7, "{actual} for {expected}");
    }
}

/// The likelihood as the paper has it, customer by customer.
fn published(customers: &[[f64; 3]], [r, alpha, a, b]: [f64; 4]) -> f64 {
    let ln_beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
    let likelihood = |[x, t, age]: [f64; 3]| {
        let bought = (ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln()).exp();
        let active = (ln_beta(a, b + x) - ln_beta(a, b)).exp() * bought / (alpha + age).powf(r + x);
        if x == 0.0 {
            return active;
        }
        active + (ln_beta(a + 1.0, b + x - 1.0) - ln_beta(a, b)).exp() * bought / (alpha + t).powf(r + x)
    };
    customers.iter().map(|customer| likelihood(*customer).ln()).sum()
}

#[test]
fn the_likelihood_and_its_derivatives() {
    let customers = [
        [0.0, 0.0, 38.9],
        [2.0, 30.4, 38.9],
        [1.0, 1.7, 38.9],
        [26.0, 30.9, 31.0],
        [80.0, 20.0, 27.0],
        [2.0, 30.4, 38.9],
    ];
    let mut observations = observed(customers);
    let likelihood = Customers::new(observations.sorted());
    for parameters in [[0.243, 4.414, 0.793, 2.426], [3.0, 0.5, 1.0, 0.2]] {
        let (value, derivatives) = likelihood.evaluate(&parameters);
        assert!((value - published(&customers, parameters)).abs() < 1e-9, "{value}");
        for index in 0..4 {
            let step = 1e-5 * parameters[index];
            let shifted = |by: f64| {
                let mut there = parameters;
                there[index] += by;
                likelihood.evaluate(&there).0
            };
            let slope = (shifted(step) - shifted(-step)) / (2.0 * step);
            assert!((derivatives[index] - slope).abs() < 1e-5 * slope.abs().max(1.0), "{index}: {slope}");
        }
    }
}

#[test]
fn a_likelihood_without_a_maximum_has_no_estimate() {
    // All alike: one rate explains everybody, so r and alpha grow together.
    let alike = observed((0..100).map(|_| [4.0, 20.0, 30.0])).sorted().to_vec();
    // Nobody ever leaves: the last purchase of each was just now.
    let mut random = Random::new(3);
    let faithful = observed((0..500).map(|_| {
        let [frequency, _, age] = random.purchases([2.0, 5.0, 1e-9, 1.0], 30.0);
        [frequency, if frequency > 0.0 { age } else { 0.0 }, age]
    }))
    .sorted()
    .to_vec();
    for customers in [alike, faithful] {
        let found = maximise(&Customers::new(&customers));
        assert!(matches!(found, Err(NoMaximum::RunsToInfinity(_) | NoMaximum::RunsToZero(_))), "{found:?}");
    }
}
