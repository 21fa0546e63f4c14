//! `csat`: customer satisfaction, the share of the two best answers.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{Documentation, function::AccumulatorArgs},
    physical_expr::expressions::Literal,
};

use super::{ratio::PERCENTAGE, scores::AnswerScale, survey::SurveyFunction};
use crate::{FunctionError, scalar::CUSTOMER_METRICS};

/// Answers go up to 5 unless the call says otherwise.
const SCALE_MAX_DEFAULT: u8 = 5;

/// Of a scale of two answers both are the two best; no questionnaire has more than a hundred.
const SCALE_MAX: std::ops::RangeInclusive<u8> = 3..=100;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "Customer satisfaction: the share of the two best answers (4 and 5 of 5) in percent of the answers, with four \
         decimals, rounded once, half away from zero. Every row is one answer. \
         A NULL score is no answer; NULL if there is none. A score that is no whole number from 1 to `scale_max` is an \
         error.",
        "csat(score [, scale_max])",
    )
    .with_sql_example("```sql\nSELECT csat(score) FROM (VALUES (5), (4), (2)) AS t(score);  -- 66.6667\n```")
    .with_argument("score", "The answer, 1 to `scale_max`: an integer, decimal or double. Cast text.")
    .with_argument("scale_max", "The best answer: a literal from 3 to 100. Default 5.")
    .with_related_udf("nps")
    .with_related_udf("ces")
    .build()
});

/// The aggregate function `csat`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Csat;

impl SurveyFunction for Csat {
    const NAME: &'static str = "csat";
    const SYNTAXES: &'static [&'static str] = &["csat(score)", "csat(score, scale_max)"];
    const TYPE: DataType = PERCENTAGE;

    fn scale(args: &AccumulatorArgs<'_>) -> Result<AnswerScale> {
        let greatest = match args.exprs.get(1).map(|scale_max| scale_max.downcast_ref::<Literal>()) {
            None => SCALE_MAX_DEFAULT,
            Some(literal) => {
                literal.and_then(|literal| scale_max(literal.value())).ok_or_else(not_a_scale)?
            }
        };
        Ok(AnswerScale { least: 1, greatest })
    }

    #[inline]
    fn points(score: u8, scale: AnswerScale) -> i8 {
        i8::from(score >= scale.greatest - 1)
    }

    fn check_options(types: &[DataType]) -> Result<()> {
        if types.iter().all(DataType::is_integer) { Ok(()) } else { Err(not_a_scale()) }
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

fn scale_max(value: &ScalarValue) -> Option<u8> {
    match value.cast_to(&DataType::UInt8) {
        Ok(ScalarValue::UInt8(scale_max)) => scale_max.filter(|scale_max| SCALE_MAX.contains(scale_max)),
        _ => None,
    }
}

fn not_a_scale() -> DataFusionError {
    let (least, most) = (SCALE_MAX.start(), SCALE_MAX.end());
    FunctionError::new(format!("the scale_max of `csat` must be a whole number from {least} to {most}"))
        .with_help("write the best answer as a literal, for example `csat(score, 7)`")
        .into()
}
