//! A table in a box, cut to the terminal.
//!
//! Numbers are never cut while anything else can give way: half a number is a wrong number. Rows are laid
//! out in portions of [`PORTION_ROWS`], so that memory stays bounded; when a later portion needs wider
//! columns, the box is closed and a new one opened. NULL is shown as `NULL`, an empty text as nothing.

use std::collections::BTreeSet;

use arrow::{array::RecordBatch, datatypes::Fields};

use super::{
    Sink, Style, Summary,
    layout::{Slot, Wish, lay_out},
    screen,
    target::Target,
    text::{self, Kind},
};
use crate::error::Result;

/// Rows whose widths are looked at together.
const PORTION_ROWS: usize = 10_000;

/// A portion also ends when its text is this long: ten thousand documents are too much to hold.
const PORTION_BYTES: usize = 16 * 1024 * 1024;

/// A text column is cut down to this before columns are left out.
const TEXT_WIDTH_LEAST: usize = 12;

/// A number's heading may be cut to this.
const HEADING_WIDTH_LEAST: usize = 12;

pub(super) struct Table {
    target: Target,
    width: Option<usize>,
    rows_max: u64,
    color: bool,
    columns: Vec<Heading>,
    portion: Portion,
    layout: Option<Vec<Slot>>,
    hidden: BTreeSet<usize>,
    rows: u64,
    rows_shown: u64,
    raw: String,
    line: String,
}

struct Heading {
    name: String,
    /// As it is shown: with control characters made visible.
    shown: String,
    kind: Kind,
    /// The width of the widest cell so far.
    cells_width: usize,
}

/// The cells of some rows, in one string.
#[derive(Default)]
struct Portion {
    text: String,
    cells: Vec<Cell>,
    rows: usize,
}

struct Cell {
    end: usize,
    look: Look,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Ordinary,
    Heading,
    Negative,
    Null,
}

impl Table {
    pub(super) fn open(fields: &Fields, target: Target, style: &Style) -> Self {
        let columns = fields.iter().map(|field| {
            let mut shown = String::new();
            screen::push_visible(field.name(), &mut shown);
            Heading { name: field.name().clone(), shown, kind: Kind::of(field.data_type()), cells_width: 0 }
        });
        Self {
            target,
            width: style.width,
            rows_max: style.rows_max.map_or(u64::MAX, |rows| rows as u64),
            color: style.color,
            columns: columns.collect(),
            portion: Portion::default(),
            layout: None,
            hidden: BTreeSet::new(),
            rows: 0,
            rows_shown: 0,
            raw: String::new(),
            line: String::new(),
        }
    }

