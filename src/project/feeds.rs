//! Service departments that serve each other: where the cost of each ends, as exact shares.
//!
//! Whatever the method, a department passes its cost on in the proportions of its feeds; the methods differ in which
//! feeds they leave out. What remains is resolved by eliminating one department after the other: everybody who fed it
//! feeds its targets instead. In whole-number weights this takes only additions and products, no subtraction and no
//! fraction, so that nothing is rounded before the shares are written with 18 decimals.

use num_bigint::BigUint;
use rust_decimal::Decimal;

use super::{AllocationMethod, Pool};
use crate::{
    error::{Error, Result},
    query::Text,
};

/// The decimals of a share, and the units that make a whole of them.
const SHARE_SCALE: u32 = 18;
const SHARE_UNITS: u64 = 1_000_000_000_000_000_000;

/// The part of a service department's cost that ends in a pool with a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveFeed {
    /// The pool with `feeds`.
    pub from_pool: String,
    /// The pool with a driver.
    pub to_pool: String,
    /// The part, with 18 decimals; those of one `from_pool` add to exactly 1.
    pub share: Decimal,
}

/// Where the cost of each pool with feeds ends. The text is that of the project file, to point at what cannot be.
///
/// # Errors
/// Departments whose cost reaches no pool with a driver.
pub fn effective_feeds(pools: &[Pool], method: AllocationMethod, text: &Text) -> Result<Vec<EffectiveFeed>> {
    let mut weights = weights(pools);
    let is_service: Vec<bool> = pools.iter().map(|pool| !pool.feeds.is_empty()).collect();
    leave_out(&mut weights, &is_service, method);
    check_outlets(pools, &weights, &is_service, method, text)?;
    for department in (0..pools.len()).filter(|index| is_service[*index]) {
        eliminate(&mut weights, department);
    }
    let mut feeds = Vec::new();
    for (from, row) in weights.iter().enumerate().filter(|(from, _)| is_service[*from]) {
        for (to, share) in shares(row) {
            let (from_pool, to_pool) = (pools[from].name.clone(), pools[to].name.clone());
            feeds.push(EffectiveFeed { from_pool, to_pool, share });
        }
    }
    Ok(feeds)
}

/// The weights of all feeds as whole numbers, by the positions of both pools.
fn weights(pools: &[Pool]) -> Vec<Vec<BigUint>> {
    let mut weights = vec![vec![BigUint::ZERO; pools.len()]; pools.len()];
    for (pool, row) in pools.iter().zip(&mut weights) {
        let scale = pool.feeds.iter().map(|feed| feed.weight.scale()).max().unwrap_or(0);
        for feed in &pool.feeds {
            let position = pools.iter().position(|other| other.name == feed.pool);
            let position = position.expect("the feeds of a project name its pools");
            let factor = BigUint::from(10_u8).pow(scale - feed.weight.scale());
            row[position] = BigUint::from(feed.weight.mantissa().unsigned_abs()) * factor;
        }
    }
    weights
}

/// Sets the feeds to zero that the method does not count.
fn leave_out(weights: &mut [Vec<BigUint>], is_service: &[bool], method: AllocationMethod) {
    for (from, row) in weights.iter_mut().enumerate() {
        for (to, weight) in row.iter_mut().enumerate() {
            let is_left_out = match method {
                AllocationMethod::Direct => is_service[to],
                AllocationMethod::StepDown => is_service[to] && to < from,
                AllocationMethod::Reciprocal => false,
            };
            if is_left_out {
                *weight = BigUint::ZERO;
            }
        }
    }
}

