//! Says what a file looks like by its first bytes, for messages about files that are not what their name promises.

use super::{
    compression::{self, Compression},
    locate::DataFile,
};
use crate::error::{Error, Result};

/// What the first bytes show, with a remedy; `None` for text.
fn binary(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match bytes {
        [b'P', b'A', b'R', b'1', ..] => ("Parquet", "rename it to .parquet, or write STORED AS PARQUET"),
        [b'P', b'K', 3, 4, ..] => {
            ("an Excel workbook or another zip archive", "rename it to .xlsx, or unpack the archive")
        }
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            ("an old Excel workbook", "rename it to .xls, or write STORED AS XLS")
        }
        [b'%', b'P', b'D', b'F', ..] => ("PDF", "export the data as CSV"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => ("Arrow", "export the data as Parquet"),
        [b'O', b'b', b'j', 1, ..] => ("Avro", "export the data as Parquet"),
        [b'O', b'R', b'C', ..] => ("ORC", "export the data as Parquet"),
        _ => return None,
    })
}

/// Whether the first bytes are those of a format that is no text.
pub(super) fn is_binary(first: &[u8]) -> bool {
    binary(first).is_some()
}

/// An error if a file that should hold text is one of the known binary formats.
pub(super) fn refuse_if_not_text(file: &DataFile) -> Result<()> {
    match binary(&compression::first_bytes(&file.path, 8)?) {
        Some((what, remedy)) => {
            Err(Error::data(format!("`{}` is not a text file: it looks like {what}", file.shown))
                .hint(remedy))
        }
        None => Ok(()),
    }
}

/// What a file looks like that should be Parquet and is not, with a remedy.
pub(super) fn describe(first: &[u8]) -> (String, &'static str) {
    let compression = Compression::of(first);
    if compression != Compression::None {
        return (
            format!("it looks like a file compressed with {}", compression.name()),
            "Parquet is compressed inside; unpack the file, or give it the name of what it holds, such as .csv.gz",
        );
    }
    if let Some((what, remedy)) = binary(first) {
        return (format!("it looks like {what}"), remedy);
    }
    let text = String::from_utf8_lossy(first);
    let is_text =
        !first.is_empty() && first.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r'));
    match text.trim_start().chars().next() {
        Some('{' | '[') if is_text => {
            ("it looks like JSON".to_owned(), "rename it to .json, or write STORED AS JSON")
        }
        Some('<') if is_text => (
            "it looks like HTML or XML".to_owned(),
            "it may be an error page that was saved as data; export the file again",
        ),
        _ if is_text && text.contains([',', ';', '\t', '|']) => {
            ("it looks like CSV".to_owned(), "rename it to .csv, or write STORED AS CSV")
        }
        _ if is_text => ("it looks like text".to_owned(), "export the file again"),
        _ => ("its first bytes are not those of Parquet".to_owned(), "export the file again"),
    }
}
