//! Rows that do not fit their table, as errors.

use super::locate::DataFile;
use crate::error::Error;

/// Characters of a row shown in a message.
const ROW_CHARACTERS_SHOWN: usize = 100;

/// Returns the error for a quote that is never closed.
pub(super) fn open_quote(file: &DataFile, line: u64, quote: u8) -> Error {
    Error::data(format!(
        "`{}` line {line}: a `{}` is opened in this row and never closed",
        file.shown,
        char::from(quote)
    ))
    .hint("close the quote, or double a quote that belongs to the value; the file may also be truncated")
}

/// Returns the error for a row with another number of fields.
pub(super) fn ragged(
    file: &DataFile,
    record: &csv::ByteRecord,
    line: u64,
    first_line: u64,
    expected: usize,
    delimiter: u8,
) -> Error {
    let delimiter = char::from(delimiter);
    let fields: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    let row = fields.join(&delimiter.to_string());
    let mut shown: String = row.chars().take(ROW_CHARACTERS_SHOWN).collect();
    if shown.len() < row.len() {
        shown.push('…');
    }
    let count = |fields: usize| if fields == 1 { "1 field".to_owned() } else { format!("{fields} fields") };
    let error = Error::data(format!(
        "`{}` line {line} has {}, but line {first_line} has {expected}",
        file.shown,
        count(record.len())
    ))
    .note(format!("the row is `{}`", shown.escape_debug()));
    let named = if delimiter == '\t' { "a tab".to_owned() } else { format!("`{delimiter}`") };
    if record.len() > expected {
        error.hint(format!("put a value that contains {named} in quotes; if fields are separated by something else, give OPTIONS ('delimiter' ';')"))
    } else if row.contains('\n') {
        error.hint("a quote in this row may not be closed")
    } else {
        error.hint(format!(
            "fields are separated by {named}; empty ones must be there too, and the file may be truncated"
        ))
    }
}
