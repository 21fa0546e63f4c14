//! `sum`: exact and checked, under the name of the engine's own.
//!
//! Doubles are summed in `double`, durations and intervals by the engine's own implementation.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, Decimal128Array},
    buffer::NullBuffer,
    datatypes::{DataType, FieldRef, i256},
};
use datafusion::{
    error::Result,
    functions_aggregate::sum::sum_udaf,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF,
        Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::{
    SUMS,
    argument::{Argument, number_type},
    distinct::distinct_accumulator,
    double::{self, Statistic},
    exact::{ExactAggregate, Finish, not_a_number, state_fields},
    exact_accumulator::ExactAccumulator,
    exact_groups::ExactGroupsAccumulator,
    group_totals::GroupTotals,
    total::Total,
};
use crate::decimal::{PRECISION_MAX, fits_precision};

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        SUMS,
        "Adds the values of a group. Decimals and integers are added exactly: the result is DECIMAL(38, s), or \
         DECIMAL(76, s) of a wider input, depends neither on the order of the rows nor on how they are split, and a \
         sum with more digits is an error. A DOUBLE stays a DOUBLE, added with compensation. \
         NULL values add nothing; NULL if there is no value.",
        "sum(expression)",
    )
    .with_sql_example("```sql\nSELECT customer, sum(amount) AS revenue FROM revenue GROUP BY customer;\n```")
    .with_argument("expression", "A number, a duration or an interval. DISTINCT adds each value once.")
    .with_related_udf("avg")
    .build()
});

/// The aggregate function `sum`.
pub(super) fn sum() -> AggregateUDF {
    Sum { signature: Signature::user_defined(Volatility::Immutable) }.into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sum {
    signature: Signature,
}

/// The total itself, if it has not too many digits.
#[derive(Debug)]
struct SumFinish;

impl Finish for SumFinish {
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], _rows: u64) -> Result<Option<i256>> {
        match totals {
            [total] => total.wide().map(Some).ok_or_else(|| aggregate.overflow()),
            _ => Ok(None),
        }
    }

    /// Sums that never wrapped are the result as they are, once their digits are checked.
    fn finish_groups(
        &self,
        aggregate: &ExactAggregate,
        totals: &mut Vec<GroupTotals>,
        nulls: Option<&NullBuffer>,
    ) -> Result<Option<ArrayRef>> {
        let [GroupTotals::Narrow(totals)] = totals.as_mut_slice() else { return Ok(None) };
        if !totals.carries.is_empty() {
            return Ok(None);
        }
        if !totals.sums.iter().all(|sum| fits_precision(*sum, PRECISION_MAX)) {
            return Err(aggregate.overflow());
        }
        let array = Decimal128Array::new(std::mem::take(&mut totals.sums).into(), nulls.cloned());
        Ok(Some(Arc::new(array.with_data_type(aggregate.return_type.clone()))))
    }
}

/// How a type is summed.
pub(super) enum Path {
    Exact(Argument),
    Double,
    /// As the engine's own function does.
    BuiltIn,
}

impl Path {
    pub(super) fn of(field: Option<&FieldRef>) -> Self {
        match field.map(|field| field.data_type()) {
            Some(DataType::Float64) => Self::Double,
            Some(data_type) => Argument::of(data_type).map_or(Self::BuiltIn, Self::Exact),
            None => Self::BuiltIn,
        }
    }
}

/// The type a sum or mean is made of: doubles of every width are added as DOUBLE.
pub(super) fn summed_type(data_type: &DataType) -> DataType {
    match number_type(data_type) {
        DataType::Float32 => DataType::Float64,
        other => other,
    }
}

impl Sum {
    fn exact(&self, args: &AccumulatorArgs<'_>) -> Result<Arc<ExactAggregate>> {
        ExactAggregate::new("sum", args, false, SumFinish)
    }
}

impl AggregateUDFImpl for Sum {
    fn name(&self) -> &str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(arg_types.iter().map(summed_type).collect())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match super::one_argument("sum", arg_types)? {
            DataType::Float64 => Ok(DataType::Float64),
            data_type @ (DataType::Duration(_) | DataType::Interval(_)) => Ok(data_type.clone()),
            data_type => match Argument::of(data_type) {
                Some(argument) => Ok(argument.sum_type()),
                None => Err(not_a_number("sum", data_type)),
            },
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::Exact(argument) if args.is_distinct => {
                Ok(distinct_accumulator(self.exact(&args)?, argument))
            }
            Path::Exact(_) => Ok(Box::new(ExactAccumulator::new(self.exact(&args)?))),
            Path::Double => Ok(double::accumulator(Statistic::Sum, args.is_distinct)),
            Path::BuiltIn => sum_udaf().accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::BuiltIn => sum_udaf().create_sliding_accumulator(args),
            _ => self.accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        match Path::of(args.input_fields.first()) {
            Path::Exact(_) => state_fields("sum", &args, false),
            Path::Double => Ok(double::state_fields(&args)),
            Path::BuiltIn => sum_udaf().state_fields(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::Exact(_) => Ok(Box::new(ExactGroupsAccumulator::new(self.exact(&args)?))),
            Path::Double => Ok(double::groups_accumulator(Statistic::Sum)),
            Path::BuiltIn => sum_udaf().create_groups_accumulator(args),
        }
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
