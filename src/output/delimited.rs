//! Comma- and tab-separated values after RFC 4180, with `\n` line ends.
//!
//! A NULL is an empty field and an empty text is `""`, so that a reader can tell them apart. A line that
//! would be blank (one column, NULL) is written as `""` as well, since readers skip blank lines and the row
//! would be lost. A text that a spreadsheet would take for a formula is written as it is.

use arrow::{array::RecordBatch, datatypes::Fields};

use super::{Sink, Summary, target::Target, text};
use crate::error::Result;

pub(super) struct Delimited {
    target: Target,
    delimiter: u8,
    line: String,
    value: String,
    rows: u64,
}

impl Delimited {
    pub(super) fn open(fields: &Fields, target: Target, delimiter: u8) -> Result<Self> {
        let mut sink = Self { target, delimiter, line: String::new(), value: String::new(), rows: 0 };
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                sink.line.push(char::from(delimiter));
            }
            push_field(&mut sink.line, field.name(), delimiter);
        }
        sink.end_line()?;
        Ok(sink)
    }

    fn end_line(&mut self) -> Result<()> {
        if self.line.is_empty() {
            self.line.push_str("\"\"");
        }
        self.line.push('\n');
        self.target.text(&self.line)?;
        self.line.clear();
        Ok(())
    }
}

impl Sink for Delimited {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = text::columns(batch)?;
        for row in 0..batch.num_rows() {
            for (index, column) in columns.iter().enumerate() {
                if index > 0 {
                    self.line.push(char::from(self.delimiter));
                }
                if !column.is_null(row) {
                    self.value.clear();
                    column.write(row, &mut self.value)?;
                    push_field(&mut self.line, &self.value, self.delimiter);
                }
            }
            self.end_line()?;
            self.rows += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}

/// Appends a field, quoted if it needs to be.
fn push_field(line: &mut String, value: &str, delimiter: u8) {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !value.is_empty() && !value.bytes().any(special) {
        line.push_str(value);
        return;
    }
    line.push('"');
    for (index, part) in value.split('"').enumerate() {
        if index > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}
