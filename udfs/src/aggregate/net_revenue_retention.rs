//! `net_revenue_retention`: the revenue of the customers that were there, over what it was.

use std::sync::LazyLock;

use datafusion::logical_expr::Documentation;

use super::{amount::Amount, movement::MovementFunction};
use crate::scalar::CUSTOMER_METRICS;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "Σ after / Σ before over the customers with before > 0, as a fraction with six decimals, rounded once, half away \
         from zero. Every row is one customer. Customers that are new or come back are left out: their before is zero. \
         A NULL amount is zero: a customer without an after has left. NULL if no before is positive.",
        "net_revenue_retention(before, after)",
    )
    .with_sql_example(
        "```sql\nSELECT net_revenue_retention(may, june) FROM (VALUES (100, 130), (100, 60), (0, 80)) AS t(may, june);\n\
         -- 0.950000\n```",
    )
    .with_argument("before", "What the customer paid in the period before, as MRR: an integer, decimal or double.")
    .with_argument("after", "What the customer pays in the period after.")
    .with_related_udf("gross_revenue_retention")
    .with_related_udf("logo_churn_rate")
    .build()
});

/// The aggregate function `net_revenue_retention`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct NetRevenueRetention;

impl MovementFunction for NetRevenueRetention {
    const NAME: &'static str = "net_revenue_retention";

    #[inline(always)]
    fn parts<A: Amount>(before: A, after: A) -> [A; 2] {
        if before > A::ZERO { [after, before] } else { [A::ZERO; 2] }
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}
