//! The options of a source that every connector takes: the currency of its amounts, how it writes dates and numbers, and
//! how its files are read.

use super::columns::{DateOrder, Writing};
use crate::{
    error::{Error, Result},
    project::OptionValue,
    query::{ParameterType, Parameters},
    sources::{DateFormat, SourceOptions},
};

/// Options that every connector takes, besides those of files.
pub(super) const GENERAL: [&str; 3] = ["currency", "date_order", "decimal_comma"];

/// Applies an option that every connector takes; false if it is none.
pub(super) fn apply_general(
    option: &OptionValue,
    writing: &mut Writing,
    files: &mut SourceOptions,
    parameters: &mut Parameters,
) -> Result<bool> {
    let [text] = &option.texts[..] else { return Ok(false) };
    match option.name.as_str() {
        "currency" => {
            let is_currency = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
            if !is_currency {
                return Err(Error::config(format!("`{text}` is not a currency"))
                    .hint("currencies are three capital letters, such as `EUR`"));
            }
            let value = ParameterType::TEXT.parse_values("currency", &option.texts)?;
            parameters.set("currency", value);
        }
        "date_order" => {
            let orders = [DateOrder::Iso, DateOrder::DayFirst, DateOrder::MonthFirst];
            let order = orders.into_iter().find(|order| order.name() == text);
            writing.date_order = order.ok_or_else(|| {
                Error::config(format!("`{text}` is not an order of day and month"))
                    .hint("it is `iso`, `day_first` or `month_first`")
            })?;
            if writing.date_order != DateOrder::Iso {
                files.date_format.get_or_insert(DateFormat::parse(text)?);
            }
        }
        "decimal_comma" => {
            writing.decimal_comma =
                text.parse().map_err(|_| Error::config(format!("`{text}` is neither `true` nor `false`")))?;
        }
        name => return files.set(name, text),
    }
    Ok(true)
}
