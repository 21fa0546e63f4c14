//! The published values, and what must hold for any parameters.

use super::{BgNbd, History, quadrature};

/// The fit to the CDNOW data as printed in the paper, and to more digits.
const PRINTED: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const UNROUNDED: BgNbd = BgNbd { r: 0.242593, alpha: 4.413532, a: 0.792886, b: 2.425754 };

const NEW: History = History { frequency: 0.0, recency: 0.0, age: 0.0 };

fn history(frequency: f64, recency: f64, age: f64) -> History {
    History { frequency, recency, age }
}

#[track_caller]
fn assert_printed(value: f64, digits: usize, expected: &str) {
    assert_eq!(format!("{value:.digits$}"), expected);
}

#[track_caller]
fn assert_close(actual: f64, expected: f64) {
    assert!((actual / expected - 1.0).abs() < 1e-11, "{actual} for {expected}");
}

#[test]
fn expected_purchases_of_a_new_customer() {
    for (weeks, expected) in [
        (1.0 / 7.0, "0.0078"),
        (1.0, "0.0532"),
        (3.0, "0.1506"),
        (31.8571, "1.0405"),
        (32.0, "1.0437"),
        (78.0, "1.8580"),
    ] {
        assert_printed(UNROUNDED.expected_purchases(&NEW, weeks), 4, expected);
    }
}

#[test]
fn customers_of_the_paper() {
    let two = history(2.0, 30.43, 38.86);
    assert_printed(UNROUNDED.expected_purchases(&two, 39.0), 4, "1.2259");
    assert_printed(PRINTED.expected_purchases(&two, 39.0), 3, "1.226");
    assert_printed(UNROUNDED.probability_alive(&two), 5, "0.72661");
    let often = history(26.0, 30.86, 31.0);
    assert_printed(UNROUNDED.probability_alive(&often), 5, "0.96892");
    assert_printed(PRINTED.probability_alive(&often), 4, "0.9689");
    assert_printed(UNROUNDED.expected_purchases(&often, 39.0), 4, "20.7506");
    let once = history(0.0, 0.0, 38.86);
    assert_eq!(UNROUNDED.probability_alive(&once), 1.0);
    assert_printed(UNROUNDED.expected_purchases(&once, 39.0), 5, "0.19478");
    let long_ago = history(1.0, 1.71, 38.86);
    assert_printed(UNROUNDED.probability_alive(&long_ago), 4, "0.2122");
    assert_printed(UNROUNDED.expected_purchases(&long_ago, 39.0), 5, "0.20325");
}

#[test]
fn probabilities_of_purchases() {
    assert_printed(PRINTED.purchases_probability(0.0, 39.0), 7, "0.5737864");
    assert_printed(UNROUNDED.purchases_probability(0.0, 39.0), 7, "0.5743072");
    assert_eq!(format!("{:.5e}", PRINTED.purchases_probability(10.0, 2.0)), "1.07869e-7");
    assert_eq!(format!("{:.5e}", UNROUNDED.purchases_probability(10.0, 2.0)), "1.07683e-7");
    for (model, horizon) in [(PRINTED, 39.0), (BgNbd { r: 3.0, alpha: 2.0, a: 1.0, b: 1.0 }, 10.0)] {
        let probabilities: Vec<_> =
            (0..4000).map(|n| model.purchases_probability(f64::from(n), horizon)).collect();
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let mean: f64 = probabilities.iter().zip(0..).map(|(p, n)| p * f64::from(n)).sum();
        assert_close(mean, model.expected_purchases(&NEW, horizon));
    }
    assert_eq!(PRINTED.purchases_probability(0.0, 0.0), 1.0);
    assert_eq!(PRINTED.purchases_probability(3.0, 0.0), 0.0);
}

