//! One self-contained page: no script, no link, nothing loaded. Everything that comes from data is escaped.

use arrow::{
    array::RecordBatch,
    datatypes::{Fields, SchemaRef},
};

use super::{
    Sink, Style, Summary,
    target::Target,
    text::{self, Kind},
};
use crate::error::Result;

const CSS: &str = include_str!("html.css");

/// The heading of the tab when the user gave no title.
const UNTITLED: &str = "Query result";

/// The longest text that is never wrapped.
const LINE_CHARACTERS_MAX: usize = 40;

pub(super) struct Html {
    target: Target,
    kinds: Vec<Kind>,
    rows: u64,
    /// The rows of earlier tables.
    rows_before: u64,
    raw: String,
    line: String,
}

impl Html {
    pub(super) fn open(fields: &Fields, mut target: Target, style: &Style) -> Result<Self> {
        let mut page =
            String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
        push_escaped(style.title.as_deref().unwrap_or(UNTITLED), &mut page);
        page.extend(["</title>\n<style>\n", CSS, "</style>\n</head>\n<body>\n"]);
        if let Some(title) = &style.title {
            page.push_str("<h1>");
            push_escaped(title, &mut page);
            page.push_str("</h1>\n");
        }
        target.text(&page)?;
        let mut sink = Self {
            target,
            kinds: Vec::new(),
            rows: 0,
            rows_before: 0,
            raw: String::new(),
            line: String::new(),
        };
        sink.begin_table(fields)?;
        Ok(sink)
    }

    fn begin_table(&mut self, fields: &Fields) -> Result<()> {
        self.kinds = fields.iter().map(|field| Kind::of(field.data_type())).collect();
        let mut head = String::from("<table>\n<thead>\n<tr>");
        for (field, kind) in fields.iter().zip(&self.kinds) {
            head.push_str(if kind.is_number() { "<th class=\"n\">" } else { "<th>" });
            push_escaped(field.name(), &mut head);
            head.push_str("</th>");
        }
        head.push_str("</tr>\n</thead>\n<tbody>\n");
        self.target.text(&head)
    }

    fn end_table(&mut self) -> Result<()> {
        self.target.text("</tbody>\n</table>\n")?;
        if self.rows == self.rows_before {
            self.target.text("<p class=\"none\">No rows.</p>\n")?;
        }
        self.rows_before = self.rows;
        Ok(())
    }
}

impl Sink for Html {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = text::columns(batch)?;
        for row in 0..batch.num_rows() {
            self.line.clear();
            self.line.push_str("<tr>");
            for (column, kind) in columns.iter().zip(&self.kinds) {
                self.raw.clear();
                let is_null = column.is_null(row);
                if is_null {
                    self.raw.push_str(text::NULL);
                } else {
                    column.write(row, &mut self.raw)?;
                }
                self.line.push_str(match kind {
                    kind if kind.is_number() && is_null => "<td class=\"n u\">",
                    _ if is_null => "<td class=\"u\">",
                    kind if kind.is_negative(&self.raw) => "<td class=\"n m\">",
                    kind if kind.is_number() => "<td class=\"n\">",
                    _ if is_long(&self.raw) => "<td class=\"w\">",
                    _ => "<td>",
                });
                push_escaped(&self.raw, &mut self.line);
                self.line.push_str("</td>");
            }
            self.line.push_str("</tr>\n");
            self.target.text(&self.line)?;
            self.rows += 1;
        }
        Ok(())
    }

    fn next_table(&mut self, schema: SchemaRef, title: Option<&str>) -> Result<()> {
        self.end_table()?;
        if let Some(title) = title {
            self.line.clear();
            self.line.push_str("<h2>");
            push_escaped(title, &mut self.line);
            self.line.push_str("</h2>\n");
            self.target.text(&self.line)?;
        }
        self.begin_table(schema.fields())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        self.end_table()?;
        self.target.text("</body>\n</html>\n")?;
        self.target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows, ..Summary::default() })
    }
}

/// Whether a text is to be wrapped; short ones, such as names and codes, stay on one line.
fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().nth(LINE_CHARACTERS_MAX).is_some()
}

/// Escapes for text between tags. Control characters are not allowed in HTML; their pictures are.
fn push_escaped(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            character if character.is_control() => {
                super::screen::push_visible(character.encode_utf8(&mut [0; 4]), out);
            }
            character => out.push(character),
        }
    }
}
