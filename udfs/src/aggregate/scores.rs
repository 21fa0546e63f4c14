//! Reads the answers of a survey: whole numbers of a scale, out of any numeric column. Knows nothing of what they are worth.

use arrow::{
    array::{Array, ArrayRef, BooleanArray},
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

    /// The answers; one that counts and is not of the scale is an error. Where a NULL is there may be anything.
    pub(super) fn answers(&self) -> Result<Vec<u8>> {
        let decimals = self.decimals;
        let answers: Vec<u8> = match (&self.column.values, self.unit()) {
            (Values::Int256(values), _) => values.iter().map(|value| score_256(*value, decimals)).collect(),
            (_, Some(1)) => narrow_values!(self.column, values => {
                values.iter().map(|value| whole_score(*value)).collect()
            }),
            (_, Some(unit)) => narrow_values!(self.column, values => {
                values.iter().map(|value| score_of_unit(widened(*value), unit)).collect()
            }),
            (_, None) => narrow_values!(self.column, values => {
                values.iter().map(|value| score(widened(*value), decimals)).collect()
            }),
        };
        if self.any_is_missing(&answers) {
            self.require_answers(&answers)?;
        }
        Ok(answers)
    }

    #[inline]
    fn is_missing(&self, answer: u8) -> bool {
        (answer < self.scale.least) | (answer > self.scale.greatest)
    }

    /// Whether a row that counts has no answer. No branch depends on the data.
    fn any_is_missing(&self, answers: &[u8]) -> bool {
        let Some(valid) = self.column.valid() else {
            return answers.iter().fold(false, |missing, answer| missing | self.is_missing(*answer));
        };
        let mut missing = 0;
        for (answers, mask) in answers.chunks(64).zip(valid.bit_chunks().iter_padded()) {
            let bits = answers.iter().enumerate();
            missing |=
                mask & bits.fold(0, |bits, (bit, answer)| bits | u64::from(self.is_missing(*answer)) << bit);
        }
        missing != 0
    }

    /// What one whole number is in units of the column, if the greatest answer has a place in 64 bits.
    fn unit(&self) -> Option<u64> {
        let decimals = u8::try_from(self.decimals).ok().filter(|decimals| *decimals <= 16)?;
        u64::try_from(pow10_i128(decimals)).ok()
    }

    /// Finds the first row that counts and has no answer.
    #[cold]
    fn require_answers(&self, answers: &[u8]) -> Result<()> {
        let counts = |row: &usize| self.column.valid().is_none_or(|valid| valid.value(*row));
        let mut missing = (0..answers.len()).filter(|row| self.is_missing(answers[*row]));
        let Some(row) = missing.find(counts) else { return Ok(()) };
        let text = match &self.column.values {
            Values::Int256(values) => format_units_256(values[row], self.decimals),
            _ => narrow_values!(self.column, values => format_units(widened(values[row]), self.decimals)),
        };
        Err(self.no_answer(&text))
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

/// An integer as an answer.
#[inline]
fn whole_score<T: TryInto<u8>>(value: T) -> u8 {
    value.try_into().unwrap_or(NO_ANSWER)
}

#[inline]
fn widened<T>(value: T) -> i128
where
    i128: From<T>,
{
    i128::from(value)
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
