//! What the aggregates of survey answers share: every answer is a whole number of a scale, and gives points.
//!
//! A function is a [`SurveyFunction`]. The value is the mean of the points; `scores` reads the answers.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, Int8Array},
    datatypes::DataType,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{AggregateUDF, Documentation, function::AccumulatorArgs},
};

use super::{
    argument::{Argument, number_type},
    derived::{Derive, DerivedFunction, Types, derived_aggregate},
    exact::Finish,
    ratio::TotalPerRow,
    scores::{AnswerScale, Scores},
};
use crate::FunctionError;

/// One aggregate of answers.
pub(super) trait SurveyFunction: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;
    /// How it is called, one way per number of arguments.
    const SYNTAXES: &'static [&'static str];
    /// The type of the mean of the points.
    const TYPE: DataType;

    /// The scale of the answers, from the arguments after the score.
    fn scale(args: &AccumulatorArgs<'_>) -> Result<AnswerScale>;
    /// The points of an answer of this scale.
    fn points(score: u8, scale: AnswerScale) -> i8;
    /// Checks the types of the arguments after the score.
    fn check_options(_types: &[DataType]) -> Result<()> {
        Ok(())
    }
    fn documentation() -> &'static Documentation;
}

/// Makes the SQL function.
pub(super) fn survey_aggregate<F: SurveyFunction>() -> AggregateUDF {
    derived_aggregate::<Survey<F>>()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Survey<F>(PhantomData<F>);

impl<F: SurveyFunction> DerivedFunction for Survey<F> {
    const NAME: &'static str = F::NAME;
    const COUNTED: bool = true;
    const DISTINCT_HELP: &'static str =
        "two equal scores are two answers; keep one answer per respondent in a subquery instead";

    fn coerce_types(arg_types: &[DataType]) -> Vec<DataType> {
        arg_types.iter().map(number_type).collect()
    }

    fn types(arg_types: &[DataType]) -> Result<Types> {
        let [score, options @ ..] = arg_types else { return Err(wrong_arity::<F>(0)) };
        if arg_types.len() > F::SYNTAXES.len() {
            return Err(wrong_arity::<F>(arg_types.len()));
        }
        if Argument::of(score).is_none() {
            return Err(not_a_score(F::NAME, score));
        }
        F::check_options(options)?;
        Ok(Types { columns: vec![DataType::Int8], value: F::TYPE })
    }

    fn derive(args: &AccumulatorArgs<'_>, _types: &Types) -> Result<Arc<dyn Derive>> {
        Ok(Arc::new(Points::<F> { scale: F::scale(args)?, function: PhantomData }))
    }

    fn finish() -> impl Finish {
        TotalPerRow
    }

    fn documentation() -> &'static Documentation {
        F::documentation()
    }
}

fn wrong_arity<F: SurveyFunction>(found: usize) -> DataFusionError {
    let syntaxes: Vec<_> = F::SYNTAXES.iter().map(|syntax| format!("`{syntax}`")).collect();
    FunctionError::new(format!("`{}` cannot be called with {found} arguments", F::NAME))
        .with_help(format!("call it as {}", syntaxes.join(" or ")))
        .into()
}

fn not_a_score(function: &str, data_type: &DataType) -> DataFusionError {
    FunctionError::new(format!(
        "`{function}` takes scores as numbers, but the score is of type `{data_type}`"
    ))
    .with_help(format!(
        "cast it: `{function}(cast(score as int))`, or `{function}(try_cast(score as int))` to leave out \
             what is no number"
    ))
    .into()
}

/// The points of the answers.
#[derive(Debug)]
struct Points<F> {
    scale: AnswerScale,
    function: PhantomData<F>,
}

impl<F: SurveyFunction> Derive for Points<F> {
    fn columns(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(array) = values.first() else { return Ok(Vec::new()) };
        let scores = Scores::new(array, filter, self.scale, F::NAME)?;
        let points: Vec<i8> =
            scores.answers()?.into_iter().map(|score| F::points(score, self.scale)).collect();
        Ok(vec![Arc::new(Int8Array::new(points.into(), array.nulls().cloned()))])
    }
}
