//! `avg`, also `mean`: an exact sum, divided once and rounded half away from zero.
//!
//! Doubles are averaged in `double`, durations by the engine's own implementation.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, FieldRef, i256};
use datafusion::{
    error::Result,
    functions_aggregate::average::avg_udaf,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF,
        Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::{
    SUMS,
    argument::Argument,
    distinct::distinct_accumulator,
    double::{self, Statistic},
    exact::{ExactAggregate, Finish, not_a_number, state_fields},
    exact_accumulator::ExactAccumulator,
    exact_groups::ExactGroupsAccumulator,
    sum::{Path, summed_type},
    total::Total,
};
use crate::decimal::{
    PRECISION_256_MAX, PRECISION_MAX, divide_rounded, divide_rounded_256, rescale, rescale_256,
};

/// A mean has four more digits than its values, so that a mean of cents times the number of rows is right to the
/// cent for up to 10,000 rows …
const MEAN_DIGITS: i8 = 4;

/// … and at least six, because a mean of integers is a ratio.
const MEAN_SCALE_MIN: i8 = 6;

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        SUMS,
        "The mean of the values of a group. Decimals and integers are added exactly, divided once and rounded half away \
         from zero: the result is a DECIMAL with four more decimals than the values, at least six. \
         A DOUBLE stays a DOUBLE. NULL values are left out; NULL if there is no value.",
        "avg(expression)",
    )
    .with_sql_example("```sql\nSELECT avg(x) FROM (VALUES (1), (2), (2)) AS t(x);  -- 1.666667\n```")
    .with_argument("expression", "A number or a duration. DISTINCT takes each value once.")
    .with_related_udf("sum")
    .build()
});

/// The aggregate function `avg`.
pub(super) fn avg() -> AggregateUDF {
    Avg { signature: Signature::user_defined(Volatility::Immutable), aliases: vec![String::from("mean")] }
        .into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Avg {
    signature: Signature,
    aliases: Vec<String>,
}

/// The type of a mean, and of what is interpolated.
pub(super) fn mean_type(argument: &Argument) -> DataType {
    let precision = if argument.wide { PRECISION_256_MAX } else { PRECISION_MAX };
    let digits_max = i8::try_from(precision).unwrap_or(i8::MAX);
    let scale = argument.scale.saturating_add(MEAN_DIGITS).max(MEAN_SCALE_MIN).min(digits_max);
    if argument.wide {
        DataType::Decimal256(precision, scale)
    } else {
        DataType::Decimal128(precision, scale)
    }
}

/// The total over the number of values.
#[derive(Debug)]
struct MeanFinish {
    sum_scale: i8,
    mean_scale: i8,
}

impl MeanFinish {
    fn divide_wide(&self, total: i256, rows: i256) -> Option<i256> {
        if let Some(numerator) = rescale_256(total, self.sum_scale, self.mean_scale) {
            return Some(divide_rounded_256(numerator, rows));
        }
        // The whole part first: it may be scaled up where the total could not.
        let whole = rescale_256(total.checked_div(rows)?, self.sum_scale, self.mean_scale)?;
        let rest = rescale_256(total.checked_rem(rows)?, self.sum_scale, self.mean_scale)?;
        whole.checked_add(divide_rounded_256(rest, rows))
    }
}

impl Finish for MeanFinish {
    fn finish(&self, aggregate: &ExactAggregate, totals: &[Total], rows: u64) -> Result<Option<i256>> {
        let [total] = totals else { return Ok(None) };
        if let Total::Narrow(total) = total
            && let Some(numerator) = rescale(*total, self.sum_scale, self.mean_scale)
        {
            return Ok(Some(i256::from_i128(divide_rounded(numerator, i128::from(rows)))));
        }
        total
            .wide()
            .and_then(|total| self.divide_wide(total, i256::from_i128(i128::from(rows))))
            .map(Some)
            .ok_or_else(|| aggregate.overflow())
    }
}

impl Avg {
    fn exact(&self, args: &AccumulatorArgs<'_>, argument: Argument) -> Result<Arc<ExactAggregate>> {
        let (_, mean_scale) = super::exact::decimal_parts(args.return_type());
        ExactAggregate::new("avg", args, true, MeanFinish { sum_scale: argument.scale, mean_scale })
    }
}

impl AggregateUDFImpl for Avg {
    fn name(&self) -> &str {
        "avg"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(arg_types.iter().map(summed_type).collect())
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        match super::one_argument("avg", arg_types)? {
            DataType::Float64 => Ok(DataType::Float64),
            data_type @ DataType::Duration(_) => Ok(data_type.clone()),
            data_type => match Argument::of(data_type) {
                Some(argument) => Ok(mean_type(&argument)),
                None => Err(not_a_number("avg", data_type)),
            },
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::Exact(argument) if args.is_distinct => {
                Ok(distinct_accumulator(self.exact(&args, argument)?, argument))
            }
            Path::Exact(argument) => Ok(Box::new(ExactAccumulator::new(self.exact(&args, argument)?))),
            Path::Double => Ok(double::accumulator(Statistic::Mean, args.is_distinct)),
            Path::BuiltIn => avg_udaf().accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::BuiltIn => avg_udaf().create_sliding_accumulator(args),
            _ => self.accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        match Path::of(args.input_fields.first()) {
            Path::Exact(_) => state_fields("avg", &args, true),
            Path::Double => Ok(double::state_fields(&args)),
            Path::BuiltIn => avg_udaf().state_fields(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match Path::of(args.expr_fields.first()) {
            Path::Exact(argument) => Ok(Box::new(ExactGroupsAccumulator::new(self.exact(&args, argument)?))),
            Path::Double => Ok(double::groups_accumulator(Statistic::Mean)),
            Path::BuiltIn => avg_udaf().create_groups_accumulator(args),
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
