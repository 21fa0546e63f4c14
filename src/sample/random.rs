//! Chance that is the same on every machine: integers only, no floating point.
//!
//! A [`Draw`] is a stream of a ChaCha generator, one per table and day, so that any part of a table
//! can be written without the parts before it. [`mix`] gives the lasting traits of a customer, so
//! that no customer has to be kept in memory. Knows nothing of tables. Next: `company`.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// One stream of random numbers.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of a table on a day (or of a customer's rows).
    pub(super) fn new(seed: u64, table: u64, position: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&table.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(position);
        Self(generator)
    }

    /// A number from 0 to before `bound`.
    ///
    /// The bias of the multiplication is below `bound` / 2^32, far below what a sample shows.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        (u64::from(self.0.next_u32()) * bound.min(u64::from(u32::MAX))) >> 32
    }

    /// True in `per_mille` of 1,000 cases.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of the items, each with its weight.
    pub(super) fn weighted<T: Copy>(&mut self, items: &[(u64, T)]) -> T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut rest = self.below(total);
        for (weight, item) in items {
            if rest < *weight {
                return *item;
            }
            rest -= weight;
        }
        items[items.len() - 1].1
    }

    /// A log-normal factor in thousandths: the median is 1,000, one in 64 exceeds 8,600.
    pub(super) fn skewed(&mut self) -> u64 {
        skewed(u64::from(self.0.next_u32()))
    }

    /// A rank from 0 to before `ranks`, where rank r is about as likely as 1 / (r + 8) (Zipf's law).
    ///
    /// Octaves of equal weight, evenly filled, stand in for the logarithm that would need floats.
    /// Starting at 8 keeps the first customer from being a tenth of the company.
    pub(super) fn zipf(&mut self, ranks: u64) -> u64 {
        let octaves = u64::from((ranks + 7).ilog2()) - 2;
        loop {
            let start = 8 << self.below(octaves);
            let rank = start + self.below(start) - 8;
            if rank < ranks {
                return rank;
            }
        }
    }
}

/// Mixes two numbers into a third that looks random (the finalizer of SplitMix64, twice).
pub(super) fn mix(key: u64, number: u64) -> u64 {
    finalize(finalize(key.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93))
}

fn finalize(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Quantiles of a log-normal distribution with sigma 1 at 0/64 … 64/64 (the ends at 0.4 % and 99.6 %), in thousandths.
const LOG_NORMAL: [u64; 65] = [
    71, 116, 155, 187, 216, 242, 268, 292, 317, 340, 364, 388, 412, 436, 460, 485, 509, 535, 560, 587, 613,
    641, 669, 698, 727, 758, 789, 821, 854, 889, 925, 962, 1000, 1040, 1082, 1125, 1170, 1218, 1268, 1320,
    1375, 1434, 1495, 1561, 1630, 1705, 1784, 1870, 1963, 2064, 2174, 2294, 2428, 2577, 2746, 2937, 3159,
    3421, 3736, 4128, 4637, 5344, 6441, 8618, 14183,
];

/// A log-normal factor in thousandths from any bits; between the quantiles of the table it runs straight.
pub(super) fn skewed(bits: u64) -> u64 {
    let position = usize::try_from((bits >> 10) % 64).unwrap_or(0);
    let (low, high) = (LOG_NORMAL[position], LOG_NORMAL[position + 1]);
    low + (high - low) * (bits % 1_024) / 1_024
}

/// A permutation of 0..n that needs no memory, both ways: which customer has a rank, which rank a customer has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shuffle {
    size: u64,
    multiplier: u64,
    inverse: u64,
    offset: u64,
}

impl Shuffle {
    /// A permutation of 0..`size` that depends on `key`.
    pub(super) fn new(size: u64, key: u64) -> Self {
        let size = size.max(1);
        // Near the golden section neighbours land far apart.
        let mut multiplier = (size * 618 / 1_000 + mix(key, 1) % (size / 10 + 1)).max(1);
        while greatest_common_divisor(multiplier, size) != 1 {
            multiplier += 1;
        }
        multiplier = (multiplier % size).max(1);
        Self { size, multiplier, inverse: modular_inverse(multiplier, size), offset: mix(key, 2) % size }
    }

    /// What stands at a position.
    pub(super) fn item_at(&self, position: u64) -> u64 {
        multiply_modulo(position, self.multiplier, self.size, self.offset)
    }

    /// Where an item stands.
    pub(super) fn position_of(&self, item: u64) -> u64 {
        multiply_modulo(item + self.size - self.offset, self.inverse, self.size, 0)
    }
}

fn multiply_modulo(factor: u64, multiplier: u64, modulus: u64, offset: u64) -> u64 {
    let product = u128::from(factor) * u128::from(multiplier) + u128::from(offset);
    u64::try_from(product % u128::from(modulus)).unwrap_or(0)
}

fn greatest_common_divisor(mut left: u64, mut right: u64) -> u64 {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// The number that `multiplier` must be multiplied with to give 1 modulo `modulus`; they have no common divisor.
fn modular_inverse(multiplier: u64, modulus: u64) -> u64 {
    let modulus = i128::from(modulus);
    let (mut old_remainder, mut remainder) = (i128::from(multiplier), modulus);
    let (mut old_factor, mut factor) = (1, 0);
    while remainder != 0 {
        let quotient = old_remainder / remainder;
        (old_remainder, remainder) = (remainder, old_remainder - quotient * remainder);
        (old_factor, factor) = (factor, old_factor - quotient * factor);
    }
    u64::try_from(old_factor.rem_euclid(modulus)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fixed numbers: another generator, version or machine must not change a sample.
    #[test]
    fn the_streams_are_pinned() {
        let mut draw = Draw::new(42, 1, 20_089);
        let drawn: Vec<u64> = (0..4).map(|_| draw.below(1_000_000)).collect();
        assert_eq!(
            (drawn, mix(42, 7)),
            (vec![621_227, 449_507, 284_327, 267_537], 17_814_862_988_589_354_131)
        );
    }

    #[test]
    fn a_shuffle_is_a_permutation_and_its_inverse() {
        for size in [1, 2, 9, 200, 20_001] {
            let shuffle = Shuffle::new(size, 42);
            let mut seen = vec![false; usize::try_from(size).unwrap()];
            for position in 0..size {
                let item = shuffle.item_at(position);
                assert_eq!(shuffle.position_of(item), position);
                seen[usize::try_from(item).unwrap()] = true;
            }
            assert!(seen.into_iter().all(|seen| seen), "{size}");
        }
    }

    #[test]
    fn low_ranks_are_drawn_more_often() {
        let mut draw = Draw::new(42, 1, 1);
        let mut drawn = [0_u32; 200];
        for _ in 0..100_000 {
            drawn[usize::try_from(draw.zipf(200)).unwrap()] += 1;
        }
        let top: u32 = drawn[..20].iter().sum();
        assert!((30_000..50_000).contains(&top), "a tenth of the customers has {top} of 100,000 rows");
        assert!(drawn.iter().all(|rows| *rows > 0), "no customer is left out");
    }
}
