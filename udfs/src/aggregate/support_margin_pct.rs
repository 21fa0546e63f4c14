//! `support_margin_pct`: the support margin as a percentage of the support revenue.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::margin::MarginFunction;
use crate::scalar::MARGINS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        MARGINS,
        "100 × (Σ support revenue − Σ support cost) / Σ support revenue, with four decimals, rounded once, half away \
         from zero. It is a ratio of sums, not a mean of ratios. \
         A NULL argument adds nothing; NULL if Σ support revenue is zero or negative, or if the group has no value at all.",
        "support_margin_pct(support_revenue, support_cost)",
    )
    .with_sql_example("```sql\nSELECT support_margin_pct(155000, 100000);  -- 35.4839\n```")
    .with_argument("support_revenue", "The revenue of support: an integer, decimal or double.")
    .with_argument("support_cost", "The cost of support.")
    .with_related_udf("support_margin")
    .build()
});

/// The aggregate function `support_margin_pct`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SupportMarginPct;

impl MarginFunction for SupportMarginPct {
    const NAME: &'static str = "support_margin_pct";
    const ARGUMENTS: &'static [&'static str] = &["support_revenue", "support_cost"];
    const REQUIRED: usize = 2;
    const PERCENTAGE: bool = true;

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
