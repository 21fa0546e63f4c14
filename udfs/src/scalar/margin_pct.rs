//! `margin_pct(revenue, cost)`: the margin in percent of the revenue.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type, i256,
};
use datafusion::{
    common::utils::take_function_args,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::{
    arithmetic::Place,
    decimal::{
        PCT_SCALE, PRECISION_MAX, format_units, format_units_256, margin_percentage_256, percentage,
        pow10_i128,
    },
    kernel::{binary, null_where},
    numeric::{exact_pair, is_wide, precision_and_scale, require_readable},
};

/// The margin as a percentage of the revenue. NULL when the revenue is zero or negative, or an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct MarginPct {
    signature: Signature,
}

impl MarginPct {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// A revenue of a cent with a cost of a billion is minus 10^13 percent, so no narrower type is safe.
const RETURN_TYPE: DataType = DataType::Decimal128(PRECISION_MAX, PCT_SCALE);

impl ScalarUDFImpl for MarginPct {
    fn name(&self) -> &str {
        "margin_pct"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [revenue, cost] = take_function_args(self.name(), arg_types)?;
        Ok(vec![require_readable(revenue, self.name())?, require_readable(cost, self.name())?])
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(RETURN_TYPE)
    }

    fn return_field_from_args(&self, _args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), RETURN_TYPE, true)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let place = Place::of_function(self.name(), ",", &args.arg_fields, &args.args, &RETURN_TYPE);
        let [revenue, cost] = take_function_args(self.name(), args.args)?;
        let [revenue, cost] = exact_pair(&revenue, &cost, self.name())?;
        if is_wide(&revenue.data_type()) {
            return wide(&revenue, &cost, &place);
        }
        let is_integer = |value: &ColumnarValue| value.data_type() == DataType::Int64;
        match (is_integer(&revenue), is_integer(&cost)) {
            (true, true) => narrow::<Int64Type, Int64Type>(&revenue, &cost, &place),
            (true, false) => narrow::<Int64Type, Decimal128Type>(&revenue, &cost, &place),
            (false, true) => narrow::<Decimal128Type, Int64Type>(&revenue, &cost, &place),
            (false, false) => narrow::<Decimal128Type, Decimal128Type>(&revenue, &cost, &place),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn narrow<R, C>(revenue: &ColumnarValue, cost: &ColumnarValue, place: &Place) -> Result<ColumnarValue>
where
    R: ArrowPrimitiveType<Native: Into<i128>>,
    C: ArrowPrimitiveType<Native: Into<i128>>,
{
    let [revenue_scale, cost_scale] = [revenue, cost].map(|value| precision_and_scale(&value.data_type()).1);
    let scale = revenue_scale.max(cost_scale);
    let [revenue_factor, cost_factor] =
        [revenue_scale, cost_scale].map(|of| pow10_i128((scale - of).unsigned_abs()));
    let compute = |revenue: R::Native, cost: C::Native| {
        let (revenue, cost): (i128, i128) = (revenue.into(), cost.into());
        if revenue <= 0 {
            return Some(0);
        }
        let exact = || {
            let revenue = revenue.checked_mul(revenue_factor)?;
            Some((revenue.checked_sub(cost.checked_mul(cost_factor)?)?, revenue))
        };
        match exact() {
            Some((margin, revenue)) => percentage(margin, revenue),
            // The values do not fit 128 bits at one scale.
            None => margin_percentage_256(
                i256::from_i128(revenue),
                revenue_scale,
                i256::from_i128(cost),
                cost_scale,
            ),
        }
    };
    let failure = |revenue: R::Native, cost: C::Native| {
        place.overflow(format_units(revenue.into(), revenue_scale), format_units(cost.into(), cost_scale))
    };
    let percentages = binary::<R, C, Decimal128Type>(revenue, cost, &RETURN_TYPE, compute, failure)?;
    null_where::<R>(percentages, revenue, |revenue| revenue.into() <= 0)
}

fn wide(revenue: &ColumnarValue, cost: &ColumnarValue, place: &Place) -> Result<ColumnarValue> {
    let [revenue_scale, cost_scale] = [revenue, cost].map(|value| precision_and_scale(&value.data_type()).1);
    let compute = |revenue: i256, cost: i256| {
        if !revenue.is_positive() {
            return Some(0);
        }
        margin_percentage_256(revenue, revenue_scale, cost, cost_scale)
    };
    let failure = |revenue: i256, cost: i256| {
        place.overflow(format_units_256(revenue, revenue_scale), format_units_256(cost, cost_scale))
    };
    let percentages = binary::<Decimal256Type, Decimal256Type, Decimal128Type>(
        revenue,
        cost,
        &RETURN_TYPE,
        compute,
        failure,
    )?;
    null_where::<Decimal256Type>(percentages, revenue, |revenue| !revenue.is_positive())
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::MARGINS,
        "The margin in percent of the revenue, with 4 decimals, rounded half away from zero. NULL when the revenue \
         is zero or negative, or an argument is NULL. Use `customer_success_margin_pct` for a group: the mean of \
         percentages is not the percentage of the sums.",
        "margin_pct(revenue, cost)",
    )
    .with_sql_example("```sql\nSELECT margin_pct(10000, 2000);\n-- 80.0000\n```")
    .with_argument("revenue", "What was earned: an integer, a decimal or a double.")
    .with_argument("cost", "What it cost, as a positive amount.")
    .with_related_udf("margin")
    .with_related_udf("customer_success_margin_pct")
    .build()
});
