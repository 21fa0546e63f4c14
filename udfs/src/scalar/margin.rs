//! `margin(revenue, cost)`: what is left of a revenue.

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
    arithmetic::{Arithmetic, Place, compute},
    numeric::{exact_pair, exact_pair_types, require_readable},
};

/// Revenue minus cost. NULL if either is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Margin {
    signature: Signature,
}

impl Margin {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Margin {
    fn name(&self) -> &str {
        "margin"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [revenue, cost] = take_function_args(self.name(), arg_types)?;
        Ok(vec![require_readable(revenue, self.name())?, require_readable(cost, self.name())?])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [revenue, cost] = take_function_args(self.name(), arg_types)?;
        let [revenue, cost] = exact_pair_types(revenue, cost);
        Ok(Arithmetic::Subtract.return_type(&revenue, &cost))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [revenue, cost] = take_function_args(self.name(), args.arg_fields)?;
        let return_type = self.return_type(&[revenue.data_type().clone(), cost.data_type().clone()])?;
        Ok(Arc::new(Field::new(self.name(), return_type, revenue.is_nullable() || cost.is_nullable())))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let place =
            Place::of_function(self.name(), "-", &args.arg_fields, &args.args, args.return_field.data_type());
        let [revenue, cost] = take_function_args(self.name(), args.args)?;
        let [revenue, cost] = exact_pair(&revenue, &cost, self.name())?;
        compute(Arithmetic::Subtract, &revenue, &cost, &place)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::MARGINS,
        "Revenue minus cost, exactly. NULL if either is NULL. A double is first rounded to 6 decimals.",
        "margin(revenue, cost)",
    )
    .with_sql_example("```sql\nSELECT margin(10000, 5000);\n-- 5000\n```")
    .with_argument("revenue", "What was earned: an integer, a decimal or a double.")
    .with_argument("cost", "What it cost, as a positive amount.")
    .with_related_udf("margin_pct")
    .build()
});
