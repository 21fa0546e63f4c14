//! The functions' arithmetic again, row by row in integers without limits. Slow, obvious, and used in tests only.

use num_bigint::{BigInt, Sign};

pub fn ten_to(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// Half away from zero.
pub fn divide_rounded(numerator: &BigInt, denominator: &BigInt) -> BigInt {
    let negative = (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus);
    let (numerator, denominator) = (numerator.magnitude(), denominator.magnitude());
    let rounded = BigInt::from((numerator * 2u32 + denominator) / (denominator * 2u32));
    if negative { -rounded } else { rounded }
}

/// The sum of the values that are not NULL; `None` if there is none.
pub fn sum(values: &[Option<i128>]) -> Option<BigInt> {
    let values: Vec<_> = values.iter().flatten().collect();
    (!values.is_empty()).then(|| values.iter().fold(BigInt::ZERO, |sum, value| sum + BigInt::from(**value)))
}

/// The mean at another scale.
pub fn avg(values: &[Option<i128>], scale: i8, mean_scale: i8) -> Option<BigInt> {
    let rows = values.iter().flatten().count();
    let more = u32::try_from(mean_scale - scale).unwrap();
    sum(values).map(|sum| divide_rounded(&(sum * ten_to(more)), &BigInt::from(rows)))
}

/// The value at so many hundredths of the way through the values, with `more` decimals than they have.
pub fn percentile(values: &[Option<i128>], hundredths: usize, more: i8) -> Option<BigInt> {
    let mut values: Vec<_> = values.iter().flatten().map(|value| BigInt::from(*value)).collect();
    values.sort();
    let place = hundredths * values.len().checked_sub(1)?;
    let (low, rest) = (place / 100, place % 100);
    let high = if rest == 0 { low } else { low + 1 };
    let weighted = &values[low] * (100 - rest) + &values[high] * rest;
    Some(divide_rounded(&(weighted * ten_to(u32::try_from(more).unwrap())), &BigInt::from(100)))
}

/// The totals of revenue and margin at the finest scale; `None` if no argument of any row has a value.
pub fn margin(arguments: &[(Vec<Option<i128>>, i8)]) -> Option<(BigInt, BigInt)> {
    let finest = arguments.iter().map(|(_, scale)| *scale).max().unwrap();
    let totals: Vec<_> = arguments
        .iter()
        .map(|(values, scale)| sum(values).map(|sum| sum * ten_to(u32::try_from(finest - scale).unwrap())))
        .collect();
    if totals.iter().all(Option::is_none) {
        return None;
    }
    let mut totals = totals.into_iter().map(Option::unwrap_or_default);
    let revenue = totals.next().unwrap();
    let margin = totals.fold(revenue.clone(), |margin, cost| margin - cost);
    Some((revenue, margin))
}

/// 100 × margin / revenue with four decimals.
pub fn margin_pct(arguments: &[(Vec<Option<i128>>, i8)]) -> Option<BigInt> {
    let (revenue, margin) = margin(arguments)?;
    (revenue > BigInt::ZERO).then(|| divide_rounded(&(margin * ten_to(6)), &revenue))
}

/// A million times the ratio, which is both a percentage with four decimals and a fraction with six; `None` without a
/// positive base.
pub fn millionths(part: &BigInt, base: &BigInt) -> Option<BigInt> {
    (*base > BigInt::ZERO).then(|| divide_rounded(&(part * ten_to(6)), base))
}

/// Two arguments of one row as numbers of one scale; a NULL is zero.
fn pair(arguments: &[(Vec<Option<i128>>, i8)], row: usize) -> (BigInt, BigInt) {
    let finest = arguments.iter().map(|(_, scale)| *scale).max().unwrap();
    let value = |index: usize| {
        let (values, scale) = &arguments[index];
        BigInt::from(values[row].unwrap_or(0)) * ten_to(u32::try_from(finest - scale).unwrap())
    };
    (value(0), value(1))
}

/// The aggregates of (before, after), customer by customer as an accountant would.
pub fn movement(name: &str, arguments: &[(Vec<Option<i128>>, i8)]) -> Option<BigInt> {
    let (mut part, mut base) = (BigInt::ZERO, BigInt::ZERO);
    for row in 0..arguments[0].0.len() {
        let (before, after) = pair(arguments, row);
        let was_there = before > BigInt::ZERO;
        match name {
            "logo_churn_rate" if was_there => {
                base += 1;
                part += if after > BigInt::ZERO { 0 } else { 1 };
            }
            "gross_revenue_retention" if was_there => {
                part += if after < before { &after } else { &before };
                base += before;
            }
            "net_revenue_retention" if was_there => {
                part += after;
                base += before;
            }
            "quick_ratio" if after > before => part += after - before,
            "quick_ratio" => base += before - after,
            _ => {}
        }
    }
    millionths(&part, &base)
}

/// Half the mean difference of all pairs over the mean, with 22 decimals.
pub fn gini(values: &[i128]) -> Option<BigInt> {
    let total: BigInt = values.iter().map(|value| BigInt::from(*value)).sum();
    let difference =
        |left: &i128, right: &i128| BigInt::from(*left.max(right)) - BigInt::from(*left.min(right));
    let differences: BigInt =
        values.iter().flat_map(|left| values.iter().map(move |right| difference(left, right))).sum();
    let base = total * 2 * BigInt::from(values.len());
    (base > BigInt::ZERO).then(|| divide_rounded(&(differences * ten_to(22)), &base))
}

/// Whether a decimal of so many digits can hold the value.
pub fn fits(units: &BigInt, precision: u32) -> bool {
    units.magnitude() < ten_to(precision).magnitude()
}

/// Shares by largest remainder, by sorting.
pub fn allocate(pool: i128, drivers: &[i128]) -> Option<Vec<BigInt>> {
    let total: BigInt = drivers.iter().map(|driver| BigInt::from(*driver)).sum();
    if total <= BigInt::ZERO {
        return None;
    }
    let whole = BigInt::from(pool.unsigned_abs());
    let floor = |driver: i128| {
        let product = &whole * driver;
        let mut part = &product / &total;
        if &part * &total > product {
            part -= 1;
        }
        let remainder = product - &part * &total;
        (part, remainder)
    };
    let (mut parts, remainders): (Vec<_>, Vec<_>) = drivers.iter().map(|driver| floor(*driver)).unzip();
    let mut order: Vec<usize> = (0..drivers.len()).collect();
    order.sort_by(|a, b| remainders[*b].cmp(&remainders[*a]).then(a.cmp(b)));
    let mut left = whole - parts.iter().sum::<BigInt>();
    for row in order {
        if left > BigInt::ZERO {
            parts[row] += 1;
            left -= 1;
        }
    }
    Some(if pool < 0 { parts.into_iter().map(|part| -part).collect() } else { parts })
}
