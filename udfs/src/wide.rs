//! Products of two 256-bit numbers, cut by a power of ten: 512 bits on the way.
//!
//! Truncates and knows no signs. `decimal` rounds and has the only callers.

use arrow::datatypes::i256;

/// The largest power of ten in 64 bits, and its exponent.
const CHUNK: (u32, u64) = (19, 10_000_000_000_000_000_000);

/// `left * right / 10^cut` of the magnitudes, cut off. `None` if that is larger than an `i256`.
pub(crate) fn product_cut(left: i256, right: i256, cut: u32) -> Option<i256> {
    let mut product = multiply(limbs(left), limbs(right));
    let mut digits = cut;
    while digits >= CHUNK.0 {
        divide(&mut product, CHUNK.1);
        digits -= CHUNK.0;
    }
    divide(&mut product, 10_u64.pow(digits));
    let [low, low_1, high, high_1, rest @ ..] = product;
    if rest != [0; 4] {
        return None;
    }
    let join = |low: u64, high: u64| u128::from(low) | u128::from(high) << 64;
    Some(i256::from_parts(join(low, low_1), i128::try_from(join(high, high_1)).ok()?))
}

/// The magnitude in 64-bit digits, the least significant first.
fn limbs(value: i256) -> [u64; 4] {
    // The magnitude of the smallest i256 is right when it is read without a sign.
    let (low, high) = value.wrapping_abs().to_parts();
    let high = high as u128;
    [low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64]
}

fn multiply(left: [u64; 4], right: [u64; 4]) -> [u64; 8] {
    let mut product = [0_u64; 8];
    for (position, left) in left.into_iter().enumerate() {
        let mut carry = 0_u128;
        for (offset, right) in right.into_iter().enumerate() {
            let digit = &mut product[position + offset];
            carry += u128::from(left) * u128::from(right) + u128::from(*digit);
            *digit = carry as u64;
            carry >>= 64;
        }
        product[position + 4] = carry as u64;
    }
    product
}

fn divide(number: &mut [u64; 8], divisor: u64) {
    let mut rest = 0_u128;
    for digit in number.iter_mut().rev() {
        let dividend = rest << 64 | u128::from(*digit);
        // The rest is below the divisor, so that the quotient has 64 bits.
        *digit = (dividend / u128::from(divisor)) as u64;
        rest = dividend % u128::from(divisor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_512_bits_is_cut_exactly() {
        let nines = i256::from_i128(10).wrapping_pow(76).wrapping_sub(i256::ONE);
        // (10^76 - 1)^2 = 10^152 - 2 * 10^76 + 1
        let expected = nines.wrapping_sub(i256::ONE);
        assert_eq!(product_cut(nines, nines, 76), Some(expected));
        assert_eq!(product_cut(nines, nines.wrapping_neg(), 76), Some(expected));
        assert_eq!(product_cut(nines, nines, 151), Some(i256::from_i128(9)));
        assert_eq!(product_cut(nines, nines, 152), Some(i256::ZERO));
        assert_eq!(product_cut(nines, nines, 74), None);
        assert_eq!(product_cut(i256::MIN, i256::ONE, 0), None);
        assert_eq!(product_cut(i256::MIN, i256::MINUS_ONE, 77), Some(i256::ZERO));
    }
}
