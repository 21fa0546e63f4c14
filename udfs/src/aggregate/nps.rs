//! `nps`: the net promoter score, promoters less detractors in percent of the answers.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{
    error::Result,
    logical_expr::{Documentation, function::AccumulatorArgs},
};

use super::{ratio::PERCENTAGE, scores::AnswerScale, survey::SurveyFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The net promoter score: 100 × (promoters − detractors) / answers, from −100 to 100 with four decimals, rounded \
         once, half away from zero. Promoters answered 9 or 10, detractors 0 to 6. Every row is one answer. \
         A NULL score is no answer; NULL if there is none. A score that is no whole number from 0 to 10 is an error: \
         a fraction like 8.5 is a mean of answers, and has neither promoters nor detractors. \
         Source: Reichheld, The One Number You Need to Grow, 2003.",
        "nps(score)",
    )
    .with_sql_example("```sql\nSELECT nps(score) FROM (VALUES (10), (9), (7), (3)) AS t(score);  -- 25.0000\n```")
    .with_argument("score", "The answer, 0 to 10: an integer, decimal or double. Cast text.")
    .with_related_udf("csat")
    .with_related_udf("ces")
    .build()
});

/// The aggregate function `nps`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Nps;

impl SurveyFunction for Nps {
    const NAME: &'static str = "nps";
    const SYNTAXES: &'static [&'static str] = &["nps(score)"];
    const TYPE: DataType = PERCENTAGE;

    fn scale(_args: &AccumulatorArgs<'_>) -> Result<AnswerScale> {
        Ok(AnswerScale { least: 0, greatest: 10 })
    }

    /// The mean of these is the score: a promoter is plus one, a detractor minus one.
    #[inline]
    fn points(score: u8, _scale: AnswerScale) -> i8 {
        i8::from(score >= 9) - i8::from(score <= 6)
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
