//! What the margin aggregates share: Σ revenue minus the Σ of each cost, as an amount or as a percentage.
//!
//! A margin function is a [`MarginFunction`]: its name, its arguments and its documentation.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{ArrayRef, Decimal128Array},
    buffer::{BooleanBuffer, NullBuffer},
    datatypes::{DataType, FieldRef, i256},
};
use datafusion::{
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, Expr, GroupsAccumulator, ReversedUDAF,
        Signature, Volatility,
        function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::{
    argument::{Argument, number_type},
    exact::{ExactAggregate, Finish, arguments, state_fields},
    exact_accumulator::ExactAccumulator,
    exact_groups::ExactGroupsAccumulator,
    group_totals::GroupTotals,
    refuse_distinct,
    total::Total,
};
use crate::{
    FunctionError,
    decimal::{
        PCT_SCALE, PRECISION_256_MAX, PRECISION_MAX, divide_rounded, divide_rounded_256, fits_precision,
        pow10_i128, rescale_256,
    },
};

/// A hundred percent in units: the numerator is scaled in 256 bits, so no revenue overflows it.
const HUNDRED_PCT: i128 = pow10_i128(2 + PCT_SCALE as u8);

const DISTINCT_HELP: &str =
    "two invoices of the same amount are two invoices; remove duplicate rows in a subquery instead";

/// One margin function of SQL.
pub(super) trait MarginFunction: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;
    /// The revenue, then the costs.
    const ARGUMENTS: &'static [&'static str];
    /// How many arguments a call needs at least.
    const REQUIRED: usize;
    /// Whether the value is a percentage of the revenue.
    const PERCENTAGE: bool;

    fn documentation() -> &'static Documentation;
}

/// Makes the SQL function.
pub(super) fn margin_aggregate<F: MarginFunction>() -> AggregateUDF {
    MarginAggregate::<F> { signature: Signature::user_defined(Volatility::Immutable), function: PhantomData }
        .into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct MarginAggregate<F> {
    signature: Signature,
    function: PhantomData<F>,
}

/// The result has the decimals of the finest argument, and 76 digits if an argument has more than 38.
///
/// A percentage is DECIMAL(38, 4) like every percentage: a revenue of a cent with a cost of a billion is minus
/// 10^13 percent, so no narrower type is safe.
fn result_type(arguments: &[Argument], percentage: bool) -> DataType {
    if percentage {
        return DataType::Decimal128(PRECISION_MAX, PCT_SCALE);
    }
    let scale = finest_scale(arguments);
    if arguments.iter().any(|argument| argument.wide) {
        DataType::Decimal256(PRECISION_256_MAX, scale)
    } else {
        DataType::Decimal128(PRECISION_MAX, scale)
    }
}

fn finest_scale(arguments: &[Argument]) -> i8 {
    arguments.iter().map(|argument| argument.scale).fold(0, i8::max)
}

/// Revenue minus costs, at the finest scale.
#[derive(Debug)]
struct MarginFinish {
    scales: Vec<i8>,
    scale: i8,
    percentage: bool,
}

impl MarginFinish {
    fn new(arguments: &[Argument], percentage: bool) -> Self {
        Self {
            scales: arguments.iter().map(|argument| argument.scale).collect(),
            scale: finest_scale(arguments),
            percentage,
        }
    }

    /// Revenue and margin, where all fits 128 bits without scaling.
    fn narrow(&self, totals: &[Total]) -> Option<(i128, i128)> {
        if self.scales.iter().any(|scale| *scale != self.scale) {
            return None;
        }
        let (Total::Narrow(revenue), costs) = totals.split_first()? else { return None };
        let margin = costs.iter().try_fold(*revenue, |margin, cost| match cost {
            Total::Narrow(cost) => margin.checked_sub(*cost),
            _ => None,
        })?;
        Some((*revenue, margin))
    }

    /// Revenues and margins of all groups, where all fit 128 bits without scaling.
    fn narrow_groups<'a>(&self, totals: &'a [GroupTotals]) -> Option<(&'a [i128], Vec<i128>)> {
        if self.scales.iter().any(|scale| *scale != self.scale) {
            return None;
        }
        let sums = |totals: &'a GroupTotals| match totals {
            GroupTotals::Narrow(totals) if totals.carries.is_empty() => Some(totals.sums.as_slice()),
            _ => None,
        };
        let (revenue, costs) = totals.split_first()?;
        let revenue = sums(revenue)?;
        let mut margins = revenue.to_vec();
        for cost in costs {
            for (margin, cost) in margins.iter_mut().zip(sums(cost)?) {
                *margin = margin.checked_sub(*cost)?;
            }
        }
        Some((revenue, margins))
    }

    fn wide(&self, totals: &[Total]) -> Option<(i256, i256)> {
        let mut scaled = totals
            .iter()
            .zip(&self.scales)
            .map(|(total, scale)| rescale_256(total.wide()?, *scale, self.scale));
        let revenue = scaled.next()??;
        let margin = scaled.try_fold(revenue, |margin, cost| margin.checked_sub(cost?))?;
        Some((revenue, margin))
    }
}

