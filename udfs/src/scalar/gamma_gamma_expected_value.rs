//! `gamma_gamma_expected_value(model, frequency, mean_value)`: what a customer's purchases are worth.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::model_function::ModelFunction;
use crate::{
    FunctionError,
    aggregate::STATISTICS,
    observed::Place,
    statistics::{
        gamma_gamma::{GammaGamma, Spenders},
        likelihood::Likelihood,
    },
};

/// The expected mean value of a customer's purchases.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct GammaGammaExpectedValue;

impl ModelFunction<3, 2> for GammaGammaExpectedValue {
    const NAME: &'static str = "gamma_gamma_expected_value";
    const FIT: &'static str = "gamma_gamma_fit";
    const PARAMETERS: [&'static str; 3] = Spenders::PARAMETERS;
    const ARGUMENTS: [&'static str; 2] = ["frequency", "mean_value"];

    fn compute([p, q, v]: [f64; 3], arguments: [f64; 2]) -> Result<Option<f64>, FunctionError> {
        let place = |argument| Place { function: Self::NAME, argument };
        let [frequency, mean_value] = arguments;
        let frequency = place("frequency").count(frequency)?;
        let mean_value = place("mean_value").finite(mean_value)?;
        // As in the fit: a customer who was given more back than she paid tells nothing of what she spends.
        let frequency = if mean_value > 0.0 { frequency } else { 0.0 };
        Ok(GammaGamma { p, q, v }.expected_value(frequency, mean_value))
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        STATISTICS,
        "The expected value of a purchase of a customer, by a model of `gamma_gamma_fit`, as a DOUBLE in the currency of the \
         mean value: p (v + frequency × mean_value) / (p × frequency + q − 1), which lies between the customer's own mean and \
         that of all customers (Fader and Hardie 2013, formula 5). For a customer without a repeat purchase, or with a mean \
         value that is not positive, it is the mean of all, p v / (q − 1). NULL if an argument is NULL, and where that mean is \
         infinite because q is not greater than 1. A NaN and a frequency that is negative or not whole are an error.",
        "gamma_gamma_expected_value(model, frequency, mean_value)",
    )
    .with_sql_example(
        "```sql\nSELECT round(gamma_gamma_expected_value(named_struct('p', 6.25, 'q', 3.74, 'v', 15.44), 0, 0), 4);\n-- 35.219\n```",
    )
    .with_argument("model", "A STRUCT with the fields p, q and v: of `gamma_gamma_fit`, as a column or a subquery.")
    .with_argument("frequency", "How often the customer bought again.")
    .with_argument("mean_value", "The mean value of these repeat purchases; it does not matter if there was none, but must not be NULL.")
    .with_related_udf("gamma_gamma_fit")
    .with_related_udf("bgnbd_expected_purchases")
    .build()
});
