//! A table in GitHub's Markdown; what stands in the cells is shown as it is, never taken for markup.
//!
//! The columns are padded to the first rows, so that the source is readable too; wider cells that come
//! later only make their own line longer. NULL is shown as `NULL`.

use arrow::{array::RecordBatch, datatypes::Fields};

use super::{
    Sink, Summary, screen,
    target::Target,
    text::{self, Kind},
};
use crate::error::Result;

/// Rows that decide the padding.
const PADDING_ROWS: usize = 1000;

/// Beyond this width a cell is not padded for.
const PADDING_WIDTH_MAX: usize = 60;

pub(super) struct Markdown {
    target: Target,
    kinds: Vec<Kind>,
    widths: Vec<usize>,
    /// The heading and the first rows, until their widths are known.
    waiting: Option<Vec<Vec<String>>>,
    rows: u64,
    raw: String,
}

impl Markdown {
    pub(super) fn open(fields: &Fields, target: Target) -> Self {
        let heading = fields.iter().map(|field| {
            let mut cell = String::new();
            push_escaped(field.name(), &mut cell);
            cell
        });
        Self {
            target,
            kinds: fields.iter().map(|field| Kind::of(field.data_type())).collect(),
            widths: vec![3; fields.len()],
            waiting: Some(vec![heading.collect()]),
            rows: 0,
            raw: String::new(),
        }
    }

    fn settle(&mut self) -> Result<()> {
        let Some(waiting) = self.waiting.take() else {
            return Ok(());
        };
        for row in &waiting {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = screen::width(cell).min(PADDING_WIDTH_MAX).max(*width);
            }
        }
        for (index, row) in waiting.iter().enumerate() {
            self.line(row)?;
            if index == 0 {
                self.delimiter()?;
            }
        }
        Ok(())
    }

    fn line(&mut self, row: &[String]) -> Result<()> {
        let mut line = String::from("|");
        for ((cell, kind), width) in row.iter().zip(&self.kinds).zip(&self.widths) {
            let padding = std::iter::repeat_n(' ', width.saturating_sub(screen::width(cell)));
            line.push(' ');
            if kind.is_number() {
                line.extend(padding);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.extend(padding);
            }
            line.push_str(" |");
        }
        line.push('\n');
        self.target.text(&line)
    }

    fn delimiter(&mut self) -> Result<()> {
        let mut line = String::from("|");
        for (kind, width) in self.kinds.iter().zip(&self.widths) {
            line.push(' ');
            line.extend(std::iter::repeat_n('-', width - usize::from(kind.is_number())));
            line.push_str(if kind.is_number() { ": |" } else { " |" });
        }
        line.push('\n');
        self.target.text(&line)
    }
}

impl Sink for Markdown {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = text::columns(batch)?;
        for row in 0..batch.num_rows() {
            let mut cells = Vec::with_capacity(columns.len());
            for column in &columns {
                let mut cell = String::new();
                if column.is_null(row) {
                    cell.push_str(text::NULL);
                } else {
                    self.raw.clear();
                    column.write(row, &mut self.raw)?;
                    push_escaped(&self.raw, &mut cell);
                }
                cells.push(cell);
            }
            self.rows += 1;
            match &mut self.waiting {
                Some(waiting) => {
                    waiting.push(cells);
                    if waiting.len() > PADDING_ROWS {
                        self.settle()?;
                    }
                }
                None => self.line(&cells)?,
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.settle()?;
        self.target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}

/// Escapes what Markdown would read as markup. An underscore between letters is none, and stays readable.
fn push_escaped(text: &str, out: &mut String) {
    let mut previous = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match character {
            '\r' if next == Some('\n') => {}
            '\n' | '\r' => out.push_str("<br>"),
            '|' | '\\' | '`' | '*' | '[' | ']' | '<' | '~' => out.extend(['\\', character]),
            '_' if !(is_word(previous) && is_word(next)) => out.push_str("\\_"),
            '&' if next.is_some_and(|next| next.is_alphanumeric() || next == '#') => out.push_str("\\&"),
            other if other.is_control() => screen::push_visible(other.encode_utf8(&mut [0; 4]), out),
            other => out.push(other),
        }
        previous = Some(character);
    }
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_data_is_escaped_and_plain_text_is_not() {
        let escaped = |text| {
            let mut out = String::new();
            push_escaped(text, &mut out);
            out
        };
        assert_eq!(escaped(r"a|b\c"), r"a\|b\\c");
        assert_eq!(escaped("two\r\nlines\nthree"), "two<br>lines<br>three");
        assert_eq!(
            escaped("customer_id _x_ *b* <i> R&D AT&amp;T"),
            r"customer_id \_x\_ \*b\* \<i> R\&D AT\&amp;T"
        );
    }
}