/// The closed form with ₂F₁ as its series, where that converges and does not cancel.
fn published_formula(model: &BgNbd, horizon: f64) -> f64 {
    let BgNbd { r, alpha, a, b } = *model;
    let z = horizon / (alpha + horizon);
    let (mut term, mut series) = (1.0, 1.0);
    for k in 0..20_000 {
        let k = f64::from(k);
        term *= (r + k) * (b + k) / ((a + b - 1.0 + k) * (k + 1.0)) * z;
        series += term;
    }
    (a + b - 1.0) / (a - 1.0) * (1.0 - (1.0 - z).powf(r) * series)
}

#[test]
fn the_sum_is_the_published_formula() {
    for model in
        [PRINTED, BgNbd { r: 2.5, alpha: 10.0, a: 1.7, b: 3.0 }, BgNbd { r: 0.1, alpha: 1.0, a: 0.2, b: 0.3 }]
    {
        for horizon in [1.0, 5.0, 39.0] {
            let expected = published_formula(&model, horizon);
            let actual = model.expected_purchases(&NEW, horizon);
            assert!((actual / expected - 1.0).abs() < 1e-9, "{actual} {expected} {model:?} {horizon}");
        }
    }
}

#[test]
fn sum_and_quadrature_agree() {
    for r in [0.05, 1.0, 12.0, 100.0] {
        for a in [1e-3, 0.5, 1.0, 1.5, 40.0] {
            for periods in [1e-3, 0.7, 3.0] {
                let model = BgNbd { r, alpha: 2.0, a, b: 2.4 };
                let by_sum = model.expected_purchases(&NEW, 2.0 * periods);
                assert_close(by_sum, quadrature(r, periods, a, 2.4));
            }
        }
    }
}

#[test]
fn large_arguments_stay_finite() {
    // A thousand purchases a year for ten years, and a horizon of a century: of what is left, r / alpha t is made.
    let faithful = BgNbd { r: 1.0, alpha: 1.0, a: 1e-6, b: 1.0 };
    let often = history(10_000.0, 3650.0, 3650.0);
    let expected = faithful.expected_purchases(&often, 36_500.0);
    assert!((expected / 99_980.0 - 1.0).abs() < 1e-3, "{expected}");
    // As z comes near 1, nearly all leave: the mean of 1/p is (a + b - 1) / (a - 1).
    let fickle = BgNbd { r: 2.0, alpha: 1e-3, a: 3.0, b: 4.0 };
    let expected = fickle.expected_purchases(&NEW, 1e12);
    assert!((expected - 3.0).abs() < 1e-9, "{expected}");
    // Gone for certain, though e^x overflows.
    let gone = history(10_000.0, 1.0, 1e9);
    assert_eq!(UNROUNDED.probability_alive(&gone), 0.0);
    assert_eq!(UNROUNDED.expected_purchases(&gone, 39.0), 0.0);
    let here = history(10_000.0, 1e9, 1e9);
    assert!(UNROUNDED.probability_alive(&here) > 0.9999);
    assert!(UNROUNDED.purchases_probability(100_000.0, 1e9) > 0.0);
}

#[test]
fn one_is_no_special_value_of_a() {
    let around = [1.0 - 1e-9, 1.0, 1.0 + 1e-9].map(|a| BgNbd { a, ..PRINTED }.expected_purchases(&NEW, 39.0));
    assert!((around[0] - around[1]).abs() < 1e-8 && (around[1] - around[2]).abs() < 1e-8, "{around:?}");
    assert!(around[0] > around[1] && around[1] > around[2]);
}

#[test]
fn a_longer_horizon_expects_more() {
    let customer = history(3.0, 20.0, 30.0);
    assert_eq!(PRINTED.expected_purchases(&customer, 0.0), 0.0);
    let mut before = 0.0;
    // Across the border between the sum and the quadrature.
    for exponent in -20..60 {
        let expected = PRINTED.expected_purchases(&customer, 1.5f64.powi(exponent));
        assert!(expected > before, "{exponent}: {expected} {before}");
        before = expected;
    }
}
