//! `gini`: how unequally an amount is spread over the customers.
//!
//! The values are sorted and added as whole units, so that neither the order of the rows nor their partitions show in
//! the last bit of the DOUBLE. It keeps every value, so it has no groups accumulator: a box per group costs nothing beside that.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{DataType, Decimal128Type, Field, FieldRef, i256},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, Expr, ReversedUDAF, Signature,
        Volatility,
        function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
};

use super::{argument::number_type, exact::arguments, one_argument, refuse_distinct};
use crate::{
    FunctionError,
    decimal::{PRECISION_MAX, divide_scaled_256, format_units},
    scalar::CUSTOMER_METRICS,
    window::Amounts,
};

const NAME: &str = "gini";

const DISTINCT_HELP: &str =
    "two customers with the same amount are two customers; make one row per customer in a subquery instead";

/// More decimals than a DOUBLE between 0 and 1 shows.
const DIGITS: u8 = 22;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        CUSTOMER_METRICS,
        "The Gini coefficient: 0 if all rows have the same amount, close to 1 if one has all of it. With the n amounts \
         in ascending order it is Σ (2 i − n − 1) x_i / (n Σ x), computed in whole numbers and returned as a DOUBLE, so \
         that it does not depend on the order of the rows. Every row is one customer. Doubles are first rounded to six \
         decimals. A NULL amount is left out; NULL if Σ x is zero, or if there is no amount. \
         A negative amount is an error: the curve of losses has another measure, `whale_peak_pct`.",
        "gini(x)",
    )
    .with_sql_example("```sql\nSELECT gini(revenue) FROM (VALUES (1), (1), (2)) AS t(revenue);  -- 0.16666666666666666\n```")
    .with_argument("x", "The amount of a customer, 0 or more: an integer, decimal or double.")
    .with_related_udf("whale_peak_pct")
    .build()
});

/// The aggregate function `gini`.
pub(super) fn gini() -> AggregateUDF {
    Gini { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Gini {
    signature: Signature,
}

impl AggregateUDFImpl for Gini {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(arg_types.iter().map(number_type).collect())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        arguments(NAME, [one_argument(NAME, arg_types)?])?;
        Ok(DataType::Float64)
    }

    /// Only refuses DISTINCT, which the planner would otherwise turn into a GROUP BY.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call, _| {
            refuse_distinct(NAME, DISTINCT_HELP, call.params.distinct)?;
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(NAME, DISTINCT_HELP, args.is_distinct)?;
        Ok(Box::new(GiniAccumulator::<Vec<i128>>::default()))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(NAME, DISTINCT_HELP, args.is_distinct)?;
        Ok(Box::new(GiniAccumulator::<BTreeMap<i128, u64>>::default()))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        refuse_distinct(NAME, DISTINCT_HELP, args.is_distinct)?;
        let item = Field::new_list_field(STATE_TYPE, true);
        Ok(vec![Arc::new(Field::new_list(format_state_name(args.name, "amounts"), item, true))])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// Units of whatever scale the argument has: the coefficient does not depend on it.
const STATE_TYPE: DataType = DataType::Decimal128(PRECISION_MAX, 0);

/// The amounts of a group or frame.
trait Collected: Debug + Default + Send + Sync + 'static {
    /// Whether an amount can leave again.
    const REMOVES: bool;

    fn add(&mut self, units: i128);
    fn remove(&mut self, units: i128);
    /// Each amount in ascending order, with how often it occurs.
    fn ascending(&mut self) -> impl Iterator<Item = (i128, u64)> + Clone;
    fn size(&self) -> usize;
}

impl Collected for Vec<i128> {
    const REMOVES: bool = false;

    fn add(&mut self, units: i128) {
        self.push(units);
    }

    fn remove(&mut self, _units: i128) {}

    fn ascending(&mut self) -> impl Iterator<Item = (i128, u64)> + Clone {
        self.sort_unstable();
        self.iter().map(|units| (*units, 1))
    }

    fn size(&self) -> usize {
        self.capacity() * size_of::<i128>()
    }
}

impl Collected for BTreeMap<i128, u64> {
    const REMOVES: bool = true;

    fn add(&mut self, units: i128) {
        *self.entry(units).or_insert(0) += 1;
    }

    fn remove(&mut self, units: i128) {
        if let Some(times) = self.get_mut(&units) {
            *times -= 1;
            if *times == 0 {
                BTreeMap::remove(self, &units);
            }
        }
    }

    fn ascending(&mut self) -> impl Iterator<Item = (i128, u64)> + Clone {
        self.iter().map(|(units, times)| (*units, *times))
    }

    fn size(&self) -> usize {
        self.len() * size_of::<(i128, u64)>()
    }
}

#[derive(Debug, Default)]
struct GiniAccumulator<C> {
    amounts: C,
}

impl<C: Collected> GiniAccumulator<C> {
    fn visit(array: &ArrayRef, mut visit: impl FnMut(i128)) -> Result<()> {
        let amounts = Amounts::new(array, NAME)?;
        for (row, units) in amounts.units.iter().enumerate() {
            if amounts.nulls.is_some_and(|nulls| nulls.is_null(row)) {
                continue;
            }
            if *units < 0 {
                return Err(negative(&format_units(*units, amounts.scale)));
            }
            visit(*units);
        }
        Ok(())
    }
}

fn negative(amount: &str) -> DataFusionError {
    FunctionError::new(format!("`{NAME}` met the negative amount `{amount}`"))
        .with_help("use `gini(greatest(x, 0))`, or `whale_peak_pct` where customers lose money")
        .into()
}

impl<C: Collected> Accumulator for GiniAccumulator<C> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |array| Self::visit(array, |units| self.amounts.add(units)))
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |array| Self::visit(array, |units| self.amounts.remove(units)))
    }

    fn supports_retract_batch(&self) -> bool {
        C::REMOVES
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        for list in lists.as_list::<i32>().iter().flatten() {
            list.as_primitive::<Decimal128Type>().values().iter().for_each(|units| self.amounts.add(*units));
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let amounts = self.amounts.ascending().flat_map(|(units, times)| (0..times).map(move |_| units));
        let values: Vec<_> =
            amounts.map(|units| ScalarValue::Decimal128(Some(units), PRECISION_MAX, 0)).collect();
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(&values, &STATE_TYPE))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(coefficient(self.amounts.ascending())))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.amounts.size()
    }
}

/// Σ (2 i − n − 1) x_i / (n Σ x); `None` if that has no base.
fn coefficient(ascending: impl Iterator<Item = (i128, u64)> + Clone) -> Option<f64> {
    let rows = ascending.clone().map(|(_, times)| i128::from(times)).sum::<i128>();
    let (mut weighted, mut total, mut before) = (i256::ZERO, i256::ZERO, 0);
    for (units, times) in ascending {
        let times = i128::from(times);
        // The ranks of equal amounts are before + 1 … before + times, and their sum is that of the first and the last.
        let weight = times * (2 * before + times - rows);
        weighted = weighted.wrapping_add(i256::from_i128(units).wrapping_mul(i256::from_i128(weight)));
        total = total.wrapping_add(i256::from_i128(units).wrapping_mul(i256::from_i128(times)));
        before += times;
    }
    let base = total.wrapping_mul(i256::from_i128(rows));
    if !base.is_positive() {
        return None;
    }
    // Read as text, so that it is the DOUBLE that is nearest to all the digits.
    format!("{}e-{DIGITS}", divide_scaled_256(weighted, base, DIGITS)?).parse().ok()
}
