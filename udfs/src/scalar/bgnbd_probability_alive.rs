//! `bgnbd_probability_alive(model, frequency, recency, age)`: whether a customer may still buy.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::model_function::ModelFunction;
use crate::{
    FunctionError,
    aggregate::STATISTICS,
    observed::history,
    statistics::{bgnbd::BgNbd, bgnbd_likelihood::Customers, likelihood::Likelihood},
};

/// The probability that a customer has not left for good.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct BgnbdProbabilityAlive;

impl ModelFunction<4, 3> for BgnbdProbabilityAlive {
    const NAME: &'static str = "bgnbd_probability_alive";
    const FIT: &'static str = "bgnbd_fit";
    const PARAMETERS: [&'static str; 4] = Customers::PARAMETERS;
    const ARGUMENTS: [&'static str; 3] = ["frequency", "recency", "age"];

    fn compute(parameters: [f64; 4], arguments: [f64; 3]) -> Result<Option<f64>, FunctionError> {
        let history = history(Self::NAME, arguments)?;
        Ok(Some(BgNbd::new(parameters).probability_alive(&history)))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The probability that a customer is still active, by a model of `bgnbd_fit`, as a DOUBLE from 0 to 1. It is 1 for a \
         customer who bought once, because in this model nobody leaves before a repeat purchase; it falls with the silence \
         after the last purchase, and faster for those who bought often. NULL if an argument is NULL. A negative number, a \
         NaN, a frequency that is not whole, a recency greater than the age, and a recency of a customer who bought once are \
         an error.",
        "bgnbd_probability_alive(model, frequency, recency, age)",
    )
    .with_sql_example(
        "```sql\nSELECT round(bgnbd_probability_alive(named_struct('r', 0.243, 'alpha', 4.414, 'a', 0.793, 'b', 2.426), 26, 30.86, 31), \
         4);\n-- 0.9689\n```",
    )
    .with_argument("model", "A STRUCT with the fields r, alpha, a and b: of `bgnbd_fit`, as a column or a subquery.")
    .with_argument("frequency", "How often the customer bought again.")
    .with_argument("recency", "The time from the first purchase to the last; 0 if there was only one.")
    .with_argument("age", "The time from the first purchase to now, in the same unit.")
    .with_related_udf("bgnbd_fit")
    .with_related_udf("bgnbd_expected_purchases")
    .build()
});