/// Checks that from every department there is a way to a pool with a driver.
fn check_outlets(
    pools: &[Pool],
    weights: &[Vec<BigUint>],
    is_service: &[bool],
    method: AllocationMethod,
    text: &Text,
) -> Result<()> {
    let feeds = |from: usize, to: usize| weights[from][to] != BigUint::ZERO;
    let mut reaches: Vec<bool> = is_service.iter().map(|is_service| !is_service).collect();
    // Each round finds at least one more department, or it is the last.
    for _ in 0..pools.len() {
        for from in 0..pools.len() {
            reaches[from] = reaches[from] || (0..pools.len()).any(|to| feeds(from, to) && reaches[to]);
        }
    }
    let Some(mut stuck) = reaches.iter().position(|reaches| !reaches) else { return Ok(()) };
    // A department may be stuck only because it feeds one that is; that one has nothing left to feed.
    if method != AllocationMethod::Reciprocal {
        let is_cause = |from: &usize| is_service[*from] && !(0..pools.len()).any(|to| feeds(*from, to));
        stuck = (0..pools.len()).find(is_cause).unwrap_or(stuck);
    }
    let place = text.place(pools[stuck].span.clone());
    let pool = &pools[stuck];
    let targets: Vec<_> = pool.feeds.iter().map(|feed| format!("`{}`", feed.pool)).collect();
    let (name, targets) = (&pool.name, targets.join(", "));
    Err(match method {
        AllocationMethod::Direct => Error::config(format!(
            "pool `{name}` feeds only pools that feed others ({targets}), and the method `direct` leaves these out"
        ))
        .at(place)
        .hint("let it feed a pool with a driver, or write method = \"step_down\" or \"reciprocal\" in `[allocation]`"),
        AllocationMethod::StepDown => Error::config(format!(
            "pool `{name}` feeds only pools that stand before it ({targets}), and the method `step_down` is done with these"
        ))
        .at(place)
        .hint("move it up, let it feed a pool with a driver, or write method = \"reciprocal\" in `[allocation]`"),
        AllocationMethod::Reciprocal => {
            let members = closed_loop(weights, stuck);
            let place = text.place(pools[members[0]].span.clone());
            let names: Vec<_> = members.iter().map(|member| format!("`{}`", pools[*member].name)).collect();
            Error::config(format!("the pools {} feed each other in a closed loop", names.join(", ")))
                .at(place)
                .note("their cost would go round for ever and reach no customer")
                .hint("let one of them feed a pool with a driver")
        }
    })
}

/// The departments, in the order of the file, that all lead back to each other and nowhere else.
fn closed_loop(weights: &[Vec<BigUint>], start: usize) -> Vec<usize> {
    let mut best = reachable(weights, start);
    // Those from which the fewest are reachable form the loop; the others only lead into it.
    for member in best.clone() {
        let other = reachable(weights, member);
        if other.len() < best.len() {
            best = other;
        }
    }
    best
}

/// The pools to which a pool's cost can come, in the order of the file.
fn reachable(weights: &[Vec<BigUint>], start: usize) -> Vec<usize> {
    let mut is_reached = vec![false; weights.len()];
    let mut open = vec![start];
    while let Some(from) = open.pop() {
        for (to, weight) in weights[from].iter().enumerate() {
            if *weight != BigUint::ZERO && !is_reached[to] {
                is_reached[to] = true;
                open.push(to);
            }
        }
    }
    (0..weights.len()).filter(|index| is_reached[*index]).collect()
}

/// Lets everybody who feeds a department feed its targets instead.
///
/// What comes back to the department itself goes round until all of it has left in the same proportions, so its own
/// weight does not count. With the targets' weights adding to `total`, a feed of weight w becomes w × target's weight
/// beside all others × `total`: the proportions are the same, and stay whole numbers.
fn eliminate(weights: &mut [Vec<BigUint>], department: usize) {
    weights[department][department] = BigUint::ZERO;
    let targets = weights[department].clone();
    let total: BigUint = targets.iter().sum();
    for (_, row) in weights.iter_mut().enumerate().filter(|(index, _)| *index != department) {
        let passed = std::mem::take(&mut row[department]);
        if passed == BigUint::ZERO {
            continue;
        }
        for (weight, target) in row.iter_mut().zip(&targets) {
            *weight = &*weight * &total + &passed * target;
        }
        reduce(row);
    }
}

/// Divides by the greatest common divisor, so that weights do not grow with every step.
fn reduce(row: &mut [BigUint]) {
    let divisor = row.iter().fold(BigUint::ZERO, |divisor, weight| common_divisor(divisor, weight.clone()));
    if divisor > BigUint::from(1_u8) {
        row.iter_mut().for_each(|weight| *weight /= &divisor);
    }
}

fn common_divisor(mut a: BigUint, mut b: BigUint) -> BigUint {
    while b != BigUint::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// The shares of a row by the positions of the pools. Each is rounded; what is then missing or too much goes to the
/// largest, the first of several, so that they add to exactly 1.
fn shares(row: &[BigUint]) -> Vec<(usize, Decimal)> {
    let total: BigUint = row.iter().sum();
    let two = BigUint::from(2_u8);
    let mut units: Vec<(usize, i128)> = Vec::new();
    for (to, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != BigUint::ZERO) {
        let rounded = (weight * SHARE_UNITS * &two + &total) / (&total * &two);
        let rounded = u64::try_from(&rounded).expect("a share is at most the whole");
        units.push((to, i128::from(rounded)));
    }
    let rest = i128::from(SHARE_UNITS) - units.iter().map(|(_, units)| units).sum::<i128>();
    let largest = units.iter().map(|(_, units)| *units).max().unwrap_or(0);
    if let Some((_, units)) = units.iter_mut().find(|(_, units)| *units == largest) {
        *units += rest;
    }
    units.into_iter().map(|(to, units)| (to, Decimal::from_i128_with_scale(units, SHARE_SCALE))).collect()
}
