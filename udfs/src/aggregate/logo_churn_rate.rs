//! `logo_churn_rate`: the customers that left, over those that were there.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::{amount::Amount, movement::MovementFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The fraction of the customers with before > 0 whose after is 0 or less, with six decimals, rounded once, half \
         away from zero. Every row is one customer; who was not there before is not counted. \
         A NULL amount is zero: a customer without an after has left. NULL if no before is positive.",
        "logo_churn_rate(before, after)",
    )
    .with_sql_example(
        "```sql\nSELECT logo_churn_rate(may, june) FROM (VALUES (100, 120), (50, 0), (0, 80)) AS t(may, june);\n\
         -- 0.500000\n```",
    )
    .with_argument("before", "What the customer paid in the period before, as MRR: an integer, decimal or double.")
    .with_argument("after", "What the customer pays in the period after.")
    .with_related_udf("gross_revenue_retention")
    .with_related_udf("net_revenue_retention")
    .build()
});

/// The aggregate function `logo_churn_rate`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LogoChurnRate;

impl MovementFunction for LogoChurnRate {
    const NAME: &'static str = "logo_churn_rate";

    #[inline(always)]
    fn parts<A: Amount>(before: A, after: A) -> [A; 2] {
        let count = |counts: bool| if counts { A::ONE } else { A::ZERO };
        let active = before > A::ZERO;
        [count(active & (after <= A::ZERO)), count(active)]
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
