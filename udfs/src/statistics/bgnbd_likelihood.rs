//! The likelihood of BG/NBD over many customers, with its derivatives.
//!
//! Of a customer with x repeat purchases, the last at t of T, the logarithm is
//! ln Γ(r+x)/Γ(r) + r ln α + ln B(a,b+x)/B(a,b) − (r+x) ln(α+t) + ln( ((α+t)/(α+T))^(r+x) + a/(b+x−1) ),
//! where the first summand in the last logarithm is at most 1 and the second positive: nothing overflows or cancels.

use super::{
    bgnbd::BgNbd,
    likelihood::Likelihood,
    observations::Observation,
    rising::{digamma_rise, ln_rising},
};

/// Customers by how often they bought.
#[derive(Debug)]
pub(crate) struct Customers<'a> {
    /// Each slice has customers of one frequency, in order: gamma functions are taken once for each.
    by_frequency: Vec<&'a [Observation<3>]>,
    customers: f64,
    mean_interval: f64,
}

impl<'a> Customers<'a> {
    /// Takes frequency, recency and age of customers, sorted. Some have bought again, and some time has passed.
    pub(crate) fn new(sorted: &'a [Observation<3>]) -> Self {
        let total =
            |index: usize| -> f64 { sorted.iter().map(|entry| entry.weight() * entry.values[index]).sum() };
        Self {
            by_frequency: sorted.chunk_by(|a, b| a.values[0] == b.values[0]).collect(),
            customers: sorted.iter().map(Observation::weight).sum(),
            mean_interval: total(2) / total(0),
        }
    }
}

impl BgNbd {
    /// The model with these parameters, in the order of [`Customers::PARAMETERS`].
    pub(crate) fn new([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }
}

impl Likelihood<4> for Customers<'_> {
    const PARAMETERS: [&'static str; 4] = ["r", "alpha", "a", "b"];

    /// With r = 1, the mean rate of purchases is 1 / alpha.
    fn scale(&self) -> [f64; 4] {
        [1.0, self.mean_interval, 1.0, 1.0]
    }

    fn observations(&self) -> f64 {
        self.customers
    }

    fn evaluate(&self, parameters: &[f64; 4]) -> (f64, [f64; 4]) {
        let model = BgNbd::new(*parameters);
        let mut log_likelihood = 0.0;
        let mut derivatives = [0.0; 4];
        for customers in &self.by_frequency {
            let (value, slopes) = match customers.first() {
                Some(customer) if customer.values[0] > 0.0 => {
                    repeat_customers(&model, customer.values[0], customers)
                }
                _ => single_customers(&model, customers),
            };
            log_likelihood += value;
            derivatives.iter_mut().zip(slopes).for_each(|(total, slope)| *total += slope);
        }
        (log_likelihood, derivatives)
    }
}

/// Those who have not bought again: nobody of them has left.
fn single_customers(model: &BgNbd, customers: &[Observation<3>]) -> (f64, [f64; 4]) {
    let (mut ln_waiting, mut waiting) = (0.0, 0.0);
    for customer in customers {
        let [_, _, age] = customer.values;
        ln_waiting -= customer.weight() * (age / model.alpha).ln_1p();
        waiting += customer.weight() * age / (model.alpha + age);
    }
    (model.r * ln_waiting, [ln_waiting, model.r * waiting / model.alpha, 0.0, 0.0])
}

/// Those who have bought again, all equally often.
fn repeat_customers(model: &BgNbd, frequency: f64, customers: &[Observation<3>]) -> (f64, [f64; 4]) {
    let BgNbd { r, alpha, a, b } = *model;
    let shape = r + frequency;
    let odds = a / (b + frequency - 1.0);
    let mut count = 0.0;
    let (mut ln_last, mut ln_either, mut active) = (0.0, 0.0, 0.0);
    let (mut active_ln_ratio, mut per_last, mut active_per) = (0.0, 0.0, 0.0);
    for customer in customers {
        let [_, recency, age] = customer.values;
        let weight = customer.weight();
        let (last, now) = (alpha + recency, alpha + age);
        let ln_ratio = (last / now).ln();
        let silent = (shape * ln_ratio).exp();
        let either = silent + odds;
        let probability = weight * silent / either;
        count += weight;
        ln_last += weight * last.ln();
        ln_either += weight * either.ln();
        active += probability;
        active_ln_ratio += probability * ln_ratio;
        per_last += weight / last;
        active_per += probability * (age - recency) / (last * now);
    }
    let ln_constant =
        ln_rising(r, frequency) + r * alpha.ln() + ln_rising(b, frequency) - ln_rising(a + b, frequency);
    let left = count - active;
    let rise = digamma_rise(a + b, frequency);
    let value = count * ln_constant - shape * ln_last + ln_either;
    let slopes = [
        count * (digamma_rise(r, frequency) + alpha.ln()) - ln_last + active_ln_ratio,
        count * r / alpha - shape * (per_last - active_per),
        left / a - count * rise,
        count * (digamma_rise(b, frequency) - rise) - left / (b + frequency - 1.0),
    ];
    (value, slopes)
}

#[cfg(test)]
mod tests;
