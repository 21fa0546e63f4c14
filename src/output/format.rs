//! The list of output formats: names, file extensions. Knows nothing of how they are written.

use std::{fmt, path::Path, str::FromStr};

use crate::error::Error;

/// A format that rows can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A box for people, cut to the terminal.
    Table,
    /// One record below the other, a line per column.
    Expanded,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
    /// One array of objects.
    Json,
    /// One object per line.
    Ndjson,
    /// A table in GitHub's Markdown.
    Markdown,
    /// One self-contained page.
    Html,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook.
    Xlsx,
    /// An Arrow IPC file (Feather, version 2).
    Arrow,
}

impl Format {
    /// Every format, in the order of the help text.
    pub const ALL: [Format; 11] = [
        Format::Table,
        Format::Expanded,
        Format::Csv,
        Format::Tsv,
        Format::Json,
        Format::Ndjson,
        Format::Markdown,
        Format::Html,
        Format::Parquet,
        Format::Xlsx,
        Format::Arrow,
    ];

    /// The name, as `--format` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Expanded => "expanded",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Parquet => "parquet",
            Format::Xlsx => "xlsx",
            Format::Arrow => "arrow",
        }
    }

    /// The file extension, without its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Table | Format::Expanded => "txt",
            Format::Markdown => "md",
            other => other.name(),
        }
    }

    /// The format that a file's extension stands for, or `None` if it stands for none.
    ///
    /// ```
    /// use std::path::Path;
    /// use marginql::output::Format;
    ///
    /// assert_eq!(Format::from_path(Path::new("out/margins.XLSX")), Some(Format::Xlsx));
    /// assert_eq!(Format::from_path(Path::new("margins")), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "txt" => Format::Table,
            "csv" => Format::Csv,
            "tsv" | "tab" => Format::Tsv,
            "json" => Format::Json,
            "ndjson" | "jsonl" => Format::Ndjson,
            "md" | "markdown" => Format::Markdown,
            "html" | "htm" => Format::Html,
            "parquet" | "pq" => Format::Parquet,
            "xlsx" => Format::Xlsx,
            "arrow" | "feather" | "ipc" => Format::Arrow,
            _ => return None,
        })
    }

    /// Whether a file can hold several tables: a workbook its sheets, a page one below the other.
    pub fn holds_tables(self) -> bool {
        matches!(self, Format::Xlsx | Format::Html)
    }

    /// Whether the bytes are not text, so that a terminal must not be given them.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Parquet | Format::Xlsx | Format::Arrow)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.to_ascii_lowercase();
        if let Some(format) = Format::ALL.into_iter().find(|format| format.name() == wanted) {
            return Ok(format);
        }
        // What people type for the same thing: the extension, or another program's name for it.
        match wanted.as_str() {
            "md" => return Ok(Format::Markdown),
            "jsonl" => return Ok(Format::Ndjson),
            "excel" => return Ok(Format::Xlsx),
            "feather" | "ipc" => return Ok(Format::Arrow),
            _ => {}
        }
        let nearest = Format::ALL
            .into_iter()
            .map(|format| (strsim::damerau_levenshtein(&wanted, format.name()), format))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= 2);
        let error = Error::usage(format!("unknown format `{text}`"));
        Err(match nearest {
            Some((_, format)) => error.hint(format!("did you mean `{format}`?")),
            None => {
                let names: Vec<_> = Format::ALL.iter().map(|format| format!("`{format}`")).collect();
                error.hint(format!("the formats are {}", names.join(", ")))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name_and_by_its_extension() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
            let by_extension = Format::from_path(Path::new("x").with_extension(format.extension()).as_path());
            let expected = if format == Format::Expanded { Format::Table } else { format };
            assert_eq!(by_extension, Some(expected), "{format}");
        }
    }

    #[test]
    fn a_mistyped_format_is_answered_with_the_nearest() {
        let error = "parqet".parse::<Format>().unwrap_err();
        assert_eq!(error.message(), "unknown format `parqet`");
        assert_eq!(error.hints(), ["did you mean `parquet`?"]);
        let error = "orc-file".parse::<Format>().unwrap_err();
        assert!(error.hints()[0].starts_with("the formats are `table`, `expanded`, `csv`"));
    }
}
