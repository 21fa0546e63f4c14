//! Notes below a table: the last rows of a file, if they are no rows of the table.
//!
//! Reports end with "Generated on …", after an empty line or filled up with delimiters. Such rows wait until the file
//! ends; if a row of the table follows, they were rows of the table themselves, or do not fit it.

use csv::ByteRecord;

/// More rows than this are no notes.
const NOTES_MAX: usize = 50;

/// A row that waits.
pub(super) struct Waiting {
    /// The byte at which it begins.
    pub(super) start: u64,
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) record: ByteRecord,
}

/// What is to be done with a row, and with those that wait.
pub(super) enum Step {
    /// It is one of the table.
    Row,
    /// It waits.
    Wait,
    /// Those that wait are of the table; then the same row again.
    Release,
    /// The row that is given does not fit the table.
    Misfit(Waiting),
}

/// The rows that may be notes.
pub(super) struct Notes {
    fields: usize,
    waiting: Vec<Waiting>,
}

fn filled(record: &ByteRecord) -> usize {
    record.iter().filter(|field| !field.trim_ascii().is_empty()).count()
}

/// Whether it is nothing but the character with which DOS ended files.
fn is_end_mark(record: &ByteRecord) -> bool {
    record.len() == 1 && record.as_slice().trim_ascii() == b"\x1a"
}

impl Notes {
    /// Returns the notes below a table of so many columns.
    pub(super) fn below(fields: usize) -> Self {
        Self { fields, waiting: Vec::new() }
    }

    /// Decides about a row.
    pub(super) fn take(&mut self, start: u64, line: u64, record: &ByteRecord) -> Step {
        let fits = record.len() == self.fields;
        if self.waiting.is_empty() && fits && (self.fields < 2 || !record.as_slice().trim_ascii().is_empty())
        {
            // The usual row; only one without any value may be the first of the notes.
            return match self.fields == 1 && is_end_mark(record) {
                true => self.wait(start, line, record),
                false => Step::Row,
            };
        }
        let is_row = fits && filled(record) > usize::from(self.fields > 2);
        if is_row || self.waiting.len() == NOTES_MAX {
            return match self.waiting.iter().position(|waiting| waiting.record.len() != self.fields) {
                Some(at) => Step::Misfit(self.waiting.swap_remove(at)),
                None if self.waiting.is_empty() => Step::Row,
                None => Step::Release,
            };
        }
        if record.len() > self.fields {
            let at = self.waiting.iter().position(|waiting| waiting.record.len() != self.fields);
            let record = record.clone();
            return Step::Misfit(
                at.map_or(Waiting { start, line, record }, |at| self.waiting.swap_remove(at)),
            );
        }
        self.wait(start, line, record)
    }

    fn wait(&mut self, start: u64, line: u64, record: &ByteRecord) -> Step {
        self.waiting.push(Waiting { start, line, record: record.clone() });
        Step::Wait
    }

    /// Returns the rows that wait, which are of the table.
    pub(super) fn release(&mut self) -> Vec<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Returns the rows that waited when the file ended: those of the table, and the notes.
    ///
    /// # Errors
    /// A row that is no note and does not fit; `is_set_apart` says whether an empty line stands before a row, and
    /// `is_cut` whether the file ends without a line end.
    pub(super) fn finish<E>(
        mut self,
        is_cut: bool,
        is_set_apart: impl FnOnce(&Waiting) -> Result<bool, E>,
    ) -> Result<(Vec<Waiting>, Vec<Waiting>), EndError<E>> {
        let Some(first) = self.waiting.iter().position(|waiting| filled(&waiting.record) > 0) else {
            return Ok((self.waiting, Vec::new()));
        };
        let is_mark = self.waiting[first..].iter().all(|waiting| is_end_mark(&waiting.record));
        let after_empty_row = first > 0;
        let begins = &self.waiting[first];
        let is_note = is_mark
            || after_empty_row
            || (begins.record.len() == 1 && self.fields > 1 && !is_cut)
            || is_set_apart(begins).map_err(EndError::Reading)?;
        match is_note {
            true => {
                let notes = self.waiting.split_off(if is_mark { first } else { 0 });
                Ok((self.waiting, notes))
            }
            false => Err(EndError::Misfit(Box::new(self.waiting.swap_remove(first)))),
        }
    }
}

/// Why rows at the end are no notes.
pub(super) enum EndError<E> {
    /// A row does not fit the table.
    Misfit(Box<Waiting>),
    /// The file could not be read again.
    Reading(E),
}

/// Returns a note as a message shows it.
pub(super) fn shown(record: &ByteRecord) -> String {
    let parts = record.iter().filter(|field| !field.is_empty()).map(String::from_utf8_lossy);
    parts.collect::<Vec<_>>().join(" ").trim().chars().take(60).collect()
}
