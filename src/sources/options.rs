//! What a user says about the files of a table, by name: in OPTIONS of CREATE EXTERNAL TABLE, and in a project.

use super::{DateFormat, SourceOptions};
use crate::error::{Error, Result};

impl SourceOptions {
    /// The names that [`SourceOptions::set`] knows.
    pub const NAMES: [&str; 9] =
        ["delimiter", "quote", "escape", "comment", "skip", "header", "encoding", "sheet", "date_format"];

    /// Sets an option by its name; false if there is none of this name.
    ///
    /// # Errors
    /// A value that is none of the option.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool> {
        match name {
            "delimiter" => self.delimiter = Some(one_byte(name, value)?),
            "quote" => self.quote = Some(one_byte(name, value)?),
            "escape" => self.escape = Some(one_byte(name, value)?),
            "comment" => self.comment = Some(one_byte(name, value)?),
            "skip" => {
                let lines = value.parse().map_err(|_| {
                    Error::query(format!("option `{name}` is `{value}`"))
                        .hint("it is the number of lines above the header, such as `4`")
                })?;
                self.skip = Some(lines);
            }
            "header" => {
                self.header = Some(value.to_ascii_lowercase().parse().map_err(|_| {
                    Error::query(format!("option `{name}` is `{value}`")).hint("it is `true` or `false`")
                })?);
            }
            "encoding" => {
                super::encoding::by_name(value)?;
                self.encoding = Some(value.to_owned());
            }
            "date_format" => self.date_format = Some(DateFormat::parse(value)?),
            "sheet" => self.sheet = Some(value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn one_byte(name: &str, value: &str) -> Result<u8> {
    match (value, value.as_bytes()) {
        ("\\t" | "tab", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() => Ok(*byte),
        _ => Err(Error::query(format!("option `{name}` is `{value}`"))
            .hint("it is one character, such as `;`, or `\\t` for a tab")),
    }
}
