//! `support_margin`: what maintenance contracts and service fees leave after the cost of support.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::margin::MarginFunction;
use crate::scalar::MARGINS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        MARGINS,
        "Σ support revenue − Σ support cost: maintenance contracts, service fees and other support charges, less \
         salaries, benefits, training and other costs of support. The result is exact, with the decimals of the finer \
         argument; doubles are first rounded to six decimals. \
         A NULL argument adds nothing; NULL only if the group has no value at all.",
        "support_margin(support_revenue, support_cost)",
    )
    .with_sql_example(
        "```sql\nSELECT month, support_margin(support_revenue, support_cost) AS margin\n\
         FROM support GROUP BY month;\n```",
    )
    .with_argument("support_revenue", "The revenue of support: an integer, decimal or double.")
    .with_argument("support_cost", "The cost of support.")
    .with_related_udf("support_margin_pct")
    .with_related_udf("customer_success_margin")
    .build()
});

/// The aggregate function `support_margin`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SupportMargin;

impl MarginFunction for SupportMargin {
    const NAME: &'static str = "support_margin";
    const ARGUMENTS: &'static [&'static str] = &["support_revenue", "support_cost"];
    const REQUIRED: usize = 2;
    const PERCENTAGE: bool = false;

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
