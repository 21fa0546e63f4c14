//! Kaplan-Meier: the share of customers that stays, from durations of which some have not ended.
//!
//! E. L. Kaplan, P. Meier, Nonparametric Estimation from Incomplete Observations, Journal of the American Statistical
//! Association 53 (1958). Standard errors by Greenwood's formula.

use std::collections::BTreeMap;

use super::observations::Observation;

/// One time at which customers churned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) time: f64,
    /// Those who were there just before, whoever is censored at this time included.
    pub(crate) at_risk: i64,
    pub(crate) events: i64,
    /// The share that is left after this time.
    pub(crate) survival: f64,
    /// `None` when nobody is left: Greenwood's formula has no value there.
    pub(crate) std_error: Option<f64>,
}

/// What happens at one time.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    churned: i64,
    ended: i64,
    entered: i64,
}

/// Takes duration, whether it ended by churn (1) or not (0), and the late entry (0 if there is none); the curve has a
/// step for each time of churn.
pub(crate) fn kaplan_meier(observations: &[Observation<3>]) -> Vec<Step> {
    // Doubles that are not negative are ordered as their bits are.
    let mut counts: BTreeMap<u64, Count> = BTreeMap::new();
    let mut at_risk = 0;
    for observation in observations {
        let [duration, churned, entry] = observation.values;
        let end = counts.entry(duration.to_bits()).or_default();
        end.ended += observation.times;
        if churned != 0.0 {
            end.churned += observation.times;
        }
        if entry > 0.0 {
            counts.entry(entry.to_bits()).or_default().entered += observation.times;
        } else {
            at_risk += observation.times;
        }
    }
    let mut steps = Vec::new();
    let mut survival = Survival::default();
    let mut greenwood = 0.0;
    for (time, count) in counts {
        if count.churned > 0 {
            let left = at_risk - count.churned;
            let survival = survival.after(at_risk, left);
            greenwood += count.churned as f64 / (at_risk as f64 * left as f64);
            steps.push(Step {
                time: f64::from_bits(time),
                at_risk,
                events: count.churned,
                survival,
                std_error: (survival > 0.0).then(|| survival * f64::sqrt(greenwood)),
            });
        }
        // Who enters at this time is at risk after it.
        at_risk += count.entered - count.ended;
    }
    steps
}

/// A product of shares. As long as nobody comes or goes but by churn, the factors cancel to one share of whole numbers,
/// and a half is exactly a half.
#[derive(Debug)]
struct Survival {
    before: f64,
    started: i64,
    left: i64,
}

impl Default for Survival {
    fn default() -> Self {
        Self { before: 1.0, started: 0, left: 0 }
    }
}

impl Survival {
    fn value(&self) -> f64 {
        if self.started == 0 { self.before } else { self.before * (self.left as f64 / self.started as f64) }
    }

    /// The share after so many of those at risk are left.
    fn after(&mut self, at_risk: i64, left: i64) -> f64 {
        if at_risk != self.left {
            *self = Self { before: self.value(), started: at_risk, left };
        }
        self.left = left;
        self.value()
    }
}

/// A product of shares may err by its last bits: this much above a half is a half.
const HALF: f64 = 0.5 + 1e-12;

/// The first time at which at most half are left. `None` if more than half stay.
pub(crate) fn median(steps: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    steps.into_iter().find(|(_, survival)| *survival <= HALF).map(|(time, _)| time)
}

#[cfg(test)]
mod tests {
    use super::{Step, kaplan_meier, median};
    use crate::statistics::observations::Observations;

    fn curve(customers: &[(f64, bool, f64)]) -> Vec<Step> {
        let mut observations = Observations::default();
        for (duration, churned, entry) in customers {
            observations.add([*duration, f64::from(u8::from(*churned)), *entry], 1);
        }
        kaplan_meier(observations.sorted())
    }

    fn printed(steps: &[Step]) -> Vec<String> {
        let text = |step: &Step| {
            let error = step.std_error.map_or("-".to_owned(), |error| format!("{error:.4}"));
            format!("{} {}/{} {:.4} {error}", step.time, step.events, step.at_risk, step.survival)
        };
        steps.iter().map(text).collect()
    }

    #[test]
    fn bewick_2004() {
        let customers = [
            (1., true),
            (1., true),
            (4., true),
            (5., true),
            (6., false),
            (9., true),
            (9., false),
            (22., true),
        ];
        let steps = curve(&customers.map(|(duration, churned)| (duration, churned, 0.0)));
        let expected = [
            "1 2/8 0.7500 0.1531",
            "4 1/6 0.6250 0.1712",
            "5 1/5 0.5000 0.1768",
            "9 1/3 0.3333 0.1800",
            "22 1/1 0.0000 -",
        ];
        assert_eq!(printed(&steps), expected);
        assert_eq!(steps[2].survival, 0.5);
        let pairs = |steps: &[Step]| steps.iter().map(|step| (step.time, step.survival)).collect::<Vec<_>>();
        assert_eq!(median(pairs(&steps)), Some(5.0));
        assert_eq!(median(pairs(&steps[..2])), None);
    }

    #[test]
    fn late_entries_are_not_at_risk_before() {
        // At 2 only those who were there from the beginning can churn; the one who enters at 2 is at risk after it.
        let steps =
            curve(&[(2., true, 0.), (5., true, 2.), (5., false, 0.), (7., true, 5.), (8., false, 6.)]);
        assert_eq!(printed(&steps), ["2 1/2 0.5000 0.3536", "5 1/2 0.2500 0.2500", "7 1/2 0.1250 0.1531"]);
    }

    #[test]
    fn without_churn_there_is_no_step() {
        assert_eq!(curve(&[(3., false, 0.), (4., false, 0.)]), []);
        assert_eq!(curve(&[]), []);
    }

    #[test]
    fn churn_at_once_is_a_step_at_zero() {
        assert_eq!(
            printed(&curve(&[(0., true, 0.), (0., false, 0.), (1., true, 0.)])),
            ["0 1/3 0.6667 0.2722", "1 1/1 0.0000 -"]
        );
    }
}
