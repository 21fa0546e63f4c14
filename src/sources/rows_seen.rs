//! What the rows of a delimited file show while it is read once.

use super::facts::Facts;

/// What the rows of a file show.
pub(super) struct Table {
    pub(super) columns: Vec<Facts>,
    pub(super) rows: u64,
    pub(super) line_breaks: bool,
    pub(super) last_field_breaks: bool,
    decodes: bool,
    /// The first line with letters that could not be decoded, and how many rows have such.
    pub(super) undecodable: Option<(u64, u64)>,
}

impl Table {
    /// Returns the table before its first row; `decodes` if letters may be lost in decoding.
    pub(super) fn new(columns: Vec<Facts>, decodes: bool) -> Self {
        Self { columns, rows: 0, line_breaks: false, last_field_breaks: false, decodes, undecodable: None }
    }

    /// Looks at a row, which may be the header.
    pub(super) fn look(&mut self, record: &csv::ByteRecord, line: u64) {
        let breaks = record.as_slice().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        self.line_breaks |= breaks;
        self.last_field_breaks =
            breaks && record.iter().next_back().is_some_and(|field| field.contains(&b'\n'));
        if self.decodes && record.as_slice().windows(3).any(|letter| letter == "\u{fffd}".as_bytes()) {
            let (_, count) = self.undecodable.get_or_insert((line, 0));
            *count += 1;
        }
    }

    /// Takes a row into account.
    pub(super) fn add(&mut self, record: &csv::ByteRecord, line: u64) {
        self.rows += 1;
        self.look(record, line);
        for (facts, field) in self.columns.iter_mut().zip(record) {
            facts.observe(line, field);
        }
    }
}

/// The line breaks within a record.
pub(super) fn breaks(record: &csv::ByteRecord) -> u64 {
    record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Whether a quote within a value comes after a backslash, so that it did not end the value.
pub(super) fn is_escaped(record: &csv::ByteRecord, quote: u8) -> bool {
    let bytes = record.as_slice();
    bytes.contains(&b'\\')
        && bytes.contains(&quote)
        && record.iter().any(|field| {
            let open = field.iter().position(|byte| *byte == b'\\');
            open.is_some_and(|at| field[at..].contains(&quote))
        })
}
