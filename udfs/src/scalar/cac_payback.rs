//! `cac_payback(cac, margin_per_period)`: how many periods it takes to earn back what it cost to win a customer.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, FieldRef, i256};
use datafusion::{
    common::utils::take_function_args,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::quantity::{compute_rows, overflow, quantity_types, quotient_field, quotient_type};
use crate::{decimal::quotient, numeric::precision_and_scale};

const NAME: &str = "cac_payback";

/// The acquisition cost over the margin per period. NULL when the margin is zero or negative, or an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CacPayback {
    signature: Signature,
}

impl CacPayback {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for CacPayback {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        quantity_types(NAME, &take_function_args::<2, _>(NAME, arg_types)?.map(DataType::clone))
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(quotient_type(arg_types))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(quotient_field(NAME, &args))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (_, scale) = precision_and_scale(args.return_field.data_type());
        compute_rows(NAME, &args, |quantities, row| {
            let [cac, margin] = quantities else { return Ok(None) };
            let (Some(cac_units), Some(margin_units)) = (cac.units(row), margin.units(row)) else {
                return Ok(None);
            };
            if margin_units <= 0 {
                return Ok(None);
            }
            quotient(
                (i256::from_i128(cac_units), cac.scale.into()),
                (i256::from_i128(margin_units), margin.scale.into()),
                scale,
            )
            .map(Some)
            .ok_or_else(|| overflow(NAME, quantities, row))
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CUSTOMER_METRICS,
        "cac / margin_per_period: the number of periods until a customer has earned back the cost of acquisition. \
         Exact like `/`: a DECIMAL with at least 10 decimals, rounded once, half away from zero. \
         NULL when the margin is zero or negative, because it is never earned back, or when an argument is NULL.",
        "cac_payback(cac, margin_per_period)",
    )
    .with_sql_example("```sql\nSELECT cac_payback(2000, 200 * 0.8);\n-- 12.5000000000\n```")
    .with_argument("cac", "The cost of acquisition of a customer: sales and marketing cost over new customers.")
    .with_argument(
        "margin_per_period",
        "The margin of a customer in a period, as a month: revenue times the margin as a fraction.",
    )
    .with_related_udf("clv")
    .build()
});
