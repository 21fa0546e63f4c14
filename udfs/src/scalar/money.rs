//! `money(text [, style [, decimals]])`: amounts out of text columns; what cannot be read is an error.
//!
//! `money_text` reads one text; here are the columns, for `try_money` too.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, AsArray, Decimal128Array, StringViewArray},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};

use crate::{
    FunctionError,
    decimal::{MONEY_SCALE, MONEY_SCALE_MAX, money_precision},
    numeric::precision_and_scale,
};

use super::{
    calendar::values_type,
    money_text::{Refusal, Style, parse},
};

/// An amount in text as DECIMAL(18, 4), or with more decimals. NULL if the text is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Money {
    signature: Signature,
}

impl Money {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// What `money` and `try_money` return where nothing else is asked for.
pub(super) const MONEY: DataType = money_type(MONEY_SCALE);

/// The type of amounts with this many decimals, of which 14 digits stand before the point.
pub const fn money_type(scale: i8) -> DataType {
    DataType::Decimal128(money_precision(scale), scale)
}

/// The type that is asked for: that of the third argument's decimals.
pub(super) fn returned(function: &str, args: &ReturnFieldArgs) -> Result<DataType> {
    if args.arg_fields.len() < 3 {
        return Ok(MONEY);
    }
    match args.scalar_arguments.get(2).copied().flatten() {
        Some(ScalarValue::Int64(Some(decimals))) => match i8::try_from(*decimals) {
            Ok(scale @ MONEY_SCALE..=MONEY_SCALE_MAX) => Ok(money_type(scale)),
            _ => Err(no_such_decimals(function, &decimals.to_string())),
        },
        _ => Err(no_such_decimals(function, "an expression")),
    }
}

fn no_such_decimals(function: &str, found: &str) -> DataFusionError {
    FunctionError::new(format!("`{function}` keeps {MONEY_SCALE} to {MONEY_SCALE_MAX} decimals, not {found}"))
        .with_help(format!("write them as a number: `{function}(text, 'us', {MONEY_SCALE_MAX})`"))
        .into()
}

impl ScalarUDFImpl for Money {
    fn name(&self) -> &str {
        "money"
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
        let nullable = args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), returned(self.name(), &args)?, nullable)))
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let column = match args.arg_fields.first() {
            Some(field) if matches!(args.args.first(), Some(ColumnarValue::Array(_))) => field.name().clone(),
            _ => String::from("text"),
        };
        read(self.name(), args, |text, refusal| {
            Err(FunctionError::new(format!("`money({column})` met `{text}`, which {refusal}"))
                .with_help(refusal.help()))
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

/// Text, a style that is text too, and a number of decimals.
pub(super) fn coerce(function: &str, arg_types: &[DataType]) -> Result<Vec<DataType>> {
    if !(1..=3).contains(&arg_types.len()) {
        return Err(FunctionError::new(format!(
            "`{function}` takes a text, a style and decimals, not {} arguments",
            arg_types.len()
        ))
        .with_help(format!("call `{function}(text)` or `{function}(text, 'us')`"))
        .into());
    }
    if let Some(decimals) = arg_types.get(2).filter(|decimals| !decimals.is_integer()) {
        return Err(no_such_decimals(function, &decimals.to_string()));
    }
    for data_type in arg_types.iter().take(2) {
        let text = matches!(
            values_type(data_type),
            DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
        );
        if !text {
            return Err(FunctionError::new(format!("`{function}` takes text, not {data_type}"))
                .with_help("a number needs no reading: use it as it is, or `CAST(x AS DECIMAL(18,4))`")
                .into());
        }
    }
    let types = [DataType::Utf8View, DataType::Utf8View, DataType::Int64];
    Ok(types.into_iter().take(arg_types.len()).collect())
}

/// Reads every text; `refuse` decides what becomes of those that are no amounts.
pub(super) fn read(
    function: &str,
    args: ScalarFunctionArgs,
    refuse: impl Fn(&str, Refusal) -> std::result::Result<Option<i128>, FunctionError>,
) -> Result<ColumnarValue> {
    let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let rows = if scalar { 1 } else { args.number_rows };
    let returned = args.return_field.data_type().clone();
    let (_, scale) = precision_and_scale(&returned);
    let styles = match args.args.get(1) {
        None => None,
        // One style stands for every row.
        Some(ColumnarValue::Scalar(style)) => Some(style.to_array()?),
        Some(ColumnarValue::Array(styles)) => Some(Arc::clone(styles)),
    };
    let styles = styles.as_ref().map(|styles| styles.as_string_view());
    let style_step = styles.map_or(0, |styles| usize::from(styles.len() == rows));
    let texts = match args.args.first() {
        Some(ColumnarValue::Scalar(text)) => text.to_array_of_size(rows)?,
        Some(ColumnarValue::Array(texts)) => Arc::clone(texts),
        None => return Ok(ColumnarValue::Scalar(ScalarValue::try_from(&returned)?)),
    };
    let mut units = Vec::with_capacity(rows);
    for (row, text) in texts.as_string_view().iter().enumerate() {
        let style = match styles {
            None => Some(Style::Any),
            Some(styles) => style_of(function, styles, row * style_step)?,
        };
        units.push(match (text, style) {
            (Some(text), Some(style)) => match parse(text, style, scale) {
                Ok(units) => Some(units),
                Err(refusal) => refuse(text, refusal)?,
            },
            _ => None,
        });
    }
    let amounts = Decimal128Array::from(units).with_data_type(returned);
    Ok(match scalar {
        true => ColumnarValue::Scalar(ScalarValue::try_from_array(&amounts, 0)?),
        false => ColumnarValue::Array(Arc::new(amounts)),
    })
}

fn style_of(function: &str, styles: &StringViewArray, row: usize) -> Result<Option<Style>> {
    if styles.is_null(row) {
        return Ok(None);
    }
    let name = styles.value(row);
    match Style::from_name(name) {
        Some(style) => Ok(Some(style)),
        None => Err(FunctionError::new(format!("`{function}` knows no style `{name}`"))
            .with_help("the styles are 'us' for 1,234.50 and 'eu' for 1.234,50")
            .into()),
    }
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::TEXT,
        "Reads an amount out of text as DECIMAL(18,4): currency signs and codes, thousands, brackets or a minus on \
         either side. What has two readings, like 1,234, is an error unless the style decides; so are more decimals \
         than are kept, empty text, and text that is no amount. NULL if an argument is NULL.",
        "money(text [, style [, decimals]])",
    )
    .with_sql_example("```sql\nSELECT money('$1,234.50'), money('(12.00)'), money('1.234', 'eu');\n-- 1234.5000, -12.0000, 1234.0000\n```")
    .with_argument("text", "The amount as it was written.")
    .with_argument("style", "'us' for 1,234.50 or 'eu' for 1.234,50; without it, only what has one reading is read.")
    .with_argument("decimals", "How many decimals are kept, as a number from 4 to 10; without it 4. 14 digits stand before the point.")
    .with_related_udf("try_money")
    .build()
});
