//! One record below the other, a line per column, for rows that are too wide for a table.
//!
//! Values are shown whole; a text of several lines goes on below its beginning.

use arrow::{array::RecordBatch, datatypes::Fields};

use super::{
    Sink, Style, Summary, screen,
    target::Target,
    text::{self, Kind},
};
use crate::error::Result;

pub(super) struct Expanded {
    target: Target,
    width: usize,
    rows_max: u64,
    color: bool,
    names: Vec<(String, Kind)>,
    names_width: usize,
    rows: u64,
    rows_shown: u64,
    raw: String,
}

/// A value, already visible, and how it is painted.
struct Value {
    lines: Vec<String>,
    paint: &'static str,
}

impl Expanded {
    pub(super) fn open(fields: &Fields, target: Target, style: &Style) -> Self {
        let names: Vec<_> = fields
            .iter()
            .map(|field| {
                let mut shown = String::new();
                screen::push_visible(field.name(), &mut shown);
                (shown, Kind::of(field.data_type()))
            })
            .collect();
        Self {
            target,
            width: style.width.unwrap_or(usize::MAX),
            rows_max: style.rows_max.map_or(u64::MAX, |rows| rows as u64),
            color: style.color,
            names_width: names.iter().map(|(name, _)| screen::width(name)).max().unwrap_or(0),
            names,
            rows: 0,
            rows_shown: 0,
            raw: String::new(),
        }
    }

    fn value(&mut self, column: &text::Column<'_>, row: usize, kind: Kind) -> Result<Value> {
        if column.is_null(row) {
            return Ok(Value { lines: vec![text::NULL.to_owned()], paint: screen::DIM });
        }
        self.raw.clear();
        column.write(row, &mut self.raw)?;
        let lines = self.raw.split('\n').map(|line| {
            let mut shown = String::new();
            screen::push_visible(line, &mut shown);
            shown
        });
        let paint = if kind.is_negative(&self.raw) { screen::RED } else { "" };
        Ok(Value { lines: lines.collect(), paint })
    }

    fn record(&mut self, heading: &str, values: &[Value]) -> Result<()> {
        let widest = values.iter().flat_map(|value| &value.lines).map(|line| screen::width(line)).max();
        let mut out = String::new();
        self.rule(heading, widest.unwrap_or(0), &mut out);
        for (index, (name, _)) in self.names.iter().enumerate() {
            let padding = self.names_width - screen::width(name);
            let value = values.get(index);
            let lines = value.map_or(1, |value| value.lines.len());
            for line in 0..lines {
                if line == 0 {
                    self.paint(screen::BOLD, name, &mut out);
                    out.extend(std::iter::repeat_n(' ', padding + 1));
                } else {
                    out.extend(std::iter::repeat_n(' ', self.names_width + 1));
                }
                self.paint(screen::DIM, "│", &mut out);
                if let Some(text) = value.map(|value| &value.lines[line]).filter(|text| !text.is_empty()) {
                    out.push(' ');
                    self.paint(value.map_or("", |value| value.paint), text, &mut out);
                }
                out.push('\n');
            }
        }
        self.target.text(&out)
    }

    /// `─[ 1 ]────┬──────────`, no wider than the terminal.
    fn rule(&self, heading: &str, values_width: usize, out: &mut String) {
        let mut rule = format!("─[ {heading} ]");
        let mut used = screen::width(&rule);
        let crossing = self.names_width + 1;
        while used < crossing {
            rule.push('─');
            used += 1;
        }
        rule.push(if used == crossing { '┬' } else { '─' });
        used += 1;
        let end = (crossing + 2).saturating_add(values_width).min(self.width);
        rule.extend(std::iter::repeat_n('─', end.saturating_sub(used)));
        self.paint(screen::DIM, &rule, out);
        out.push('\n');
    }

    fn paint(&self, escape: &str, text: &str, out: &mut String) {
        if self.color && !escape.is_empty() {
            out.extend([escape, text, screen::RESET]);
        } else {
            out.push_str(text);
        }
    }
}

impl Sink for Expanded {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = text::columns(batch)?;
        for row in 0..batch.num_rows() {
            self.rows += 1;
            if self.rows_shown == self.rows_max {
                continue;
            }
            let mut values = Vec::with_capacity(columns.len());
            for (index, column) in columns.iter().enumerate() {
                let kind = self.names[index].1;
                values.push(self.value(column, row, kind)?);
            }
            self.record(&self.rows.to_string(), &values)?;
            self.rows_shown += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        if self.rows == 0 {
            self.record("no rows", &[])?;
        }
        self.target.done()?;
        Ok(Summary { rows: self.rows, rows_shown: self.rows_shown, ..Summary::default() })
    }
}
