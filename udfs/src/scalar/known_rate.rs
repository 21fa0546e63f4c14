//! `known_rate(rate, currency, day)`: an exchange rate that is there, or an error that says which one is missing.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Date32Type, Decimal128Type, Decimal256Type, Field, FieldRef, i256},
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
    FunctionError,
    decimal::{format_units, format_units_256},
    numeric::{exact, exact_type, precision_and_scale, require_readable},
};

use super::{calendar::day_type, text_column::is_text};

/// A rate as it is. NULL only where the currency is NULL too; elsewhere a NULL rate is an error.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct KnownRate {
    signature: Signature,
}

impl KnownRate {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for KnownRate {
    fn name(&self) -> &str {
        "known_rate"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [rate, currency, day] = take_function_args(self.name(), arg_types)?;
        if !is_text(currency) {
            let message = format!("`{}` takes a currency as text, not {currency}", self.name());
            let help = "call it like `known_rate(rate, currency, posted_on)`";
            return Err(FunctionError::new(message).with_help(help).into());
        }
        let rate = match require_readable(rate, self.name())? {
            // A rate is a decimal, also where all rates are whole.
            DataType::Int64 => DataType::Decimal128(20, 0),
            other => other,
        };
        Ok(vec![rate, DataType::Utf8View, day_type(self.name(), day)?])
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        let [rate, _, _] = take_function_args(self.name(), arg_types)?;
        Ok(exact_type(rate))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [rate, currency, _] = take_function_args(self.name(), args.arg_fields)?;
        let nullable = rate.is_nullable() && currency.is_nullable();
        Ok(Arc::new(Field::new(self.name(), exact_type(rate.data_type()), nullable)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let [rate, currency, day] = take_function_args(self.name(), args.args)?;
        let rate = exact(&rate, self.name())?;
        let [rates, currencies, days] = [&rate, &currency, &day].map(|value| match value {
            ColumnarValue::Array(array) => Ok(Arc::clone(array)),
            // One element stands for every row.
            ColumnarValue::Scalar(scalar) => scalar.to_array(),
        });
        let rates = rates?;
        if rates.null_count() > 0 || !all_positive(&rates) {
            require_known(&rates, &currencies?, &days?, rows)?;
        }
        Ok(rate)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// Looks at what lies under NULLs too, which costs less than asking; a wrong answer only makes the check slower.
fn all_positive(rates: &ArrayRef) -> bool {
    match rates.data_type() {
        DataType::Decimal256(_, _) => {
            rates.as_primitive::<Decimal256Type>().values().iter().all(|rate| *rate > i256::ZERO)
        }
        _ => rates.as_primitive::<Decimal128Type>().values().iter().all(|rate| *rate > 0),
    }
}

/// Finds the first row whose rate is missing or cannot be one.
fn require_known(rates: &ArrayRef, currencies: &ArrayRef, days: &ArrayRef, rows: usize) -> Result<()> {
    let [rate_step, currency_step, day_step] =
        [rates, currencies, days].map(|array| usize::from(array.len() == rows));
    let names = currencies.as_string_view();
    for row in 0..rows {
        let (rate, currency) = (row * rate_step, row * currency_step);
        let what = || {
            let currency =
                if names.is_null(currency) { "an unknown currency" } else { names.value(currency) };
            format!("`{currency}` on {}", day_text(days, row * day_step))
        };
        if rates.is_null(rate) {
            if names.is_null(currency) {
                continue;
            }
            return Err(FunctionError::new(format!("no rate for {}", what()))
                .with_help(
                    "add it to the rates file that `[fx] rates` names in the project file; `marginql check` lists \
                     every rate that is missing",
                )
                .into());
        }
        if let Some(text) = not_positive(rates, rate) {
            return Err(FunctionError::new(format!(
                "the rate for {} is `{text}`, and must be more than 0",
                what()
            ))
            .with_help(
                "correct it in the rates file that `[fx] rates` names in the project file; `marginql check` \
                     looks at every rate",
            )
            .into());
        }
    }
    Ok(())
}

/// The rate as text if it is zero or less.
fn not_positive(rates: &ArrayRef, row: usize) -> Option<String> {
    let (_, scale) = precision_and_scale(rates.data_type());
    match rates.data_type() {
        DataType::Decimal256(_, _) => {
            let rate = rates.as_primitive::<Decimal256Type>().value(row);
            (rate <= i256::ZERO).then(|| format_units_256(rate, scale))
        }
        _ => {
            let rate = rates.as_primitive::<Decimal128Type>().value(row);
            (rate <= 0).then(|| format_units(rate, scale))
        }
    }
}

fn day_text(days: &ArrayRef, row: usize) -> String {
    let day = days.as_primitive::<Date32Type>();
    match day.is_valid(row).then(|| Date32Type::to_naive_date_opt(day.value(row))) {
        Some(Some(date)) => date.to_string(),
        Some(None) => format!("day {}", day.value(row)),
        None => String::from("an unknown day"),
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::CURRENCIES,
        "The rate as a DECIMAL, if there is one. A rate that is NULL is an error that names the currency and the day, and \
         so is a rate of zero or less: an amount that cannot be converted must not silently leave a sum. NULL only if the \
         rate and the currency are both NULL.",
        "known_rate(rate, currency, day)",
    )
    .with_sql_example("```sql\nSELECT 1000.00 * known_rate(0.0405, 'CZK', DATE '2026-05-27');\n-- 40.500000\n```")
    .with_argument("rate", "What one unit of the currency is worth.")
    .with_argument("currency", "The currency that is converted, for the message.")
    .with_argument("day", "The day of the rate, for the message.")
    .build()
});
