//! The exact line on which each record of a delimited text begins, while the text is read once.
//!
//! The CSV reader counts its own lines, but it does not see empty lines before a record, and takes `\r\n` apart.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, Read},
    rc::Rc,
};

/// Passes bytes on and notes where lines end.
pub(super) struct Watched<R> {
    reader: R,
    ends: Rc<RefCell<Ends>>,
}

/// The line ends that were read and not yet counted; the reader is at most one buffer ahead.
#[derive(Debug, Default)]
struct Ends {
    read: u64,
    waiting: VecDeque<(u64, u8)>,
}

/// Counts the lines before a record.
#[derive(Debug)]
pub(super) struct Lines {
    ends: Rc<RefCell<Ends>>,
    line: u64,
    last_return: Option<u64>,
}

/// A reader that is watched, and the lines that it passes.
pub(super) fn watch<R: Read>(reader: R) -> (Watched<R>, Lines) {
    let ends = Rc::new(RefCell::new(Ends::default()));
    (Watched { reader, ends: Rc::clone(&ends) }, Lines { ends, line: 1, last_return: None })
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        let mut ends = self.ends.borrow_mut();
        for (byte, at) in buffer[..length].iter().zip(ends.read..) {
            if matches!(byte, b'\n' | b'\r') {
                ends.waiting.push_back((at, *byte));
            }
        }
        ends.read += length as u64;
        Ok(length)
    }
}

impl Lines {
    /// The line of the record that begins at a byte, or after the empty lines there. Records come in their order.
    pub(super) fn of_record(&mut self, start: u64) -> u64 {
        let mut start = start;
        let mut ends = self.ends.borrow_mut();
        while let Some((at, byte)) = ends.waiting.front().copied() {
            if at > start {
                break;
            }
            start += u64::from(at == start);
            // `\r\n` is one line end.
            let second = byte == b'\n' && at > 0 && self.last_return == Some(at - 1);
            self.line += u64::from(!second);
            self.last_return = (byte == b'\r').then_some(at);
            ends.waiting.pop_front();
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &str) -> Vec<u64> {
        let (watched, mut lines) = watch(text.as_bytes());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(watched);
        let mut record = csv::ByteRecord::new();
        let mut found = Vec::new();
        while reader.read_byte_record(&mut record).expect("reads") {
            found.push(lines.of_record(record.position().expect("a position").byte()));
        }
        found
    }

    #[test]
    fn empty_lines_and_quoted_breaks_are_counted() {
        assert_eq!(lines_of("a\n1\n2\n"), [1, 2, 3]);
        assert_eq!(lines_of("a\r\n1\r\n\r\n2\r\n"), [1, 2, 4]);
        assert_eq!(lines_of("\n\na\n\n\"x\ny\"\n2"), [3, 5, 7]);
        assert_eq!(lines_of("a\r1\r2"), [1, 2, 3]);
        assert_eq!(lines_of("\u{feff}a\n1\n2\n"), [1, 2, 3]);
    }
}
