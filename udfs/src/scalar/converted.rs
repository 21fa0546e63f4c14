//! `converted(amount, rate)`: an amount in another currency, rounded once.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef, i256};
use datafusion::{
    common::utils::take_function_args,
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::{
    FunctionError,
    decimal::{
        CENTS_SCALE, PRECISION_MAX, divide_rounded, fits_precision, multiply_rounded_256, pow10_i128, rescale,
    },
    numeric::{is_wide, precision_and_scale, require_readable},
};

use super::{as_money::amount_type, quantity::compute_rows};

/// An amount times a rate: in cents where the amount is, else with the decimals of the amount.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Converted {
    signature: Signature,
}

impl Converted {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Converted {
    fn name(&self) -> &str {
        "converted"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [amount, rate] = take_function_args(self.name(), arg_types)?;
        [amount, rate]
            .into_iter()
            .map(|given| {
                let readable = require_readable(given, self.name())?;
                match is_wide(&readable) {
                    true => Err(too_wide(self.name(), given)),
                    false => Ok(readable),
                }
            })
            .collect()
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [amount, _] = take_function_args(self.name(), arg_types)?;
        Ok(amount_type(amount))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [amount, rate] = take_function_args(self.name(), args.arg_fields)?;
        let nullable = amount.is_nullable() || rate.is_nullable();
        Ok(Arc::new(Field::new(self.name(), amount_type(amount.data_type()), nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let returned = args.return_field.data_type().clone();
        let (precision, scale) = precision_and_scale(&returned);
        compute_rows(self.name(), &args, |quantities, row| {
            let [amounts, rates] = quantities else { return Ok(None) };
            let (Some(amount), Some(rate)) = (amounts.units(row), rates.units(row)) else { return Ok(None) };
            let units = rescale(amount, amounts.scale, scale)
                .and_then(|amount| product(amount, scale, rate, rates.scale))
                .filter(|units| fits_precision(*units, precision));
            units.map(Some).ok_or_else(|| {
                let (amount, rate) = (amounts.text(row), rates.text(row));
                let message = format!("`converted({amount}, {rate})` has more digits than {returned} holds");
                let help = "is the rate what one unit of the currency is worth?";
                FunctionError::new(message).with_help(help).into()
            })
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

fn too_wide(function: &str, given: &DataType) -> DataFusionError {
    FunctionError::new(format!("`{function}` takes numbers of up to {PRECISION_MAX} digits, not {given}"))
        .with_help("cast it: `CAST(x AS DECIMAL(18,4))`")
        .into()
}

/// The product in units of `scale`, which is that of the amount: of whole cents where the amount is, since a document
/// in cents is one in every currency. `None` if it does not fit.
fn product(amount: i128, scale: i8, rate: i128, rate_scale: i8) -> Option<i128> {
    let below_cents = (scale - CENTS_SCALE).unsigned_abs();
    let dropped = if amount % pow10_i128(below_cents) == 0 { below_cents } else { 0 };
    let cut = rate_scale.unsigned_abs() + dropped;
    let units = match amount.checked_mul(rate) {
        Some(product) => divide_rounded(product, pow10_i128(cut)),
        None => multiply_rounded_256(i256::from_i128(amount), i256::from_i128(rate), cut)?.to_i128()?,
    };
    units.checked_mul(pow10_i128(dropped))
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CURRENCIES,
        "The amount times the rate, rounded once, half away from zero: to cents if the amount is one of whole cents, else \
         to the decimals of the amount, so that a thousand lines of a part of a cent are not a thousand times nothing. A \
         DECIMAL(18,4), or with the decimals of the amount if those are more, up to 10. NULL if an argument is NULL.",
        "converted(amount, rate)",
    )
    .with_sql_example(
        "```sql\nSELECT converted(1000.00, 0.040512), converted(0.000125, 0.9);\n-- 40.5100, 0.000113\n```",
    )
    .with_argument("amount", "The amount in the currency of its document.")
    .with_argument("rate", "What one unit of that currency is worth.")
    .with_related_udf("known_rate")
    .build()
});