    fn push_row(&mut self, columns: &[text::Column<'_>], row: usize) -> Result<()> {
        for (column, heading) in columns.iter().zip(&mut self.columns) {
            let start = self.portion.text.len();
            let look = if column.is_null(row) {
                self.portion.text.push_str(text::NULL);
                Look::Null
            } else {
                self.raw.clear();
                column.write(row, &mut self.raw)?;
                screen::push_visible(&self.raw, &mut self.portion.text);
                if heading.kind.is_negative(&self.raw) { Look::Negative } else { Look::Ordinary }
            };
            let mut width = screen::width(&self.portion.text[start..]);
            // More than the terminal is wide will not be shown, so it need not be kept.
            if let Some(limit) = self.width.filter(|limit| width > *limit + 1) {
                let kept = screen::cut(&self.portion.text[start..], limit + 1).0.len();
                self.portion.text.truncate(start + kept);
                self.portion.text.push(screen::ELLIPSIS);
                width = limit + 1;
            }
            heading.cells_width = heading.cells_width.max(width);
            self.portion.cells.push(Cell { end: self.portion.text.len(), look });
        }
        self.portion.rows += 1;
        self.rows_shown += 1;
        Ok(())
    }

    fn flush_portion(&mut self) -> Result<()> {
        let wishes: Vec<Wish> = self.columns.iter().map(Heading::wish).collect();
        let layout = lay_out(&wishes, self.width);
        if self.layout.as_ref() != Some(&layout) {
            if let Some(previous) = self.layout.take() {
                self.rule(&previous, ["╰", "┴", "╯"])?;
            }
            self.open_box(&layout)?;
            let shown = |index: &usize| {
                layout.iter().any(|slot| matches!(slot, Slot::Column { index: it, .. } if it == index))
            };
            self.hidden.extend((0..self.columns.len()).filter(|index| !shown(index)));
        }
        let portion = std::mem::take(&mut self.portion);
        let mut start = 0;
        let mut texts = Vec::with_capacity(self.columns.len());
        for cells in portion.cells.chunks(self.columns.len().max(1)) {
            texts.clear();
            for cell in cells {
                texts.push((&portion.text[start..cell.end], cell.look));
                start = cell.end;
            }
            self.row(&layout, &texts)?;
        }
        self.layout = Some(layout);
        Ok(())
    }

    fn open_box(&mut self, layout: &[Slot]) -> Result<()> {
        self.rule(layout, ["╭", "┬", "╮"])?;
        let headings: Vec<String> = self.columns.iter().map(|heading| heading.shown.clone()).collect();
        let cells: Vec<_> = headings.iter().map(|heading| (heading.as_str(), Look::Heading)).collect();
        self.row(layout, &cells)?;
        self.rule(layout, ["├", "┼", "┤"])
    }

    fn rule(&mut self, layout: &[Slot], [left, middle, right]: [&str; 3]) -> Result<()> {
        self.line.clear();
        self.paint(screen::DIM);
        for (place, slot) in layout.iter().enumerate() {
            self.line.push_str(if place == 0 { left } else { middle });
            self.line.extend(std::iter::repeat_n('─', slot.width() + 2));
        }
        self.line.push_str(right);
        self.paint(screen::RESET);
        self.line.push('\n');
        self.target.text(&self.line)
    }

    fn row(&mut self, layout: &[Slot], cells: &[(&str, Look)]) -> Result<()> {
        self.line.clear();
        for slot in layout {
            self.border();
            self.line.push(' ');
            match slot {
                Slot::Gap => self.line.push(screen::ELLIPSIS),
                Slot::Column { index, width } => {
                    let (text, look) = cells[*index];
                    let is_right = self.columns[*index].kind.is_number();
                    self.cell(text, look, *width, is_right);
                }
            }
            self.line.push(' ');
        }
        self.border();
        self.line.push('\n');
        self.target.text(&self.line)
    }

    fn cell(&mut self, text: &str, look: Look, columns: usize, is_right: bool) {
        let (text, is_cut, width) = screen::cut(text, columns);
        let padding = columns.saturating_sub(width);
        if is_right {
            self.line.extend(std::iter::repeat_n(' ', padding));
        }
        let paint = match look {
            Look::Ordinary => "",
            Look::Heading => screen::BOLD,
            Look::Negative => screen::RED,
            Look::Null => screen::DIM,
        };
        self.paint(paint);
        self.line.push_str(text);
        if is_cut {
            self.line.push(screen::ELLIPSIS);
        }
        if !paint.is_empty() {
            self.paint(screen::RESET);
        }
        if !is_right {
            self.line.extend(std::iter::repeat_n(' ', padding));
        }
    }

    fn border(&mut self) {
        self.paint(screen::DIM);
        self.line.push('│');
        self.paint(screen::RESET);
    }

    fn paint(&mut self, escape: &str) {
        if self.color {
            self.line.push_str(escape);
        }
    }
}

impl Heading {
    fn wish(&self) -> Wish {
        let heading_width = screen::width(&self.shown);
        let natural = self.cells_width.max(heading_width);
        let least = match self.kind {
            Kind::Text => natural.min(TEXT_WIDTH_LEAST),
            _ => self.cells_width.max(heading_width.min(HEADING_WIDTH_LEAST)),
        };
        Wish { natural, least }
    }
}

impl Sink for Table {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = text::columns(batch)?;
        for row in 0..batch.num_rows() {
            if self.rows_shown == self.rows_max {
                break;
            }
            self.push_row(&columns, row)?;
            if self.portion.rows >= PORTION_ROWS || self.portion.text.len() >= PORTION_BYTES {
                self.flush_portion()?;
            }
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Summary> {
        if self.portion.rows > 0 || self.layout.is_none() {
            self.flush_portion()?;
        }
        if let Some(layout) = self.layout.take() {
            self.rule(&layout, ["╰", "┴", "╯"])?;
        }
        self.target.done()?;
        let columns_hidden = self.hidden.iter().map(|index| self.columns[*index].name.clone()).collect();
        Ok(Summary { rows: self.rows, rows_shown: self.rows_shown, columns_hidden, ..Summary::default() })
    }
}
