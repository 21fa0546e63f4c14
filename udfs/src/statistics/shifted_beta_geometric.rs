//! Shifted-beta-geometric: how long customers stay under contract, if each has a chance of churn of its own.
//!
//! P. S. Fader, B. G. S. Hardie, How to Project Customer Retention, Journal of Interactive Marketing 21 (2007). At each
//! renewal a customer leaves with probability θ ~ Beta(alpha, beta).

use super::{beta_mean::beta_mean, likelihood::Likelihood, observations::Observation, rising::ln_rising};

/// The parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ShiftedBetaGeometric {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
}

impl ShiftedBetaGeometric {
    /// The share of customers that is left after so many renewals.
    pub(crate) fn survival(&self, renewals: f64) -> f64 {
        (ln_rising(self.beta, renewals) - ln_rising(self.alpha + self.beta, renewals)).exp()
    }

    /// The share that renews, of those who have come to this renewal; the first is 1.
    pub(crate) fn retention_rate(&self, renewal: f64) -> f64 {
        (self.beta + renewal - 1.0) / (self.alpha + self.beta + renewal - 1.0)
    }

    /// The discounted expected number of periods of a new customer, the first included, which is not discounted:
    /// Σ S(t) / (1+d)^t = ₂F₁(1, β; α+β; 1/(1+d)). `None` where it is infinite.
    pub(crate) fn expected_lifetime(&self, discount_rate: f64) -> Option<f64> {
        let Self { alpha, beta } = *self;
        if discount_rate > 0.0 {
            let greatest = (1.0 + (alpha + beta) / (alpha * discount_rate)).ln();
            return Some(beta_mean(alpha, beta, greatest, |churn, _| {
                (1.0 + discount_rate) / (discount_rate + churn)
            }));
        }
        (alpha > 1.0).then(|| (alpha + beta - 1.0) / (alpha - 1.0))
    }

    /// The same of a customer who is about to decide on a renewal, the first being 1; what was paid before is left out.
    pub(crate) fn expected_residual_lifetime(&self, discount_rate: f64, renewal: f64) -> Option<f64> {
        let renewed = Self { alpha: self.alpha, beta: self.beta + renewal };
        Some(self.retention_rate(renewal) * renewed.expected_lifetime(discount_rate)?)
    }
}

/// How many customers were left after each renewal, from none on.
#[derive(Debug)]
pub(crate) struct Cohort {
    survivors: Vec<f64>,
}

impl Cohort {
    /// Takes the survivors of consecutive periods, from 0 on, none more than the one before. Some churned.
    pub(crate) fn new(sorted: &[Observation<2>]) -> Self {
        Self { survivors: sorted.iter().map(|entry| entry.values[1]).collect() }
    }
}

impl Likelihood<2> for Cohort {
    const PARAMETERS: [&'static str; 2] = ["alpha", "beta"];

    fn scale(&self) -> [f64; 2] {
        [1.0, 1.0]
    }

    fn observations(&self) -> f64 {
        self.survivors.first().copied().unwrap_or_default()
    }

    /// Of those who come to renewal t, a share of (β+t−1) / (α+β+t−1) renews.
    fn evaluate(&self, parameters: &[f64; 2]) -> (f64, [f64; 2]) {
        let [alpha, beta] = *parameters;
        let mut log_likelihood = 0.0;
        let mut derivatives = [0.0; 2];
        for (renewal, pair) in (0u32..).zip(self.survivors.windows(2)) {
            let [before, renewed] = *pair else { continue };
            let churned = before - renewed;
            let stay = beta + f64::from(renewal);
            let all = alpha + stay;
            log_likelihood += churned * (alpha / all).ln() + renewed * (stay / all).ln();
            derivatives[0] += churned / alpha - before / all;
            derivatives[1] += renewed / stay - before / all;
        }
        (log_likelihood, derivatives)
    }
}

#[cfg(test)]
mod tests;
