//! Reads the answers of a survey: whole numbers of a scale, out of any numeric column. Knows nothing of what they are worth.

use arrow::{
    array::{Array, ArrayRef, BooleanArray},
    buffer::BooleanBuffer,
    datatypes::i256,
};
use datafusion::error::{DataFusionError, Result};

use super::{
    argument::Argument,
    column::{Column, Values, narrow_values},
};
use crate::{
    FunctionError,
    decimal::{format_units, format_units_256, pow10_i128, rescale, rescale_256},
};

/// The least and the greatest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AnswerScale {
    pub(super) least: u8,
    pub(super) greatest: u8,
}

/// Stands for what is no answer; no scale goes so far.
const NO_ANSWER: u8 = u8::MAX;

/// A column of answers.
#[derive(Debug)]
pub(super) struct Scores<'a> {
    column: Column<'a>,
    /// The decimals of the column.
    decimals: i8,
    scale: AnswerScale,
    function: &'static str,
}

impl<'a> Scores<'a> {
    pub(super) fn new(
        array: &'a ArrayRef,
        filter: Option<&BooleanArray>,
        scale: AnswerScale,
        function: &'static str,
    ) -> Result<Self> {
        let decimals = Argument::of(array.data_type()).map_or(0, |argument| argument.scale);
        Ok(Self { column: Column::new(array, filter, function)?, decimals, scale, function })
    }

    /// Something of each answer. An answer that counts and is not of the scale is an error; under a NULL there is
    /// anything.
    pub(super) fn map<T>(&self, of_score: impl Fn(u8) -> T) -> Result<Vec<T>> {
        let AnswerScale { least, greatest } = self.scale;
        let mut missing = false;
        let mut checked = |score: u8| {
            missing |= score < least || score > greatest;
            of_score(score)
        };
        let decimals = self.decimals;
        let mapped = match (&self.column.values, self.unit()) {
            (Values::Int256(values), _) => {
                values.iter().map(|value| checked(score_256(*value, decimals))).collect()
            }
            (_, Some(1)) => narrow_values!(self.column, values => {
                values.iter().map(|value| checked((*value).try_into().unwrap_or(NO_ANSWER))).collect()
            }),
            (_, Some(unit)) => narrow_values!(self.column, values => {
                values.iter().map(|value| checked(score_of_unit(i128::from(*value), unit))).collect()
            }),
            (_, None) => narrow_values!(self.column, values => {
                values.iter().map(|value| checked(score(i128::from(*value), decimals))).collect()
            }),
        };
        if missing {
            self.require_answers()?;
        }
        Ok(mapped)
    }

    /// What one whole number is in units of the column, if the greatest answer has a place in 64 bits.
    fn unit(&self) -> Option<u64> {
        let decimals = u8::try_from(self.decimals).ok().filter(|decimals| *decimals <= 16)?;
        u64::try_from(pow10_i128(decimals)).ok()
    }

    /// Finds the first row that counts and is no answer.
    #[cold]
    fn require_answers(&self) -> Result<()> {
        let rows = match &self.column.values {
            Values::Int256(values) => values.len(),
            _ => narrow_values!(self.column, values => values.len()),
        };
        let all = BooleanBuffer::new_set(rows);
        let decimals = self.decimals;
        for row in self.column.valid().unwrap_or(&all).set_indices() {
            let (score, text) = match &self.column.values {
                Values::Int256(values) => {
                    (score_256(values[row], decimals), format_units_256(values[row], decimals))
                }
                _ => narrow_values!(self.column, values => {
                    let units = i128::from(values[row]);
                    (score(units, decimals), format_units(units, decimals))
                }),
            };
            if score < self.scale.least || score > self.scale.greatest {
                return Err(self.no_answer(&text));
            }
        }
        Ok(())
    }

    fn no_answer(&self, text: &str) -> DataFusionError {
        let (AnswerScale { least, greatest }, function) = (self.scale, self.function);
        FunctionError::new(format!(
            "`{function}` met the score `{text}`, which is no whole number from {least} to {greatest}"
        ))
        .with_help(format!(
            "leave such rows out with `filter (where score between {least} and {greatest})`; a fraction is a mean \
             of answers, so take the answers themselves"
        ))
        .into()
    }
}

/// The answer that so many units stand for; `unit` is at most 10^16.
#[inline]
fn score_of_unit(units: i128, unit: u64) -> u8 {
    let Ok(units) = u64::try_from(units) else { return NO_ANSWER };
    let whole = units / unit;
    if whole * unit == units { u8::try_from(whole).unwrap_or(NO_ANSWER) } else { NO_ANSWER }
}

/// [`score_of_unit`] of any number of decimals.
fn score(units: i128, decimals: i8) -> u8 {
    let whole = rescale(units, decimals, 0).filter(|whole| rescale(*whole, 0, decimals) == Some(units));
    whole.and_then(|whole| u8::try_from(whole).ok()).unwrap_or(NO_ANSWER)
}

/// [`score_of_unit`] of 256 bits.
fn score_256(units: i256, decimals: i8) -> u8 {
    let whole =
        rescale_256(units, decimals, 0).filter(|whole| rescale_256(*whole, 0, decimals) == Some(units));
    whole.and_then(i256::to_i128).and_then(|whole| u8::try_from(whole).ok()).unwrap_or(NO_ANSWER)
}
