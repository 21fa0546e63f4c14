//! Distinct observations and how often each was made: all that a fit needs to know, in one order.
//!
//! Adding and taking away commute, and what is read is sorted; so whatever is computed from it does not depend on the
//! order in which the rows came, to the last bit.

use std::cmp::Ordering;

/// Values that were observed together, and how often. Negative while more were taken away than added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Observation<const N: usize> {
    pub(crate) values: [f64; N],
    pub(crate) times: i64,
}

impl<const N: usize> Observation<N> {
    /// The weight in a sum. No computer has seen 2^53 rows.
    pub(crate) fn weight(&self) -> f64 {
        self.times as f64
    }
}

/// Below this many, sorting costs more than it saves.
const COMPACT_MIN: usize = 1024;

/// A multiset of observations.
#[derive(Debug)]
pub(crate) struct Observations<const N: usize> {
    entries: Vec<Observation<N>>,
    /// How many entries lead to the next sorting: twice as many as were left of the last.
    compact_at: usize,
}

impl<const N: usize> Default for Observations<N> {
    fn default() -> Self {
        Self { entries: Vec::new(), compact_at: COMPACT_MIN }
    }
}

impl<const N: usize> Observations<N> {
    /// Adds an observation so many times, or takes it away.
    pub(crate) fn add(&mut self, values: [f64; N], times: i64) {
        self.entries.push(Observation { values: values.map(canonical), times });
        if self.entries.len() >= self.compact_at {
            self.sorted();
            self.compact_at = (2 * self.entries.len()).max(COMPACT_MIN);
        }
    }

    /// The distinct observations in order; NaN is the last.
    pub(crate) fn sorted(&mut self) -> &[Observation<N>] {
        // Stable, because that sort makes use of the part that is in order already.
        self.entries.sort_by(compare);
        self.entries.dedup_by(|next, kept| {
            let same = compare(next, kept) == Ordering::Equal;
            if same {
                kept.times += next.times;
            }
            same
        });
        self.entries.retain(|entry| entry.times != 0);
        &self.entries
    }

    /// The memory beside the struct itself.
    pub(crate) fn allocated(&self) -> usize {
        self.entries.capacity() * size_of::<Observation<N>>()
    }
}

/// 0 and -0 are one value, and so is every NaN.
fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value + 0.0 }
}

fn compare<const N: usize>(left: &Observation<N>, right: &Observation<N>) -> Ordering {
    let pairs = left.values.iter().zip(&right.values);
    pairs.map(|(left, right)| left.total_cmp(right)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::{COMPACT_MIN, Observation, Observations};

    #[test]
    fn equal_observations_are_counted() {
        let mut observations = Observations::default();
        for values in [[2.0, 1.0], [1.0, 5.0], [2.0, 1.0], [0.0, 0.0], [-0.0, 0.0], [f64::NAN, 1.0]] {
            observations.add(values, 1);
        }
        observations.add([1.0, 5.0], -1);
        let sorted = observations.sorted();
        assert_eq!(
            sorted[..2],
            [([0.0, 0.0], 2), ([2.0, 1.0], 2)].map(|(values, times)| Observation { values, times })
        );
        assert!(sorted[2].values[0].is_nan() && sorted.len() == 3);
    }

    #[test]
    fn taking_away_before_adding_is_the_same() {
        let mut observations = Observations::default();
        observations.add([7.0], -2);
        assert_eq!(observations.sorted().len(), 1);
        observations.add([7.0], 2);
        assert_eq!(observations.sorted().len(), 0);
    }

    #[test]
    fn many_observations_of_few_values_take_little_memory() {
        let mut observations = Observations::default();
        for index in 0..100_000 {
            observations.add([f64::from(index % 10)], 1);
        }
        assert!(observations.allocated() <= 2 * COMPACT_MIN * size_of::<Observation<1>>());
        assert!(observations.sorted().iter().all(|entry| entry.times == 10_000));
    }
}
