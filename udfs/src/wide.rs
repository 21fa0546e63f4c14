//! Magnitudes of 640 bits, for the few values whose way to a result does not fit 256.
//!
//! Two 76-digit numbers have a product of 152 digits, and a percentage needs six more. Slow, without signs, and exact.
//! `decimal` rounds and has the only callers.

use std::cmp::Ordering;

use arrow::datatypes::i256;

const LIMBS: usize = 10;

/// The largest power of ten in 64 bits, and its exponent.
const CHUNK: (u32, u64) = (19, 10_000_000_000_000_000_000);

/// A whole number without a sign: 64-bit digits, the least significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wide([u64; LIMBS]);

impl Wide {
    /// The magnitude of a number.
    pub(crate) fn new(value: i256) -> Self {
        // The magnitude of the smallest i256 is right when it is read without a sign.
        let (low, high) = value.wrapping_abs().to_parts();
        let high = high as u128;
        let mut limbs = [0; LIMBS];
        limbs[..4].copy_from_slice(&[low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64]);
        Self(limbs)
    }

    /// 10 to the power of `exponent`. `None` above 640 bits.
    pub(crate) fn pow10(exponent: u32) -> Option<Self> {
        Self::new(i256::ONE).scaled(exponent)
    }

    /// This times 10 to the power of `digits`. `None` above 640 bits.
    pub(crate) fn scaled(mut self, digits: u32) -> Option<Self> {
        for _ in 0..digits / CHUNK.0 {
            self = self.times(CHUNK.1)?;
        }
        self.times(10_u64.pow(digits % CHUNK.0))
    }

    fn times(mut self, factor: u64) -> Option<Self> {
        let mut carry = 0_u128;
        for limb in &mut self.0 {
            carry += u128::from(*limb) * u128::from(factor);
            *limb = carry as u64;
            carry >>= 64;
        }
        (carry == 0).then_some(self)
    }

    /// The product of two magnitudes, which always has a place.
    pub(crate) fn product(left: i256, right: i256) -> Self {
        let (left, right) = (Self::new(left), Self::new(right));
        let mut product = [0_u64; LIMBS];
        for (position, left) in left.0[..4].iter().enumerate() {
            let mut carry = 0_u128;
            for (offset, right) in right.0[..4].iter().enumerate() {
                let limb = &mut product[position + offset];
                carry += u128::from(*left) * u128::from(*right) + u128::from(*limb);
                *limb = carry as u64;
                carry >>= 64;
            }
            product[position + 4] = carry as u64;
        }
        Self(product)
    }

    /// The sum. `None` above 640 bits.
    pub(crate) fn plus(mut self, other: Self) -> Option<Self> {
        let mut carry = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, first || second);
        }
        (!carry).then_some(self)
    }

    /// The difference to a smaller number, or an equal one.
    pub(crate) fn minus(mut self, smaller: Self) -> Self {
        let mut borrow = false;
        for (limb, other) in self.0.iter_mut().zip(smaller.0) {
            let (rest, first) = limb.overflowing_sub(other);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, first || second);
        }
        self
    }

    /// The quotient, a half rounded up. `None` if it does not fit an `i256`; the divisor is not zero.
    pub(crate) fn divide_rounded(self, divisor: Self) -> Option<i256> {
        let (mut quotient, mut rest) = (Self::new(i256::ZERO), Self::new(i256::ZERO));
        for bit in (0..LIMBS * 64).rev() {
            rest = rest.plus(rest)?;
            rest.0[0] |= self.0[bit / 64] >> (bit % 64) & 1;
            if rest >= divisor {
                rest = rest.minus(divisor);
                quotient.0[bit / 64] |= 1 << (bit % 64);
            }
        }
        if rest >= divisor.minus(rest) {
            quotient = quotient.plus(Self::new(i256::ONE))?;
        }
        quotient.to_i256()
    }

    fn to_i256(self) -> Option<i256> {
        let [low, low_1, high, high_1, above @ ..] = self.0;
        let join = |low: u64, high: u64| u128::from(low) | u128::from(high) << 64;
        let high = i128::try_from(join(high, high_1)).ok()?;
        (above == [0; LIMBS - 4]).then(|| i256::from_parts(join(low, low_1), high))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_152_digits_are_divided_exactly() {
        let nines = i256::from_i128(10).wrapping_pow(76).wrapping_sub(i256::ONE);
        // (10^76 - 1)^2 = 10^152 - 2 * 10^76 + 1
        let square = Wide::product(nines, nines.wrapping_neg());
        let cut = |digits| square.divide_rounded(Wide::pow10(digits).expect("as many digits fit"));
        assert_eq!(cut(76), Some(nines.wrapping_sub(i256::ONE)));
        assert_eq!(cut(152), Some(i256::ONE));
        assert_eq!(cut(153), Some(i256::ZERO));
        assert_eq!(cut(75), None);
        assert_eq!(square.divide_rounded(Wide::new(nines)), Some(nines));
    }

    #[test]
    fn a_half_is_rounded_up() {
        for (number, quotient) in [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (16, 2)] {
            let [number, quotient] = [number, quotient].map(i256::from_i128);
            assert_eq!(Wide::new(number).divide_rounded(Wide::new(i256::from_i128(10))), Some(quotient));
        }
    }

    #[test]
    fn sums_and_differences_carry() {
        let least = Wide::new(i256::MIN);
        assert_eq!(least.plus(least).map(|sum| sum.minus(least)), Some(least));
        assert_eq!(least.divide_rounded(Wide::new(i256::MINUS_ONE)), None);
        assert_eq!(least.minus(Wide::new(i256::ONE)).divide_rounded(Wide::new(i256::ONE)), Some(i256::MAX));
        assert_eq!(Wide::pow10(192).and_then(|wide| wide.scaled(1)), None);
    }
}
