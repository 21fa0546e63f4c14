//! Gamma-gamma: what customers spend per purchase, if it does not depend on how often they buy.
//!
//! P. S. Fader, B. G. S. Hardie, The Gamma-Gamma Model of Monetary Value (2013). The mean of x purchases has the
//! likelihood Γ(px+q) / (Γ(px) Γ(q)) · v^q m^(px−1) x^(px) / (xm+v)^(px+q).

use special::Gamma;

use super::{likelihood::Likelihood, observations::Observation, rising::ln_gamma};

/// The parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GammaGamma {
    pub(crate) p: f64,
    pub(crate) q: f64,
    pub(crate) v: f64,
}

impl GammaGamma {
    /// The expected mean of all purchases of a customer, after so many with that mean. `None` where it is infinite:
    /// of a customer without purchases, if q is not greater than 1.
    pub(crate) fn expected_value(&self, frequency: f64, mean_value: f64) -> Option<f64> {
        let spread = self.p * frequency + self.q - 1.0;
        (spread > 0.0).then(|| self.p * (self.v + frequency * mean_value) / spread)
    }
}

/// Customers by how often they bought.
#[derive(Debug)]
pub(crate) struct Spenders<'a> {
    by_frequency: Vec<&'a [Observation<2>]>,
    customers: f64,
    mean_value: f64,
}

impl<'a> Spenders<'a> {
    /// Takes frequency and mean value of customers, sorted, all positive.
    pub(crate) fn new(sorted: &'a [Observation<2>]) -> Self {
        let customers: f64 = sorted.iter().map(Observation::weight).sum();
        let value: f64 = sorted.iter().map(|entry| entry.weight() * entry.values[1]).sum();
        Self {
            by_frequency: sorted.chunk_by(|a, b| a.values[0] == b.values[0]).collect(),
            customers,
            mean_value: value / customers,
        }
    }
}

impl Likelihood<3> for Spenders<'_> {
    const PARAMETERS: [&'static str; 3] = ["p", "q", "v"];

    /// With q = 2 the mean value is p v.
    fn scale(&self) -> [f64; 3] {
        [1.0, 2.0, self.mean_value]
    }

    fn observations(&self) -> f64 {
        self.customers
    }

    fn evaluate(&self, parameters: &[f64; 3]) -> (f64, [f64; 3]) {
        let [p, q, v] = *parameters;
        let mut log_likelihood = 0.0;
        let mut derivatives = [0.0; 3];
        for customers in &self.by_frequency {
            let Some(frequency) = customers.first().map(|customer| customer.values[0]) else { continue };
            let shape = p * frequency;
            let mut count = 0.0;
            let (mut ln_value, mut ln_share, mut ln_prior, mut per_total) = (0.0, 0.0, 0.0, 0.0);
            for customer in *customers {
                let spent = frequency * customer.values[1];
                let weight = customer.weight();
                count += weight;
                ln_value += weight * customer.values[1].ln();
                // The shares of the total that are the customer's own, and the model's.
                ln_share -= weight * (v / spent).ln_1p();
                ln_prior -= weight * (spent / v).ln_1p();
                per_total += weight / (spent + v);
            }
            let all = shape + q;
            log_likelihood +=
                count * (ln_gamma(all) - ln_gamma(shape) - ln_gamma(q)) + shape * ln_share + q * ln_prior
                    - ln_value;
            let digamma_all = all.digamma();
            derivatives[0] += frequency * (count * (digamma_all - shape.digamma()) + ln_share);
            derivatives[1] += count * (digamma_all - q.digamma()) + ln_prior;
            derivatives[2] += count * q / v - all * per_total;
        }
        (log_likelihood, derivatives)
    }
}

#[cfg(test)]
mod tests;
