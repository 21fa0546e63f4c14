//! `quick_ratio`: recurring revenue won, over recurring revenue lost.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::{amount::Amount, movement::MovementFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "(new + reactivated + expansion) / (contraction + churn): Σ of the rises over Σ of the falls from before to \
         after, with six decimals, rounded once, half away from zero. Every row is one customer. \
         A NULL amount is zero: a customer without a before is new, one without an after has left. \
         NULL if nothing was lost.",
        "quick_ratio(before, after)",
    )
    .with_sql_example(
        "```sql\nSELECT quick_ratio(may, june) FROM (VALUES (100, 130), (100, 60), (0, 80)) AS t(may, june);\n\
         -- 2.750000\n```",
    )
    .with_argument("before", "What the customer paid in the period before, as MRR: an integer, decimal or double.")
    .with_argument("after", "What the customer pays in the period after.")
    .with_related_udf("net_revenue_retention")
    .with_related_udf("logo_churn_rate")
    .build()
});

/// The aggregate function `quick_ratio`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct QuickRatio;

impl MovementFunction for QuickRatio {
    const NAME: &'static str = "quick_ratio";

    #[inline(always)]
    fn parts<A: Amount>(before: A, after: A) -> [A; 2] {
        let rise = after.minus(before);
        let fall = before.minus(after);
        [rise.max(A::ZERO), fall.max(A::ZERO)]
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
