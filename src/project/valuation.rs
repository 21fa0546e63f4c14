//! How customers are valued: how far a forecast looks ahead, and what a later margin is worth today.

use rust_decimal::Decimal;

use super::{document::Section, keys, values};
use crate::error::Result;

/// How customers are valued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valuation {
    /// How many weeks a forecast of purchases looks ahead.
    pub horizon_weeks: u32,
    /// What a margin loses in a year by coming later, as a fraction.
    pub discount_rate: Decimal,
}

impl Default for Valuation {
    fn default() -> Self {
        Self { horizon_weeks: 52, discount_rate: Decimal::new(10, 2) }
    }
}

/// Reads `[value]`.
pub(super) fn valuation(root: &Section<'_>) -> Result<Valuation> {
    let mut valuation = Valuation::default();
    let Some(entry) = root.get("value") else { return Ok(valuation) };
    let section = entry.section(keys::VALUE)?;
    if let Some(entry) = section.get("horizon_weeks") {
        valuation.horizon_weeks = values::integer(&entry, 1, 5_200)?;
    }
    if let Some(entry) = section.get("discount_rate") {
        let wanted = "a fraction from 0 to 1, such as 0.10";
        valuation.discount_rate = values::decimal(&entry, wanted, 12)?;
        if valuation.discount_rate < Decimal::ZERO || valuation.discount_rate > Decimal::ONE {
            return Err(entry.must_be(wanted).hint("10 % is `0.10`"));
        }
    }
    Ok(valuation)
}
