//! Splits whole units in proportion to weights so that the parts add to the whole, by largest remainder.
//!
//! Every part is rounded down; the units left over go one each to the parts that lost most, and among equals to
//! those that come first. Integers only. Knows nothing of SQL, NULLs and decimals.

use arrow::datatypes::i256;

/// Why a split is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SplitError {
    /// The weights are all zero, or add to less than nothing.
    NoWeight,
    /// A part has more than 128 bits.
    TooLarge,
}

/// Splits `pool`, which is not negative, over the weights.
///
/// A negative weight among positive ones gets a negative part; the parts still add to the pool, and each is
/// within one unit of its exact value.
pub(super) fn split(pool: i128, weights: &[i128]) -> Result<Vec<i128>, SplitError> {
    let total = total(weights);
    if total <= i256::ZERO {
        return Err(SplitError::NoWeight);
    }
    let (least, greatest) = weights
        .iter()
        .fold((0, 0), |(least, greatest): (i128, i128), weight| (least.min(*weight), greatest.max(*weight)));
    let products_fit = pool.checked_mul(greatest).is_some() && pool.checked_mul(least).is_some();
    let Some(total_128) = total.to_i128().filter(|_| products_fit) else {
        return split_wide(pool, weights, total);
    };
    // Money mostly fits 64 bits, where a division takes a fifth of the time.
    match (u64::try_from(pool * greatest), u64::try_from(total_128)) {
        (Ok(_), Ok(total)) if least == 0 => Ok(split_64(pool, weights, total)),
        _ => Ok(split_128(pool, weights, total_128)),
    }
}

/// A sum of `i128` needs more than 128 bits only for amounts that no decimal column holds many of.
fn total(weights: &[i128]) -> i256 {
    match weights.iter().try_fold(0, |total: i128, weight| total.checked_add(*weight)) {
        Some(total) => i256::from_i128(total),
        None => weights.iter().fold(i256::ZERO, |total, weight| total.wrapping_add(i256::from_i128(*weight))),
    }
}

/// For weights that are not negative, and whose products with the pool have 64 bits.
fn split_64(pool: i128, weights: &[i128], total: u64) -> Vec<i128> {
    let pool_64 = pool as u64;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = pool_64;
    for weight in weights {
        let product = *weight as u64 * pool_64;
        let part = product / total;
        left -= part;
        parts.push(i128::from(part));
        remainders.push(product % total);
    }
    give_away(left as usize, &mut parts, &remainders);
    parts
}

/// For products that have 128 bits.
fn split_128(pool: i128, weights: &[i128], total: i128) -> Vec<i128> {
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = pool;
    for weight in weights {
        let product = pool * weight;
        // Downwards, also for a negative weight: the remainder is never negative.
        let mut part = product / total;
        let mut remainder = product - part * total;
        if remainder < 0 {
            part -= 1;
            remainder += total;
        }
        left = left.wrapping_sub(part);
        parts.push(part);
        remainders.push(remainder as u128);
    }
    // Each part lost less than a unit, so fewer units are left than there are parts.
    give_away(left as usize, &mut parts, &remainders);
    parts
}

fn split_wide(pool: i128, weights: &[i128], total: i256) -> Result<Vec<i128>, SplitError> {
    let wide_pool = i256::from_i128(pool);
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = pool;
    for weight in weights {
        // The product of two 128-bit numbers has at most 255 bits and a sign.
        let product = wide_pool.wrapping_mul(i256::from_i128(*weight));
        let mut part = product.wrapping_div(total);
        let mut remainder = product.wrapping_sub(part.wrapping_mul(total));
        if remainder.is_negative() {
            part = part.wrapping_sub(i256::ONE);
            remainder = remainder.wrapping_add(total);
        }
        let part = part.to_i128().ok_or(SplitError::TooLarge)?;
        left = left.wrapping_sub(part);
        parts.push(part);
        remainders.push(remainder);
    }
    give_away(left as usize, &mut parts, &remainders);
    Ok(parts)
}

/// Gives one unit each to the largest remainders, and among equal ones to the first. Linear in time.
fn give_away<R: Copy + Ord>(left: usize, parts: &mut [i128], remainders: &[R]) {
    if left == 0 {
        return;
    }
    let mut order = remainders.to_vec();
    let (_, last_served, _) = order.select_nth_unstable_by(left - 1, |a, b| b.cmp(a));
    let last_served = *last_served;
    let larger = remainders.iter().filter(|remainder| **remainder > last_served).count();
    let mut equals_served = left - larger;
    for (part, remainder) in parts.iter_mut().zip(remainders) {
        if *remainder > last_served {
            *part += 1;
        } else if *remainder == last_served && equals_served > 0 {
            *part += 1;
            equals_served -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_splits() {
        for (pool, weights, parts) in [
            (613, vec![98, 92, 98, 123, 102, 92], vec![99, 93, 99, 125, 104, 93]),
            (1, vec![33, 66], vec![0, 1]),
            (9999, vec![75, 25], vec![7499, 2500]),
            (1003, vec![49, 51], vec![491, 512]),
            (5, vec![100, 101, 100, 100], vec![1, 2, 1, 1]),
            (1000, vec![45, 20, 34], vec![455, 202, 343]),
            (10000, vec![1, 1, 1], vec![3334, 3333, 3333]),
            (0, vec![1, 2], vec![0, 0]),
        ] {
            assert_eq!(split(pool, &weights), Ok(parts), "{pool} over {weights:?}");
        }
    }

    #[test]
    fn all_widths_agree() {
        let weights = [98, 92, 0, 123, 102, 92, 1, 98];
        let total: i128 = weights.iter().sum();
        for pool in [0, 1, 7, 613, 10_000, 123_457] {
            let narrow = split_64(pool, &weights, total as u64);
            assert_eq!(narrow, split_128(pool, &weights, total));
            assert_eq!(Ok(narrow), split_wide(pool, &weights, i256::from_i128(total)));
        }
    }

    #[test]
    fn the_largest_amounts_split_exactly() {
        let nines = 10i128.pow(38) - 1;
        let parts = split(nines, &[nines, nines, nines]).unwrap();
        assert_eq!(parts.iter().sum::<i128>(), nines);
        assert_eq!(parts, [nines / 3; 3]);
        assert_eq!(split(1_000_000, &[nines, 1 - nines]), Err(SplitError::TooLarge));
    }

    #[test]
    fn a_negative_weight_gets_a_negative_part() {
        assert_eq!(split(100, &[3, -1, 1]), Ok(vec![100, -33, 33]));
        assert_eq!(split(100, &[-3, 1]), Err(SplitError::NoWeight));
        assert_eq!(split(100, &[0, 0]), Err(SplitError::NoWeight));
        assert_eq!(split(100, &[]), Err(SplitError::NoWeight));
    }
}
