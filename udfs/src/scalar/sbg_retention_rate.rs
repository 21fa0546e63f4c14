//! `sbg_retention_rate(model, renewal)`: the share of customers that renews.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::model_function::ModelFunction;
use crate::{
    FunctionError,
    aggregate::STATISTICS,
    observed::Place,
    statistics::{
        likelihood::Likelihood,
        shifted_beta_geometric::{Cohort, ShiftedBetaGeometric},
    },
};

/// The share that renews, of those who have come to a renewal.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SbgRetentionRate;

impl ModelFunction<2, 1> for SbgRetentionRate {
    const NAME: &'static str = "sbg_retention_rate";
    const FIT: &'static str = "sbg_fit";
    const PARAMETERS: [&'static str; 2] = Cohort::PARAMETERS;
    const ARGUMENTS: [&'static str; 1] = ["renewal"];

    fn compute([alpha, beta]: [f64; 2], [renewal]: [f64; 1]) -> Result<Option<f64>, FunctionError> {
        let place = Place { function: Self::NAME, argument: "renewal" };
        let renewal = place.positive(place.count(renewal)?)?;
        Ok(Some(ShiftedBetaGeometric { alpha, beta }.retention_rate(renewal)))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The share that renews, of the customers who have come to this renewal, by a model of `sbg_fit`, as a DOUBLE: \
         (beta + t − 1) / (alpha + beta + t − 1), which rises because the least loyal leave first. NULL if an argument is NULL. \
         A renewal that is less than 1 or not whole is an error.",
        "sbg_retention_rate(model, renewal)",
    )
    .with_sql_example("```sql\nSELECT round(sbg_retention_rate(named_struct('alpha', 0.668, 'beta', 3.806), 1), 3);\n-- 0.851\n```")
    .with_argument("model", "A STRUCT with the fields alpha and beta: of `sbg_fit`, as a column or a subquery.")
    .with_argument("renewal", "Which renewal: 1 for the first.")
    .with_related_udf("sbg_fit")
    .with_related_udf("sbg_survival")
    .build()
});
