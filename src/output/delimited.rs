//! Comma- and tab-separated values after RFC 4180, with `\n` line ends.
//!
//! A NULL is an empty field and an empty text is `""`, so that a reader can tell them apart. A line that
//! would be blank (one column, NULL) is written as `""` as well, since readers skip blank lines and the row
//! would be lost. A text that a spreadsheet would take for a formula is written as it is, unless the style
//! asks for an apostrophe before it.

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Fields},
};

use super::{Sink, Style, Summary, target::Target, text};
use crate::error::Result;

/// What a formula begins with, in one spreadsheet or another.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(super) struct Delimited {
    target: Target,
    delimiter: u8,
    formulas_as_text: bool,
    line: String,
    value: String,
    rows: u64,
}

impl Delimited {
    pub(super) fn open(fields: &Fields, target: Target, delimiter: u8, style: &Style) -> Result<Self> {
        let mut sink = Self {
            target,
            delimiter,
            formulas_as_text: style.formulas_as_text,
            line: String::new(),
            value: String::new(),
            rows: 0,
        };
        for (index, field) in fields.iter().enumerate() {
            sink.separate(index);
            sink.value.clear();
            sink.value.push_str(field.name());
            sink.push_field(true);
        }
        sink.end_line()?;
        Ok(sink)
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.line.push(char::from(self.delimiter));
        }
    }

    /// Appends the value as a field, quoted if it needs to be.
    fn push_field(&mut self, is_text: bool) {
        if is_text && self.formulas_as_text && self.value.starts_with(BEGINS_A_FORMULA) {
            self.value.insert(0, '\'');
        }
        push_quoted(&mut self.line, &self.value, self.delimiter);
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
        let is_text: Vec<bool> = batch.columns().iter().map(|column| is_text(column.data_type())).collect();
        for row in 0..batch.num_rows() {
            for (index, column) in columns.iter().enumerate() {
                self.separate(index);
                if !column.is_null(row) {
                    self.value.clear();
                    column.write(row, &mut self.value)?;
                    self.push_field(is_text[index]);
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

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => other.is_string(),
    }
}

fn push_quoted(line: &mut String, value: &str, delimiter: u8) {
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
