//! `is_ambiguous_date(text)`: whether a date is another one with the day first than with the month first.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::BooleanArray,
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::utils::take_function_args,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::FunctionError;

use super::{
    date_text::is_ambiguous,
    text_column::{is_text, read_texts, text_type},
};

/// Whether a date in text has two readings. NULL if the text is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct IsAmbiguousDate {
    signature: Signature,
}

impl IsAmbiguousDate {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for IsAmbiguousDate {
    fn name(&self) -> &str {
        "is_ambiguous_date"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [text] = take_function_args(self.name(), arg_types)?;
        match is_text(text) {
            true => Ok(vec![text_type(text)]),
            false => Err(FunctionError::new(format!("`{}` takes text, not {text}", self.name()))
                .with_help("only a date in text can have two readings")
                .into()),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), DataType::Boolean, nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts] = take_function_args(self.name(), args.args)?;
        read_texts::<BooleanArray, bool>(&texts, |text| Some(is_ambiguous(text)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::DATES,
        "Whether a text is one day with the day first and another with the month first, like 03/04/2026. False for dates \
         of one reading, like 27/5/2026, 3/3/2026, 3.4.2026 and 2026-03-04, and for what is no date. NULL if the text is \
         NULL.",
        "is_ambiguous_date(text)",
    )
    .with_sql_example(
        "```sql\nSELECT is_ambiguous_date('03/04/2026'), is_ambiguous_date('27/5/2026');\n-- true, false\n```",
    )
    .with_argument("text", "The date as it was written.")
    .with_related_udf("try_date")
    .build()
});
