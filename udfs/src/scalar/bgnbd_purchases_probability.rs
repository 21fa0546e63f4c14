//! `bgnbd_purchases_probability(model, purchases, horizon)`: how probable a number of purchases is.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::model_function::ModelFunction;
use crate::{
    FunctionError,
    aggregate::STATISTICS,
    observed::Place,
    statistics::{bgnbd::BgNbd, bgnbd_likelihood::Customers, likelihood::Likelihood},
};

/// The probability that a new customer buys again exactly so often.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct BgnbdPurchasesProbability;

impl ModelFunction<4, 2> for BgnbdPurchasesProbability {
    const NAME: &'static str = "bgnbd_purchases_probability";
    const FIT: &'static str = "bgnbd_fit";
    const PARAMETERS: [&'static str; 4] = Customers::PARAMETERS;
    const ARGUMENTS: [&'static str; 2] = ["purchases", "horizon"];

    fn compute(parameters: [f64; 4], arguments: [f64; 2]) -> Result<Option<f64>, FunctionError> {
        let place = |argument| Place { function: Self::NAME, argument };
        let [purchases, horizon] = arguments;
        let purchases = place("purchases").count(purchases)?;
        let horizon = place("horizon").not_negative(horizon)?;
        Ok(Some(BgNbd::new(parameters).purchases_probability(purchases, horizon)))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The probability that a new customer makes exactly so many repeat purchases up to the horizon, by a model of \
         `bgnbd_fit`, as a DOUBLE (Fader, Hardie and Lee 2005, formula 8). Beside the share of customers who did, it shows \
         how well the model fits. The horizon is in the unit of recency and age that the model was fitted with. NULL if an \
         argument is NULL. Negative numbers, a NaN and a number of purchases that is not whole are an error.",
        "bgnbd_purchases_probability(model, purchases, horizon)",
    )
    .with_sql_example(
        "```sql\nSELECT round(bgnbd_purchases_probability(named_struct('r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 0, 39), \
         7);\n-- 0.5737864\n```",
    )
    .with_argument("model", "A STRUCT with the fields r, alpha, a and b: of `bgnbd_fit`, as a column or a subquery.")
    .with_argument("purchases", "How many repeat purchases: 0, 1, 2, …")
    .with_argument("horizon", "The time from the first purchase on, in the unit of recency and age.")
    .with_related_udf("bgnbd_fit")
    .with_related_udf("bgnbd_expected_purchases")
    .build()
});
