//! `bgnbd_expected_purchases(model, frequency, recency, age, horizon)`: how often a customer will buy.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::model_function::ModelFunction;
use crate::{
    FunctionError,
    aggregate::STATISTICS,
    observed::{Place, history},
    statistics::{bgnbd::BgNbd, bgnbd_likelihood::Customers, likelihood::Likelihood},
};

/// The expected number of purchases in the time from now to the horizon.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct BgnbdExpectedPurchases;

impl ModelFunction<4, 4> for BgnbdExpectedPurchases {
    const NAME: &'static str = "bgnbd_expected_purchases";
    const FIT: &'static str = "bgnbd_fit";
    const PARAMETERS: [&'static str; 4] = Customers::PARAMETERS;
    const ARGUMENTS: [&'static str; 4] = ["frequency", "recency", "age", "horizon"];

    fn compute(parameters: [f64; 4], arguments: [f64; 4]) -> Result<Option<f64>, FunctionError> {
        let [frequency, recency, age, horizon] = arguments;
        let history = history(Self::NAME, [frequency, recency, age])?;
        let horizon = Place { function: Self::NAME, argument: "horizon" }.not_negative(horizon)?;
        Ok(Some(BgNbd::new(parameters).expected_purchases(&history, horizon)))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "How many purchases are to be expected of a customer from now to the horizon, by a model of `bgnbd_fit`, as a DOUBLE: \
         the probability that the customer is still active, times the purchases of one who is (Fader, Hardie and Lee 2005, \
         formula 10). With 0 for frequency, recency and age it is E[X(t)], what is to be expected of a new customer. **The \
         horizon is in the unit of recency and age that the model was fitted with**: if they were weeks, 52 is a year and 365 \
         is seven years. NULL if an argument is NULL. A negative number, a NaN, a frequency that is not whole, a recency \
         greater than the age, and a recency of a customer who bought once are an error.",
        "bgnbd_expected_purchases(model, frequency, recency, age, horizon)",
    )
    .with_sql_example(
        "```sql\nSELECT round(bgnbd_expected_purchases(named_struct('r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 2, 30.43, 38.86, \
         39), 3);\n-- 1.226\n```",
    )
    .with_argument("model", "A STRUCT with the fields r, alpha, a and b: of `bgnbd_fit`, as a column or a subquery.")
    .with_argument("frequency", "How often the customer bought again.")
    .with_argument("recency", "The time from the first purchase to the last; 0 if there was only one.")
    .with_argument("age", "The time from the first purchase to now.")
    .with_argument("horizon", "How far to look ahead, in the unit of recency and age.")
    .with_related_udf("bgnbd_fit")
    .with_related_udf("gamma_gamma_expected_value")
    .build()
});
