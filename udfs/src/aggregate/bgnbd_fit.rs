//! `bgnbd_fit(frequency, recency, age)`: the BG/NBD model of repeat purchases, by maximum likelihood.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{common::ScalarValue, logical_expr::Documentation};

use super::fit::{Argument, Fit, fit, model_type};
use crate::{
    FunctionError,
    observed::history,
    statistics::{bgnbd_likelihood::Customers, likelihood::Likelihood, observations::Observation},
};

/// Repeat customers that a fit needs: one alone shows nothing of how they differ.
const REPEAT_CUSTOMERS_MIN: i64 = 2;

/// The parameters under which what was seen of the customers is most likely.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct BgnbdFit;

impl Fit<3> for BgnbdFit {
    const NAME: &'static str = "bgnbd_fit";
    const ARGUMENTS: [Argument; 3] =
        [Argument::Number("frequency"), Argument::Number("recency"), Argument::Number("age")];
    const DISTINCT_HELP: &'static str =
        "two customers with the same history are two customers; remove duplicate rows in a subquery instead";

    fn return_type() -> DataType {
        model_type(&Customers::PARAMETERS)
    }

    fn evaluate(observations: &[Observation<3>]) -> Result<ScalarValue, FunctionError> {
        for observation in observations {
            history(Self::NAME, observation.values)?;
        }
        let repeat = observations.iter().filter(|observation| observation.values[0] > 0.0);
        let repeat: i64 = repeat.map(|observation| observation.times).sum();
        if repeat < REPEAT_CUSTOMERS_MIN {
            return Err(FunctionError::new(format!(
                "`bgnbd_fit` was given {repeat} customers who bought again, and needs {REPEAT_CUSTOMERS_MIN}"
            ))
            .with_help("fit several segments together, or leave this one out with a WHERE"));
        }
        if observations.iter().all(|observation| observation.values[2] == 0.0) {
            return Err(FunctionError::new("`bgnbd_fit` was given an `age` of `0` for every customer")
                .with_help("age is the time from the first purchase to now; choose a later day as now"));
        }
        let customers = observations.iter().map(|observation| observation.times).sum();
        fit(Self::NAME, &Customers::new(observations), customers)
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::STATISTICS,
        "Fits the BG/NBD model, for customers without a contract who may leave unnoticed: the STRUCT(r, alpha, a, b, \
         log_likelihood, customers) for `bgnbd_expected_purchases`, `bgnbd_probability_alive` and \
         `bgnbd_purchases_probability`. While active, a customer buys at a rate that is Gamma(r, alpha) over the customers; \
         after each purchase she leaves for good with a probability that is Beta(a, b). The parameters are those of the \
         greatest likelihood (Fader, Hardie and Lee, Marketing Science 24, 2005). Recency and age are in one unit of time, \
         days or weeks or months; `alpha` is in that unit, and so is every horizon that the model is asked for later: with \
         ages in weeks, a horizon of 52 is a year. Numbers are read as doubles. A row with a NULL argument is left out; \
         NULL without rows. A negative number, a NaN, a frequency that is not whole, a recency greater than the age, and a \
         recency of a customer who bought once are an error; so are fewer than two customers who bought again, and customers \
         so alike that the likelihood has no maximum.",
        "bgnbd_fit(frequency, recency, age)",
    )
    .with_sql_example(
        "```sql\nSELECT bgnbd_fit(purchase_days - 1, (last_day - first_day) / 7.0, (DATE '2026-06-30' - first_day) / 7.0)\nFROM \
         customers;\n```",
    )
    .with_argument(
        "frequency",
        "How often the customer bought again: the days with a purchase, less one. 0 for customers who bought once; they \
         belong to the fit.",
    )
    .with_argument("recency", "The time from the first purchase to the last; 0 if there was only one.")
    .with_argument("age", "The time from the first purchase to now, in the same unit.")
    .with_related_udf("bgnbd_expected_purchases")
    .with_related_udf("gamma_gamma_fit")
    .build()
});
