//! `ces`: the customer effort score, the mean of answers from 1 to 7.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{
    error::Result,
    logical_expr::{Documentation, function::AccumulatorArgs},
};

use super::{ratio::RATE, scores::AnswerScale, survey::SurveyFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The customer effort score: the mean of answers from 1 to 7, with six decimals like `avg` of whole numbers, \
         rounded once, half away from zero. Every row is one answer. \
         A NULL score is no answer; NULL if there is none. A score that is no whole number from 1 to 7 is an error.",
        "ces(score)",
    )
    .with_sql_example("```sql\nSELECT ces(score) FROM (VALUES (7), (6), (3)) AS t(score);  -- 5.333333\n```")
    .with_argument("score", "The answer, 1 to 7: an integer, decimal or double. Cast text.")
    .with_related_udf("csat")
    .with_related_udf("nps")
    .build()
});

/// The aggregate function `ces`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Ces;

impl SurveyFunction for Ces {
    const NAME: &'static str = "ces";
    const SYNTAXES: &'static [&'static str] = &["ces(score)"];
    const TYPE: DataType = RATE;

    fn scale(_args: &AccumulatorArgs<'_>) -> Result<AnswerScale> {
        Ok(AnswerScale { least: 1, greatest: 7 })
    }

    #[inline]
    fn points(score: u8, _scale: AnswerScale) -> i8 {
        // What is under a NULL may be any number.
        i8::try_from(score).unwrap_or_default()
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
