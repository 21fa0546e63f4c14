//! `sbg_survival(model, renewals)`: the share of a cohort that is left.

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

/// The share of customers that is left after so many renewals.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SbgSurvival;

impl ModelFunction<2, 1> for SbgSurvival {
    const NAME: &'static str = "sbg_survival";
    const FIT: &'static str = "sbg_fit";
    const PARAMETERS: [&'static str; 2] = Cohort::PARAMETERS;
    const ARGUMENTS: [&'static str; 1] = ["renewals"];

    fn compute([alpha, beta]: [f64; 2], [renewals]: [f64; 1]) -> Result<Option<f64>, FunctionError> {
        let renewals = Place { function: Self::NAME, argument: "renewals" }.count(renewals)?;
        Ok(Some(ShiftedBetaGeometric { alpha, beta }.survival(renewals)))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The share of a cohort that is left after so many renewals, by a model of `sbg_fit`, as a DOUBLE: 1 after none, and \
         B(alpha, beta + t) / B(alpha, beta) after t, also beyond the periods that were observed. NULL if an argument is \
         NULL. A number of renewals that is negative or not whole is an error.",
        "sbg_survival(model, renewals)",
    )
    .with_sql_example("```sql\nSELECT round(sbg_survival(named_struct('alpha', 0.668, 'beta', 3.806), 12), 3);\n-- 0.378\n```")
    .with_argument("model", "A STRUCT with the fields alpha and beta: of `sbg_fit`, as a column or a subquery.")
    .with_argument("renewals", "How many renewals have passed: 0, 1, 2, …")
    .with_related_udf("sbg_fit")
    .with_related_udf("sbg_retention_rate")
    .build()
});
