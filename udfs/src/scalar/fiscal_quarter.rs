//! `fiscal_quarter(date, first_month)`: the quarter of a company's year.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, FieldRef};
use datafusion::{
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use super::calendar::{self, months_elapsed};

/// The quarter of the fiscal year, 1 to 4. NULL if an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FiscalQuarter {
    signature: Signature,
}

impl FiscalQuarter {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for FiscalQuarter {
    fn name(&self) -> &str {
        "fiscal_quarter"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        calendar::coerce(self.name(), arg_types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        Ok(calendar::return_field(self.name(), &args))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        calendar::compute(self.name(), args, |_, month, first_month| {
            months_elapsed(month, first_month) / 3 + 1
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::FISCAL_CALENDAR,
        "The quarter of the fiscal year, 1 to 4. NULL if an argument is NULL.",
        "fiscal_quarter(date, first_month)",
    )
    .with_sql_example("```sql\nSELECT fiscal_quarter(DATE '2025-11-30', 7);\n-- 2\n```")
    .with_argument("date", "A date or a timestamp.")
    .with_argument("first_month", "The month in which the fiscal year begins: 1 (January) to 12.")
    .with_related_udf("fiscal_year")
    .with_related_udf("fiscal_period")
    .build()
});
