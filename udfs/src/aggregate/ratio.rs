//! Ratios of exact sums, rounded once: percentages with four decimals and rates with six.
//!
//! Both are a million times the ratio: a percentage is 100 × 10^4 units of it, a rate 10^6.

use arrow::datatypes::{DataType, i256};
use datafusion::error::Result;

use super::{
    exact::{ExactAggregate, Finish},
    total::Total,
};
use crate::decimal::{PCT_SCALE, PRECISION_MAX, RATE_SCALE, divide_rounded, divide_scaled_256, pow10_i128};

/// Like every percentage.
pub(super) const PERCENTAGE: DataType = DataType::Decimal128(PRECISION_MAX, PCT_SCALE);

/// Like every rate, retention and quotient of sums.
pub(super) const RATE: DataType = DataType::Decimal128(PRECISION_MAX, RATE_SCALE);

/// The digits between a ratio and the units of its type.
const DIGITS: u8 = 6;

/// The only total over the number of rows that have a value.
#[derive(Debug)]
pub(super) struct TotalPerRow;

/// The first total over the second; NULL if that is zero or negative.
#[derive(Debug)]
pub(super) struct TotalPerTotal;

impl Finish for TotalPerRow {
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], rows: u64) -> Result<Option<i256>> {
        let [total] = totals else { return Ok(None) };
        ratio(aggregate, *total, Total::Narrow(i128::from(rows)))
    }
}

impl Finish for TotalPerTotal {
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], _rows: u64) -> Result<Option<i256>> {
        let [part, base] = totals else { return Ok(None) };
        ratio(aggregate, *part, *base)
    }
}

fn ratio(aggregate: &ExactAggregate, part: Total, base: Total) -> Result<Option<i256>> {
    if let (Total::Narrow(part), Total::Narrow(base)) = (part, base) {
        if base <= 0 {
            return Ok(None);
        }
        if let Some(numerator) = part.checked_mul(pow10_i128(DIGITS)) {
            return Ok(Some(i256::from_i128(divide_rounded(numerator, base))));
        }
    }
    let (Some(part), Some(base)) = (part.wide(), base.wide()) else { return Err(aggregate.overflow()) };
    if !base.is_positive() {
        return Ok(None);
    }
    divide_scaled_256(part, base, DIGITS).map(Some).ok_or_else(|| aggregate.overflow())
}
