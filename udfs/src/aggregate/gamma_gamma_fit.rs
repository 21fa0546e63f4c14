//! `gamma_gamma_fit(frequency, mean_value)`: the gamma-gamma model of the value of a purchase, by maximum likelihood.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{common::ScalarValue, logical_expr::Documentation};

use super::fit::{Argument, Fit, fit, model_type};
use crate::{
    FunctionError,
    observed::Place,
    statistics::{gamma_gamma::Spenders, likelihood::Likelihood, observations::Observation},
};

/// Repeat customers that a fit needs: one alone shows nothing of how they differ.
const REPEAT_CUSTOMERS_MIN: i64 = 2;

/// The parameters under which what the customers spent is most likely.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct GammaGammaFit;

impl Fit<2> for GammaGammaFit {
    const NAME: &'static str = "gamma_gamma_fit";
    const ARGUMENTS: [Argument; 2] = [Argument::Number("frequency"), Argument::Number("mean_value")];
    const DISTINCT_HELP: &'static str =
        "two customers who spend the same are two customers; remove duplicate rows in a subquery instead";

    fn return_type() -> DataType {
        model_type(&Spenders::PARAMETERS)
    }

    fn evaluate(observations: &[Observation<2>]) -> Result<ScalarValue, FunctionError> {
        let place = |argument| Place { function: Self::NAME, argument };
        let mut spenders = Vec::with_capacity(observations.len());
        for observation in observations {
            let [frequency, mean_value] = observation.values;
            place("frequency").count(frequency)?;
            place("mean_value").finite(mean_value)?;
            if frequency > 0.0 && mean_value > 0.0 {
                spenders.push(*observation);
            }
        }
        let customers: i64 = spenders.iter().map(|observation| observation.times).sum();
        if customers < REPEAT_CUSTOMERS_MIN {
            return Err(FunctionError::new(format!(
                "`gamma_gamma_fit` was given {customers} customers who bought again for a positive value, and needs \
                 {REPEAT_CUSTOMERS_MIN}"
            ))
            .with_help("fit several segments together, or leave this one out with a WHERE"));
        }
        fit(Self::NAME, &Spenders::new(&spenders), customers)
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::STATISTICS,
        "Fits the gamma-gamma model of what customers spend per purchase: the STRUCT(p, q, v, log_likelihood, customers) for \
         `gamma_gamma_expected_value`. A purchase is Gamma(p, ν) with a ν of the customer's own, and ν is Gamma(q, v) over \
         the customers. The parameters are those of the greatest likelihood (Fader and Hardie, 2013). Rows with a frequency \
         of 0 or a mean value that is not positive are left out of the fit, and `customers` counts the others. The model \
         holds that what customers spend does not depend on how often they buy: look at `corr(frequency, mean_value)` \
         first, and distrust it above 0.3. `v` is in the currency of the mean value. Numbers are read as doubles. A row with \
         a NULL argument is left out; NULL without rows. A NaN and a frequency that is negative or not whole are an error; so \
         are fewer than two customers who are left, and customers who all spend the same.",
        "gamma_gamma_fit(frequency, mean_value)",
    )
    .with_sql_example("```sql\nSELECT gamma_gamma_fit(purchase_days - 1, mean_of_repeat_days) FROM customers;\n```")
    .with_argument("frequency", "How often the customer bought again, as for `bgnbd_fit`.")
    .with_argument("mean_value", "The mean value of these repeat purchases, in one currency; the first purchase is not among them.")
    .with_related_udf("gamma_gamma_expected_value")
    .with_related_udf("bgnbd_fit")
    .build()
});
