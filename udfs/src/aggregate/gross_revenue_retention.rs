//! `gross_revenue_retention`: what is left of the revenue of the customers that were there, without their growth.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::{amount::Amount, movement::MovementFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "Σ min(before, after) / Σ before over the customers with before > 0, as a fraction with six decimals, rounded \
         once, half away from zero. It never exceeds 1. Every row is one customer. It compares two periods and knows \
         nothing of those between them: a product of monthly values is another number. \
         A NULL amount is zero: a customer without an after has left. NULL if no before is positive.",
        "gross_revenue_retention(before, after)",
    )
    .with_sql_example(
        "```sql\nSELECT gross_revenue_retention(may, june) FROM (VALUES (100, 120), (100, 60), (0, 80)) AS t(may, june);\n\
         -- 0.800000\n```",
    )
    .with_argument("before", "What the customer paid in the period before, as MRR: an integer, decimal or double.")
    .with_argument("after", "What the customer pays in the period after.")
    .with_related_udf("net_revenue_retention")
    .with_related_udf("logo_churn_rate")
    .build()
});

/// The aggregate function `gross_revenue_retention`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct GrossRevenueRetention;

impl MovementFunction for GrossRevenueRetention {
    const NAME: &'static str = "gross_revenue_retention";

    #[inline(always)]
    fn parts<A: Amount>(before: A, after: A) -> [A; 2] {
        if before > A::ZERO { [before.min(after), before] } else { [A::ZERO; 2] }
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
