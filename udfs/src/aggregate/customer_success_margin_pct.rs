//! `customer_success_margin_pct`: the customer success margin as a percentage of the revenue.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::margin::MarginFunction;
use crate::scalar::MARGINS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        MARGINS,
        "100 × (Σ revenue − Σ service cost [− Σ acquisition cost]) / Σ revenue, with four decimals, rounded once, half \
         away from zero. It is a ratio of sums, not a mean of ratios. \
         A NULL argument adds nothing; NULL if Σ revenue is zero or negative, or if the group has no value at all.",
        "customer_success_margin_pct(revenue, service_cost [, acquisition_cost])",
    )
    .with_sql_example("```sql\nSELECT customer_success_margin_pct(10000, 2000);  -- 80.0000\n```")
    .with_argument("revenue", "The revenue: an integer, decimal or double; credits are negative.")
    .with_argument("service_cost", "The cost to serve.")
    .with_argument("acquisition_cost", "The cost to win the customer.")
    .with_related_udf("customer_success_margin")
    .with_related_udf("margin_pct")
    .build()
});

/// The aggregate function `customer_success_margin_pct`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CustomerSuccessMarginPct;

impl MarginFunction for CustomerSuccessMarginPct {
    const NAME: &'static str = "customer_success_margin_pct";
    const ARGUMENTS: &'static [&'static str] = &["revenue", "service_cost", "acquisition_cost"];
    const REQUIRED: usize = 2;
    const PERCENTAGE: bool = true;

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
