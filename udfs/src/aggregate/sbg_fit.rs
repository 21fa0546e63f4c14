//! `sbg_fit(period, survivors)`: the shifted-beta-geometric model of contract renewals, by maximum likelihood.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{common::ScalarValue, logical_expr::Documentation};

use super::fit::{Argument, Fit, fit, model_type};
use crate::{
    FunctionError,
    observed::Place,
    statistics::{likelihood::Likelihood, observations::Observation, shifted_beta_geometric::Cohort},
};

/// The parameters under which the survivors of a cohort are most likely.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SbgFit;

impl Fit<2> for SbgFit {
    const NAME: &'static str = "sbg_fit";
    const ARGUMENTS: [Argument; 2] = [Argument::Number("period"), Argument::Number("survivors")];
    const DISTINCT_HELP: &'static str = "each period is one row; remove duplicate rows in a subquery instead";

    fn return_type() -> DataType {
        model_type(&Cohort::PARAMETERS)
    }

    fn evaluate(observations: &[Observation<2>]) -> Result<ScalarValue, FunctionError> {
        let mut before: Option<[f64; 2]> = None;
        for observation in observations {
            check(before, observation)?;
            before = Some(observation.values);
        }
        // Two parameters need two renewals.
        let [first, _, .., last] = observations else {
            return Err(FunctionError::new(format!(
                "`sbg_fit` was given {} periods, and needs 3",
                observations.len()
            ))
            .with_help("two parameters need the survivors of two renewals beside those of period 0"));
        };
        let customers = first.values[1];
        if customers == last.values[1] {
            return Err(FunctionError::new(format!(
                "`sbg_fit` was given a cohort of `{customers}` from which nobody left"
            ))
            .with_help("without churn there is no rate of churn; fit more customers together"));
        }
        // A count below 2^53, checked to be whole.
        fit(Self::NAME, &Cohort::new(observations), customers as i64)
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

/// A period follows the one before it, and has no more survivors.
fn check(before: Option<[f64; 2]>, observation: &Observation<2>) -> Result<(), FunctionError> {
    let place = |argument| Place { function: SbgFit::NAME, argument };
    let [period, survivors] = observation.values;
    place("period").count(period)?;
    place("survivors").count(survivors)?;
    let expected = before.map_or(0.0, |[period, _]| period + 1.0);
    if observation.times != 1 || before.is_some_and(|[before, _]| before == period) {
        return Err(FunctionError::new(format!("`sbg_fit` was given two rows for `period` `{period}`"))
            .with_help("fit each cohort by itself with GROUP BY, or add the survivors of cohorts of equal length first"));
    }
    if period != expected {
        return Err(FunctionError::new(format!(
            "`sbg_fit` was given `period` `{period}` where `{expected}` is the next"
        ))
        .with_help("periods count renewals from 0, when all were there, without a gap"));
    }
    match before {
        Some([_, left]) if survivors > left => Err(FunctionError::new(format!(
            "`sbg_fit` was given `{survivors}` `survivors` in `period` `{period}` after `{left}` in the one before"
        ))
        .with_help("a cohort does not grow; count only those who were there in period 0, and not those who came back")),
        _ => Ok(()),
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::STATISTICS,
        "Fits the shifted-beta-geometric model to a cohort of customers with contracts: the STRUCT(alpha, beta, \
         log_likelihood, customers) for `sbg_survival`, `sbg_retention_rate` and `sbg_expected_lifetime`. At each renewal a \
         customer leaves with a probability of her own, which is Beta(alpha, beta) over the customers; so those who are \
         left are ever more loyal. The parameters are those of the greatest likelihood (Fader and Hardie, Journal of \
         Interactive Marketing 21, 2007). `customers` is the size of the cohort. A row with a NULL argument is left out; NULL \
         without rows. Periods that do not run from 0 without a gap, two rows of one period, survivors that grow or are not \
         whole, and fewer than three periods are an error; so is a churn that does not fall from renewal to renewal, for \
         which the likelihood has no maximum.",
        "sbg_fit(period, survivors)",
    )
    .with_sql_example(
        "```sql\nSELECT sbg_fit(year, customers)\nFROM (VALUES (0, 1000), (1, 869), (2, 743), (3, 653)) AS cohort(year, \
         customers);\n```",
    )
    .with_argument("period", "How many renewals have passed: 0, 1, 2, …")
    .with_argument("survivors", "How many customers of the cohort are left then; in period 0, all of them.")
    .with_related_udf("sbg_survival")
    .with_related_udf("kaplan_meier")
    .build()
});
