//! `kaplan_meier(duration, churned [, entry])`: the share of customers that stays, with those who are still there.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, StructArray},
    datatypes::{DataType, Field, Fields},
};
use datafusion::{common::ScalarValue, logical_expr::Documentation};

use super::fit::{Argument, Fit, list};
use crate::{
    FunctionError,
    observed::Place,
    statistics::{kaplan_meier::kaplan_meier, observations::Observation},
};

/// The survival curve of Kaplan and Meier, one entry for each time at which somebody churned.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct KaplanMeier;

/// The fields of a step of the curve.
fn step_fields() -> Fields {
    [
        ("time", DataType::Float64),
        ("at_risk", DataType::Int64),
        ("events", DataType::Int64),
        ("survival", DataType::Float64),
        ("std_error", DataType::Float64),
    ]
    .into_iter()
    .map(|(name, data_type)| Field::new(name, data_type, true))
    .collect()
}

impl Fit<3> for KaplanMeier {
    const NAME: &'static str = "kaplan_meier";
    const ARGUMENTS: [Argument; 3] =
        [Argument::Number("duration"), Argument::Condition("churned"), Argument::Number("entry")];
    const REQUIRED: usize = 2;
    const DISTINCT_HELP: &'static str = "two customers who stayed equally long are two customers; remove duplicate rows in a subquery instead";

    fn return_type() -> DataType {
        DataType::new_list(DataType::Struct(step_fields()), true)
    }

    fn evaluate(observations: &[Observation<3>]) -> Result<ScalarValue, FunctionError> {
        let place = |argument| Place { function: Self::NAME, argument };
        for observation in observations {
            let [duration, _, entry] = observation.values;
            place("duration").not_negative(duration)?;
            place("entry").not_negative(entry)?;
            if entry > 0.0 && entry >= duration {
                return Err(FunctionError::new(format!(
                    "`kaplan_meier` was given an `entry` of `{entry}` with a `duration` of `{duration}`"
                ))
                .with_help("who enters late is observed from then on; leave out who was gone by then"));
            }
        }
        let steps = kaplan_meier(observations);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(steps.iter().map(|step| step.time).collect::<Float64Array>()),
            Arc::new(steps.iter().map(|step| step.at_risk).collect::<Int64Array>()),
            Arc::new(steps.iter().map(|step| step.events).collect::<Int64Array>()),
            Arc::new(steps.iter().map(|step| step.survival).collect::<Float64Array>()),
            Arc::new(steps.iter().map(|step| step.std_error).collect::<Float64Array>()),
        ];
        Ok(list(Arc::new(StructArray::new(step_fields(), columns, None))))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::STATISTICS,
        "The survival curve of customers of whom some have not churned yet, as a LIST of STRUCT(time, at_risk, events, \
         survival, std_error) in the order of time, one for each time of churn: how many were there just before, how many \
         of them churned, and the share that is left after it, Π (1 − events / at_risk), with Greenwood's standard error \
         (Kaplan and Meier, Journal of the American Statistical Association 53, 1958). Who is observed to the same time at which others churn is at \
         risk there. `std_error` is NULL where nobody is left. The list is empty if nobody churned. Numbers are read as \
         doubles. A row with a NULL argument is left out; NULL without rows. A negative duration, a NaN and an entry that \
         is not before the end are an error.",
        "kaplan_meier(duration, churned [, entry])",
    )
    .with_sql_example(
        "```sql\nSELECT step['time'], step['survival']\nFROM (SELECT unnest(kaplan_meier(months, churned)) AS step FROM \
         customers);\n```",
    )
    .with_argument("duration", "How long the customer stayed, or has stayed until now, in any unit.")
    .with_argument("churned", "Whether the customer has left; false for one who is still there.")
    .with_argument(
        "entry",
        "The duration from which on the customer was observed, for one who was a customer before the data begin. Default 0.",
    )
    .with_related_udf("median_survival")
    .with_related_udf("sbg_fit")
    .build()
});
