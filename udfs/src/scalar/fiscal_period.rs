//! `fiscal_period(date, first_month)`: the month of a company's year.

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

/// The month of the fiscal year, 1 to 12. NULL if an argument is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FiscalPeriod {
    signature: Signature,
}

impl FiscalPeriod {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for FiscalPeriod {
    fn name(&self) -> &str {
        "fiscal_period"
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
        calendar::compute(self.name(), args, |_, month, first_month| months_elapsed(month, first_month) + 1)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::FISCAL_CALENDAR,
        "The month of the fiscal year, 1 to 12. NULL if an argument is NULL.",
        "fiscal_period(date, first_month)",
    )
    .with_sql_example("```sql\nSELECT fiscal_period(DATE '2025-11-30', 7);\n-- 5\n```")
    .with_argument("date", "A date or a timestamp.")
    .with_argument("first_month", "The month in which the fiscal year begins: 1 (January) to 12.")
    .with_related_udf("fiscal_year")
    .with_related_udf("fiscal_quarter")
    .build()
});