/// 100 × margin / revenue with four decimals, rounded once. `None` if it leaves 256 bits.
fn percentage(margin: i256, revenue: i256) -> Option<i256> {
    if let Some(numerator) = margin.checked_mul(i256::from_i128(HUNDRED_PCT)) {
        return Some(divide_rounded_256(numerator, revenue));
    }
    // The whole part first: the rest is less than the revenue and has room for the digits that follow.
    let hundred = i256::from_i128(HUNDRED_PCT);
    let whole = margin.checked_div(revenue)?.checked_mul(hundred)?;
    let rest = margin.checked_rem(revenue)?.checked_mul(hundred)?;
    whole.checked_add(divide_rounded_256(rest, revenue))
}

impl Finish for MarginFinish {
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], _rows: u64) -> Result<Option<i256>> {
        if let Some((revenue, margin)) = self.narrow(totals) {
            if !self.percentage {
                return Ok(Some(i256::from_i128(margin)));
            }
            if revenue <= 0 {
                return Ok(None);
            }
            if let Some(numerator) = margin.checked_mul(HUNDRED_PCT) {
                return Ok(Some(i256::from_i128(divide_rounded(numerator, revenue))));
            }
        }
        let (revenue, margin) = self.wide(totals).ok_or_else(|| aggregate.overflow())?;
        if !self.percentage {
            return Ok(Some(margin));
        }
        if revenue <= i256::ZERO {
            return Ok(None);
        }
        percentage(margin, revenue).map(Some).ok_or_else(|| aggregate.overflow())
    }

    /// Columns of one scale that never wrapped, as money is, without a detour per group.
    fn finish_groups(
        &self,
        aggregate: &ExactAggregate,
        totals: &mut Vec<GroupTotals>,
        nulls: Option<&NullBuffer>,
    ) -> Result<Option<ArrayRef>> {
        let Some((revenue, margins)) = self.narrow_groups(totals) else { return Ok(None) };
        let fits = |units: &i128| fits_precision(*units, PRECISION_MAX);
        let array = if self.percentage {
            let Some(numerators) =
                margins.iter().map(|margin| margin.checked_mul(HUNDRED_PCT)).collect::<Option<Vec<_>>>()
            else {
                return Ok(None);
            };
            let pct = |(numerator, revenue): (&i128, &i128)| {
                if *revenue > 0 { divide_rounded(*numerator, *revenue) } else { 0 }
            };
            let values: Vec<_> = numerators.iter().zip(revenue).map(pct).collect();
            // A group without a value has no revenue either.
            let positive = BooleanBuffer::collect_bool(values.len(), |group| revenue[group] > 0);
            values
                .iter()
                .all(fits)
                .then(|| Decimal128Array::new(values.into(), Some(NullBuffer::new(positive))))
        } else {
            margins.iter().all(fits).then(|| Decimal128Array::new(margins.into(), nulls.cloned()))
        };
        let array = array.ok_or_else(|| aggregate.overflow())?;
        Ok(Some(Arc::new(array.with_data_type(aggregate.return_type.clone()))))
    }
}

impl<F: MarginFunction> MarginAggregate<F> {
    fn exact(&self, args: &AccumulatorArgs<'_>) -> Result<Arc<ExactAggregate>> {
        refuse_distinct(F::NAME, DISTINCT_HELP, args.is_distinct)?;
        let arguments = arguments(F::NAME, args.expr_fields.iter().map(|field| field.data_type()))?;
        ExactAggregate::new(F::NAME, args, false, MarginFinish::new(&arguments, F::PERCENTAGE))
    }
}

impl<F: MarginFunction> AggregateUDFImpl for MarginAggregate<F> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(arg_types.iter().map(number_type).collect())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        if !(F::REQUIRED..=F::ARGUMENTS.len()).contains(&arg_types.len()) {
            let syntaxes: Vec<_> = (F::REQUIRED..=F::ARGUMENTS.len())
                .map(|count| format!("`{}({})`", F::NAME, F::ARGUMENTS[..count].join(", ")))
                .collect();
            let found = arg_types.len();
            return Err(FunctionError::new(format!("`{}` cannot be called with {found} arguments", F::NAME))
                .with_help(format!("call it as {}", syntaxes.join(" or ")))
                .into());
        }
        Ok(result_type(&arguments(F::NAME, arg_types)?, F::PERCENTAGE))
    }

    /// Only refuses DISTINCT, which of two equal arguments the planner would otherwise turn into a GROUP BY.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call, _| {
            refuse_distinct(F::NAME, DISTINCT_HELP, call.params.distinct)?;
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(ExactAccumulator::new(self.exact(&args)?)))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        refuse_distinct(F::NAME, DISTINCT_HELP, args.is_distinct)?;
        state_fields(F::NAME, &args, false)
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(ExactGroupsAccumulator::new(self.exact(&args)?)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(F::documentation())
    }
}
