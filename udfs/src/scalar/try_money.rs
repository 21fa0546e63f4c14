//! `try_money(text [, style [, decimals]])`: like `money`, with NULL for what cannot be read.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::money::{MONEY, coerce, read, returned};

/// An amount in text as DECIMAL(18, 4), or with more decimals. NULL if the text is NULL or no amount.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct TryMoney {
    signature: Signature,
}

impl TryMoney {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for TryMoney {
    fn name(&self) -> &str {
        "try_money"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        coerce(self.name(), arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(MONEY)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(self.name(), returned(self.name(), &args)?, true)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        read(self.name(), args, |_, _| Ok(None))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::TEXT,
        "Reads an amount out of text as `money` does. NULL where `money` would be an error, or if an argument is NULL; \
         a style that does not exist is an error all the same.",
        "try_money(text [, style [, decimals]])",
    )
    .with_sql_example("```sql\nSELECT try_money('1,234'), try_money('1,234', 'us');\n-- NULL, 1234.0000\n```")
    .with_argument("text", "The amount as it was written.")
    .with_argument("style", "'us' for 1,234.50 or 'eu' for 1.234,50; without it, only what has one reading is read.")
    .with_argument("decimals", "How many decimals are kept, as a number from 4 to 10; without it 4. 14 digits stand before the point.")
    .with_related_udf("money")
    .build()
});
