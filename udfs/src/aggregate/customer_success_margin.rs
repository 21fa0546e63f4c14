//! `customer_success_margin`: what is left of the revenue after serving, and winning, the customers.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::margin::MarginFunction;
use crate::scalar::MARGINS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        MARGINS,
        "Σ revenue − Σ service cost, and − Σ acquisition cost if it is given. The result is exact, with the decimals of \
         the finest argument; doubles are first rounded to six decimals. \
         A NULL argument adds nothing; NULL only if the group has no value at all.",
        "customer_success_margin(revenue, service_cost [, acquisition_cost])",
    )
    .with_sql_example(
        "```sql\nSELECT segment, customer_success_margin(revenue, service_cost) AS margin\n\
         FROM ledger GROUP BY segment;\n```",
    )
    .with_argument("revenue", "The revenue: an integer, decimal or double; credits are negative.")
    .with_argument("service_cost", "The cost to serve.")
    .with_argument("acquisition_cost", "The cost to win the customer.")
    .with_related_udf("customer_success_margin_pct")
    .with_related_udf("support_margin")
    .build()
});

/// The aggregate function `customer_success_margin`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CustomerSuccessMargin;

impl MarginFunction for CustomerSuccessMargin {
    const NAME: &'static str = "customer_success_margin";
    const ARGUMENTS: &'static [&'static str] = &["revenue", "service_cost", "acquisition_cost"];
    const REQUIRED: usize = 2;
    const PERCENTAGE: bool = false;

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
