//! The TOML in a block comment `/*--- … ---*/` at the top of a SQL file: of saved queries, of views, of connectors' SQL.
//!
//! What may stand in it is for those to say who read it.

use std::ops::Range;

use serde::de::DeserializeOwned;

use super::text::Text;
use crate::error::{Error, Result};

const OPENING: &str = "/*---";
const CLOSING: &str = "---*/";

/// What a file says about itself, and where its TOML begins, in bytes of the file; none if it says nothing.
///
/// Messages call it by `name`, and advise on its keys.
///
/// # Errors
/// A comment that is not closed, TOML that cannot be read, an unknown key.
pub fn parse_comment<T: DeserializeOwned>(
    text: &Text,
    name: &str,
    advice: &str,
) -> Result<Option<(T, usize)>> {
    let content = text.content();
    let start = content.len() - content.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    let Some(rest) = content[start..].strip_prefix(OPENING) else { return Ok(None) };
    let body_start = start + OPENING.len();
    let Some(length) = rest.find(CLOSING) else {
        return Err(Error::config(format!("{name} is not closed"))
            .at(text.place(start..body_start))
            .hint(format!("end the header with `{CLOSING}`")));
    };
    let document = toml::from_str(&rest[..length]).map_err(|error| {
        let Range { start, end } = error.span().unwrap_or(0..0);
        Error::config(format!("{name} is not valid: {}", error.message().trim()))
            .at(text.place(body_start + start..body_start + end))
            .hint(advice)
    })?;
    Ok(Some((document, body_start)))
}

/// The values of a default, as text; a list is its values.
pub fn default_texts(value: toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(values) => values.into_iter().flat_map(default_texts).collect(),
        toml::Value::String(text) => vec![text],
        other => vec![other.to_string()],
    }
}
