//! BG/NBD: what follows from the model of purchases by customers who may leave at any purchase, unnoticed.
//!
//! P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD
//! Model, Marketing Science 24 (2005). While active, a customer buys at a rate λ ~ Gamma(r, alpha); after each
//! purchase she leaves with probability p ~ Beta(a, b). `bgnbd_likelihood` has the fit.

use special::Beta;

use super::{
    beta_mean::beta_mean,
    rising::{ln_gamma, ln_rising},
};

/// The parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BgNbd {
    pub(crate) r: f64,
    pub(crate) alpha: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
}

/// What is known of a customer: repeat purchases, the time of the last of them, and the time since the first purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct History {
    pub(crate) frequency: f64,
    pub(crate) recency: f64,
    pub(crate) age: f64,
}

/// A sum of more terms than this gives way to quadrature.
const TERMS_MAX: f64 = 2000.0;

/// The first term of a sum must not underflow: e^-600 is far from it.
const LN_FIRST_TERM_MIN: f64 = -600.0;

impl BgNbd {
    /// The probability that a customer has not left.
    pub(crate) fn probability_alive(&self, history: &History) -> f64 {
        let History { frequency, recency, age } = *history;
        if frequency == 0.0 {
            // Nobody leaves before a repeat purchase.
            return 1.0;
        }
        let silence = (self.r + frequency) * ((age - recency) / (self.alpha + recency)).ln_1p();
        // e^silence may be infinite, and then the customer has left.
        (1.0 + self.a / (self.b + frequency - 1.0) * silence.exp()).recip()
    }

    /// How many purchases are to be expected in the time from now to `horizon`.
    pub(crate) fn expected_purchases(&self, history: &History, horizon: f64) -> f64 {
        let active = Self {
            r: self.r + history.frequency,
            alpha: self.alpha + history.age,
            a: self.a,
            b: self.b + history.frequency,
        };
        self.probability_alive(history) * active.expected_while_active(horizon)
    }

    /// E[X(t)]: the purchases of a customer who is active at the beginning.
    ///
    /// If nobody left there would be K purchases, K negative binomial. Of them (1 + q + q² + …) are made, q = 1 − p,
    /// a sum of K terms, with mean Σ (b)_j / (a + b)_j. This sum of positive terms is what the paper writes as
    /// (a+b−1)/(a−1) [1 − (α/(α+t))^r ₂F₁(r, b; a+b−1; t/(α+t))], which has no value at a = 1.
    fn expected_while_active(&self, horizon: f64) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let periods = horizon / alpha;
        if periods == 0.0 {
            return 0.0;
        }
        let ln_none = -r * periods.ln_1p();
        if periods * (r + 40.0) > TERMS_MAX || ln_none < LN_FIRST_TERM_MIN {
            return quadrature(r, periods, a, b);
        }
        let z = horizon / (alpha + horizon);
        let (mut k, mut probability, mut made, mut next) = (0.0, ln_none.exp(), 0.0, 1.0);
        let mut expected = 0.0;
        loop {
            // From k purchases without leaving to k + 1.
            probability *= z * (r + k) / (k + 1.0);
            made += next;
            next *= (b + k) / (a + b + k);
            k += 1.0;
            let term = probability * made;
            expected += term;
            // Later terms shrink at least by this ratio, because `made` grows by less than (k + 1) / k.
            let ratio = z * (r + k).max(k + 1.0) / k;
            if ratio < 1.0 && term <= 1e-17 * expected * (1.0 - ratio) {
                return expected;
            }
        }
    }

    /// The probability that a new customer makes exactly `purchases` repeat purchases up to `horizon`.
    pub(crate) fn purchases_probability(&self, purchases: f64, horizon: f64) -> f64 {
        let Self { r, alpha, a, b } = *self;
        let z = horizon / (alpha + horizon);
        let ln_stayed = ln_rising(b, purchases) - ln_rising(a + b, purchases);
        if purchases == 0.0 {
            return (-r * (horizon / alpha).ln_1p()).exp();
        }
        if z == 0.0 {
            return 0.0;
        }
        // So many purchases, and still there; or at least so many, of which this one was the last.
        let ln_exactly = ln_rising(r, purchases) - ln_gamma(purchases + 1.0) - r * (horizon / alpha).ln_1p()
            + purchases * z.ln();
        let at_least = z.inc_beta(purchases, r, purchases.ln_beta(r));
        let left = a / (b + purchases - 1.0);
        (ln_stayed + ln_exactly).exp() + left * ln_stayed.exp() * at_least
    }
}

/// The same as the mean of (1 − (1 + p t/α)^-r) / p over p ~ Beta(a, b), where `periods` is t/α.
fn quadrature(r: f64, periods: f64, a: f64, b: f64) -> f64 {
    let purchases = |p: f64, _| {
        if p * periods < f64::MIN_POSITIVE {
            return r * periods;
        }
        -(-r * (p * periods).ln_1p()).exp_m1() / p
    };
    beta_mean(a, b, (r * periods).ln_1p(), purchases)
}

#[cfg(test)]
mod tests;
