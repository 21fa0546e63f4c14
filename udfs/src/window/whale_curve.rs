//! `whale_curve`: the cumulative profit of the customers so far, in percent of the profit of all.
//!
//! `ordered` passes what the window is ordered by as further arguments, so that rows that are equal there get one value.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, Decimal128Array},
    compute::partition,
    datatypes::{DataType, Field, FieldRef, i256},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        Documentation, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl,
        function::{PartitionEvaluatorArgs, WindowUDFFieldArgs},
    },
};

use super::amounts::Amounts;
use crate::{
    FunctionError,
    aggregate::{argument::number_type, exact::arguments},
    decimal::{PCT_SCALE, PRECISION_MAX, percentage, percentage_256},
    scalar::CUSTOMER_METRICS,
};

pub(super) const NAME: &str = "whale_curve";

/// Like every percentage.
const TYPE: DataType = DataType::Decimal128(PRECISION_MAX, PCT_SCALE);

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The whale curve: the profit of this row and of those before it, in percent of the partition's total, with four \
         decimals, rounded half away from zero. Ordered by profit DESC it rises above 100 as long as customers earn money \
         and falls to 100.0000 over those that lose it; `whale_peak_pct` is its highest point. Rows that are equal in the \
         window's ORDER BY get the same value, that of the last of them; add the customer to the ORDER BY for a step per \
         customer. A NULL profit adds nothing and is NULL; NULL on every row if the total is zero or negative.",
        "whale_curve(profit) OVER ([PARTITION BY …] ORDER BY profit DESC)",
    )
    .with_sql_example(
        "```sql\nSELECT customer, whale_curve(profit) OVER (ORDER BY profit DESC, customer) AS cumulative_pct\n\
         FROM customers;\n```",
    )
    .with_argument("profit", "The profit or margin of a customer: an integer, decimal or double.")
    .with_related_udf("whale_peak_pct")
    .with_related_udf("pct_of_total")
    .build()
});

/// The window function `whale_curve`.
pub(super) fn whale_curve() -> WindowUDF {
    WhaleCurve { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WhaleCurve {
    signature: Signature,
}

impl WindowUDFImpl for WhaleCurve {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [profit, order_by @ ..] = arg_types else { return Err(wrong_arity(0)) };
        Ok(std::iter::once(number_type(profit)).chain(order_by.iter().cloned()).collect())
    }

    fn field(&self, field_args: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        let [profit, ..] = field_args.input_fields() else { return Err(wrong_arity(0)) };
        arguments(NAME, [profit.data_type()])?;
        Ok(Arc::new(Field::new(field_args.name(), TYPE, true)))
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(WhaleCurveEvaluator))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// The error for a call with another number of arguments than one.
pub(super) fn wrong_arity(found: usize) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` takes one argument, but was called with {found}"))
        .with_help("call it as `whale_curve(profit) over (order by profit desc)`")
        .into()
}

#[derive(Debug)]
struct WhaleCurveEvaluator;

impl PartitionEvaluator for WhaleCurveEvaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let [profit, order_by @ ..] = values else { return Err(wrong_arity(0)) };
        let profits = Amounts::new(profit, NAME)?;
        let peers = match order_by {
            [] => (0..num_rows).map(|row| row..row + 1).collect(),
            columns => partition(columns)?.ranges(),
        };
        let ends = peers.iter().map(|peers| peers.end);
        let curve = match narrow_curve(&profits.units, ends.clone()) {
            Some(curve) => curve,
            None => wide_curve(&profits.units, ends)?,
        };
        let Some(curve) = curve else { return Ok(arrow::array::new_null_array(&TYPE, num_rows)) };
        Ok(Arc::new(Decimal128Array::new(curve.into(), profits.nulls.cloned()).with_data_type(TYPE)))
    }
}

/// The curve, or none without a positive total. `None` if a sum leaves 128 bits.
fn narrow_curve(units: &[i128], ends: impl Iterator<Item = usize>) -> Option<Option<Vec<i128>>> {
    let total = units.iter().try_fold(0_i128, |total, units| total.checked_add(*units))?;
    if total <= 0 {
        return Some(None);
    }
    let mut curve = Vec::with_capacity(units.len());
    let mut sum = 0_i128;
    for end in ends {
        for units in &units[curve.len()..end] {
            sum = sum.checked_add(*units)?;
        }
        curve.resize(end, percentage(sum, total)?);
    }
    Some(Some(curve))
}

/// [`narrow_curve`] in 256 bits, which no sum of 128-bit units leaves.
fn wide_curve(units: &[i128], ends: impl Iterator<Item = usize>) -> Result<Option<Vec<i128>>> {
    let add = |sum: i256, units: &i128| sum.wrapping_add(i256::from_i128(*units));
    let total = units.iter().fold(i256::ZERO, add);
    if !total.is_positive() {
        return Ok(None);
    }
    let mut curve = Vec::with_capacity(units.len());
    let mut sum = i256::ZERO;
    for end in ends {
        sum = units[curve.len()..end].iter().fold(sum, add);
        curve.resize(end, percentage_256(sum, total).ok_or_else(too_many_times)?);
    }
    Ok(Some(curve))
}

fn too_many_times() -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met a profit that is too many times the total for DECIMAL(38, 4)"))
        .with_help("the total is almost zero; look at the customers that lose money")
        .into()
}
