//! `as_money(number)`: a number as an amount, without the digits of a sum's type.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::utils::take_function_args,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::{
    FunctionError,
    decimal::{MONEY_SCALE, MONEY_SCALE_MAX},
    numeric::{exact, exact_type, precision_and_scale, require_readable},
};

use super::money::money_type;

/// A number as DECIMAL(18, 4), or with its own decimals if those are more. NULL if it is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct AsMoney {
    signature: Signature,
}

impl AsMoney {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The type of amounts made of numbers of a type.
pub(super) fn amount_type(number: &DataType) -> DataType {
    let (_, scale) = precision_and_scale(&exact_type(number));
    money_type(scale.clamp(MONEY_SCALE, MONEY_SCALE_MAX))
}

impl ScalarUDFImpl for AsMoney {
    fn name(&self) -> &str {
        "as_money"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [number] = take_function_args(self.name(), arg_types)?;
        Ok(vec![require_readable(number, self.name())?])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [number] = take_function_args(self.name(), arg_types)?;
        Ok(amount_type(number))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [number] = take_function_args(self.name(), args.arg_fields)?;
        Ok(Arc::new(Field::new(self.name(), amount_type(number.data_type()), number.is_nullable())))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let returned = args.return_field.data_type();
        let [number] = take_function_args(self.name(), args.args)?;
        exact(&number, self.name())?.cast_to(returned, None).map_err(|_| {
            FunctionError::new(format!(
                "`{}` met a number of more than 14 digits before the point",
                self.name()
            ))
            .with_help("no amount is that large; use `CAST(x AS DECIMAL(38,4))` for numbers that are none")
            .into()
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CURRENCIES,
        "A number as an amount: DECIMAL(18,4), or with its own decimals if its type has more, up to 10. 14 digits stand \
         before the point; more are an error. What a sum or a quotient has too many digits of is rounded half away from \
         zero. NULL if the number is NULL.",
        "as_money(number)",
    )
    .with_sql_example("```sql\nSELECT as_money(12), as_money(0.000125);\n-- 12.0000, 0.000125\n```")
    .with_argument("number", "The number; amounts in text are read by `money`.")
    .with_related_udf("money")
    .build()
});
