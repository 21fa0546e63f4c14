//! `whale_peak_pct`: how far the whale curve rises above the profit before unprofitable customers take it down again.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, BooleanArray},
    datatypes::{DataType, i256},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, Documentation, function::AccumulatorArgs},
};

use super::{
    amount::{Amount, amount_type, amounts},
    argument::number_type,
    derived::{Derive, DerivedFunction, Types, derived_aggregate},
    exact::{Finish, arguments},
    one_argument,
    ratio::{PERCENTAGE, TotalPerTotal},
};
use crate::{
    numeric::{is_wide, precision_and_scale},
    scalar::CUSTOMER_METRICS,
};

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The peak of the whale curve: the profit of the profitable customers in percent of the profit of all, with four \
         decimals, rounded once, half away from zero. 100.0000 says that no customer loses money. Every row is one \
         customer: add the profit of a customer first. \
         A NULL profit adds nothing; NULL if Σ profit is zero or negative, or if there is none. \
         Source: Cooper and Kaplan, Profit Priorities from Activity-Based Costing, 1991.",
        "whale_peak_pct(profit)",
    )
    .with_sql_example("```sql\nSELECT whale_peak_pct(profit) FROM (VALUES (80), (40), (-20)) AS t(profit);  -- 120.0000\n```")
    .with_argument("profit", "The profit or margin of a customer: an integer, decimal or double.")
    .with_related_udf("whale_curve")
    .with_related_udf("gini")
    .build()
});

/// The aggregate function `whale_peak_pct`.
pub(super) fn whale_peak_pct() -> AggregateUDF {
    derived_aggregate::<WhalePeakPct>()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct WhalePeakPct;

impl DerivedFunction for WhalePeakPct {
    const NAME: &'static str = "whale_peak_pct";
    const COUNTED: bool = false;
    const DISTINCT_HELP: &'static str = "two customers with the same profit are two customers; make one row per customer in a subquery instead";

    fn coerce_types(arg_types: &[DataType]) -> Vec<DataType> {
        arg_types.iter().map(number_type).collect()
    }

    fn types(arg_types: &[DataType]) -> Result<Types> {
        let profit = one_argument(Self::NAME, arg_types)?;
        arguments(Self::NAME, [profit])?;
        Ok(Types { columns: vec![amount_type(profit), profit.clone()], value: PERCENTAGE })
    }

    fn derive(_args: &AccumulatorArgs<'_>, types: &Types) -> Result<Arc<dyn Derive>> {
        Ok(Arc::new(Gain { data_type: types.columns.first().cloned().unwrap_or(DataType::Null) }))
    }

    fn finish() -> impl Finish {
        TotalPerTotal
    }

    fn documentation() -> &'static Documentation {
        &DOCUMENTATION
    }
}

/// Profits above zero, and all profits.
#[derive(Debug)]
struct Gain {
    data_type: DataType,
}

impl Derive for Gain {
    fn columns(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(profit) = values.first() else { return Ok(Vec::new()) };
        let gain = if is_wide(&self.data_type) {
            self.gain::<i256>(profit, filter)?
        } else {
            self.gain::<i128>(profit, filter)?
        };
        Ok(vec![gain, Arc::clone(profit)])
    }
}

impl Gain {
    fn gain<A: Amount>(&self, profit: &ArrayRef, filter: Option<&BooleanArray>) -> Result<ArrayRef> {
        let (_, scale) = precision_and_scale(&self.data_type);
        let profits = amounts::<A>(profit, filter, scale, WhalePeakPct::NAME)?;
        let gains = profits.iter().map(|profit| (*profit).max(A::ZERO)).collect();
        Ok(A::array(gains, &self.data_type))
    }
}
