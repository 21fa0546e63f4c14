//! `sbg_expected_lifetime(model, discount_rate [, renewal])`: how many periods a customer will pay for, discounted.

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

/// The discounted expected lifetime of a new customer, or the residual one just before a renewal.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SbgExpectedLifetime;

impl ModelFunction<2, 2> for SbgExpectedLifetime {
    const NAME: &'static str = "sbg_expected_lifetime";
    const FIT: &'static str = "sbg_fit";
    const PARAMETERS: [&'static str; 2] = Cohort::PARAMETERS;
    const ARGUMENTS: [&'static str; 2] = ["discount_rate", "renewal"];
    const REQUIRED: usize = 1;

    fn compute([alpha, beta]: [f64; 2], arguments: [f64; 2]) -> Result<Option<f64>, FunctionError> {
        let place = |argument| Place { function: Self::NAME, argument };
        let [discount_rate, renewal] = arguments;
        let discount_rate = place("discount_rate").not_negative(discount_rate)?;
        let renewal = place("renewal").count(renewal)?;
        let model = ShiftedBetaGeometric { alpha, beta };
        Ok(match renewal > 0.0 {
            true => model.expected_residual_lifetime(discount_rate, renewal),
            false => model.expected_lifetime(discount_rate),
        })
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The discounted expected lifetime of a customer in periods, by a model of `sbg_fit`, as a DOUBLE: times the margin of a \
         period it is the lifetime value. Without a renewal it is that of a new customer, the first period included and not \
         discounted, Σ S(t) / (1 + d)^t = ₂F₁(1, beta; alpha + beta; 1 / (1 + d)). With renewal n it is the discounted expected \
         residual lifetime of a customer who is about to decide on the n-th renewal: the period after it is not discounted, \
         and what was paid before does not count (Fader and Hardie, Customer-Base Valuation in a Contractual Setting, Marketing \
         Science 29, 2010). NULL if an argument is NULL, and where the lifetime is infinite: without a discount if alpha is not \
         greater than 1. A negative number, a NaN and a renewal that is not whole are an error.",
        "sbg_expected_lifetime(model, discount_rate [, renewal])",
    )
    .with_sql_example(
        "```sql\nSELECT round(sbg_expected_lifetime(named_struct('alpha', 0.668, 'beta', 3.806), 0.1), 4);\n-- 5.9226\n```",
    )
    .with_argument("model", "A STRUCT with the fields alpha and beta: of `sbg_fit`, as a column or a subquery.")
    .with_argument("discount_rate", "The rate per period between renewals, as a fraction: 0.1 for 10 %.")
    .with_argument("renewal", "The renewal that is next: 1 for the first. 0, the default, for a new customer.")
    .with_related_udf("sbg_fit")
    .with_related_udf("sbg_survival")
    .build()
});
