//! The frame of a delimited text: what stands around the table, and quoting that is not that of CSV.
//!
//! Exports begin with titles, `sep=;` or comments, end with notes, escape quotes with a backslash or put spaces before
//! them. The frame says what of this a file has; [`FramedReader`] gives the text without it, as plain CSV.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use super::quoting::Quoting;

/// Bytes read at a time.
const BLOCK_BYTES: usize = 64 * 1024;

/// Lines that are left out and kept for a message.
const LINES_SHOWN_MAX: usize = 3;

/// What a file has around its table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frame {
    /// Lines above the table.
    pub(super) skip: u64,
    /// The line, from 1, with which what is below the table begins.
    pub(super) end: Option<u64>,
    /// The character with which lines begin that are comments.
    pub(super) comment: Option<u8>,
    /// How quotes are written.
    pub(super) quoting: Quoting,
}

impl Frame {
    /// Returns whether the text is plain CSV as it stands.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of the lines that are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// They stay as empty ones, which no reader takes for a row, so that lines keep their numbers.
    Emptied,
    /// They go.
    Dropped,
}

/// Comments that were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Comments {
    /// How many.
    pub(super) count: u64,
    /// The first ones.
    pub(super) first: Vec<String>,
}

/// Where in the text the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    /// In a line that is left out.
    LeftOut,
    FieldStart,
    Unquoted,
    Quoted,
    /// After an escape character within quotes.
    Escape,
    /// After a quote within quotes: its end, or the first of two.
    QuoteSeen,
    /// Between the end of a quoted field and the delimiter.
    AfterQuoted,
}

/// Gives the text of a table as plain CSV, without its frame.
pub(super) struct FramedReader<R> {
    reader: R,
    frame: Frame,
    delimiter: u8,
    quote: u8,
    lines: Lines,
    place: Place,
    /// The line, from 1.
    line: u64,
    previous: u8,
    /// Whether the last character was left out.
    leaves_out: bool,
    /// Spaces at the beginning of a field that may stand before a quote.
    spaces: usize,
    comment: Vec<u8>,
    is_comment: bool,
    comments: Comments,
    output: Vec<u8>,
    given: usize,
    at_end: bool,
}

impl<R: Read> FramedReader<R> {
    pub(super) fn new(reader: R, frame: &Frame, delimiter: u8, quote: u8, lines: Lines) -> Self {
        Self {
            reader,
            frame: frame.clone(),
            delimiter,
            quote,
            lines,
            place: Place::LineStart,
            line: 1,
            previous: 0,
            leaves_out: false,
            spaces: 0,
            comment: Vec::new(),
            is_comment: false,
            comments: Comments::default(),
            output: Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 8),
            given: 0,
            at_end: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut block = vec![0; BLOCK_BYTES];
        let length = self.reader.read(&mut block)?;
        self.output.clear();
        self.given = 0;
        for byte in &block[..length] {
            self.take(*byte);
        }
        if length == 0 {
            self.at_end = true;
            self.finish();
        }
        Ok(())
    }

    /// Returns the comments met so far.
    pub(super) fn comments(&self) -> &Comments {
        &self.comments
    }

    fn is_left_out(&self) -> bool {
        self.line <= self.frame.skip || self.frame.end.is_some_and(|end| self.line >= end)
    }

    fn take(&mut self, byte: u8) {
        let is_break = matches!(byte, b'\n' | b'\r');
        let is_second = byte == b'\n' && self.previous == b'\r';
        if self.place == Place::LineStart && !is_break {
            self.is_comment = self.frame.comment == Some(byte) && !self.is_left_out();
            self.place = match self.is_left_out() || self.is_comment {
                true => Place::LeftOut,
                false => Place::FieldStart,
            };
        }
        // A line end of two characters is left out as a whole, although its line is counted with the first.
        self.leaves_out = match is_second {
            true => self.leaves_out,
            false => self.place == Place::LeftOut || (self.place == Place::LineStart && self.is_left_out()),
        };
        match self.place {
            Place::LeftOut if !is_break => self.comment_byte(byte),
            _ if self.leaves_out => {
                if self.lines == Lines::Emptied {
                    self.output.push(byte);
                }
            }
            Place::Quoted | Place::Escape => self.within_quotes(byte),
            _ => self.outside_quotes(byte),
        }
        if is_break {
            // The end of a line is counted with its first character.
            self.line += u64::from(!is_second);
            if !matches!(self.place, Place::Quoted | Place::Escape) {
                self.end_comment();
                self.place = Place::LineStart;
            }
        }
        self.previous = byte;
    }

    fn within_quotes(&mut self, byte: u8) {
        let escape = self.frame.quoting.escape;
        match self.place {
            Place::Escape => {
                match byte {
                    _ if byte == self.quote => self.output.extend([byte, byte]),
                    _ if Some(byte) == escape => self.output.push(byte),
                    _ => self.output.extend(escape.into_iter().chain([byte])),
                }
                self.place = Place::Quoted;
            }
            _ if Some(byte) == escape => self.place = Place::Escape,
            _ if byte == self.quote => {
                self.output.push(byte);
                self.place = Place::QuoteSeen;
            }
            _ => self.output.push(byte),
        }
    }

    fn outside_quotes(&mut self, byte: u8) {
        let spaced = self.frame.quoting.spaced;
        match self.place {
            Place::QuoteSeen if byte == self.quote => self.place = Place::Quoted,
            Place::QuoteSeen | Place::AfterQuoted if spaced && byte == b' ' => {
                self.place = Place::AfterQuoted;
                return;
            }
            Place::FieldStart | Place::LineStart if byte == self.quote => {
                self.spaces = 0;
                self.place = Place::Quoted;
            }
            Place::FieldStart if spaced && byte == b' ' => {
                self.spaces += 1;
                return;
            }
            _ => {
                self.flush_spaces();
                self.place = if byte == self.delimiter { Place::FieldStart } else { Place::Unquoted };
            }
        }
        self.output.push(byte);
    }

    fn flush_spaces(&mut self) {
        self.output.extend(std::iter::repeat_n(b' ', std::mem::take(&mut self.spaces)));
    }

    fn comment_byte(&mut self, byte: u8) {
        if self.is_comment && self.comments.first.len() < LINES_SHOWN_MAX && self.comment.len() < 200 {
            self.comment.push(byte);
        }
    }

    fn end_comment(&mut self) {
        if !std::mem::take(&mut self.is_comment) {
            return;
        }
        self.comments.count += 1;
        let text = std::mem::take(&mut self.comment);
        if self.comments.first.len() < LINES_SHOWN_MAX {
            self.comments.first.push(String::from_utf8_lossy(&text).trim().to_owned());
        }
    }

    fn finish(&mut self) {
        self.flush_spaces();
        self.end_comment();
        if self.place == Place::Escape {
            self.output.extend(self.frame.quoting.escape);
        }
    }
}

impl<R: Read> Read for FramedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.at_end {
                return Ok(0);
            }
            self.refill()?;
        }
        let rest = &self.output[self.given..];
        let length = buffer.len().min(rest.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(text: &str, frame: &Frame, lines: Lines) -> String {
        let mut plain = String::new();
        FramedReader::new(text.as_bytes(), frame, b',', b'"', lines)
            .read_to_string(&mut plain)
            .expect("reads");
        plain
    }

    #[test]
    fn lines_around_the_table_are_emptied_or_dropped() {
        let frame = Frame { skip: 2, end: Some(6), comment: Some(b'#'), ..Frame::default() };
        let text = "Report\r\n\r\na,b\r\n# \"note\n1,2\n\nTotal\n\"x\n";
        assert_eq!(framed(text, &frame, Lines::Emptied), "\r\n\r\na,b\r\n\n1,2\n\n\n\n");
        assert_eq!(framed(text, &frame, Lines::Dropped), "a,b\r\n1,2\n");
    }

    #[test]
    fn a_comment_character_within_quotes_is_text() {
        let frame = Frame { comment: Some(b'#'), ..Frame::default() };
        assert_eq!(framed("a,\"x\n#y\"\n#z", &frame, Lines::Dropped), "a,\"x\n#y\"\n");
    }

    #[test]
    fn escapes_become_doubled_quotes() {
        let frame = Frame { quoting: Quoting { escape: Some(b'\\'), spaced: false }, ..Frame::default() };
        let text = r#"a\b,"x \"y\" \\ \n","""#;
        assert_eq!(framed(text, &frame, Lines::Emptied), r#"a\b,"x ""y"" \ \n","""#);
    }

    #[test]
    fn spaces_around_quoted_fields_go() {
        let frame = Frame { quoting: Quoting { escape: None, spaced: true }, ..Frame::default() };
        let text = "a, \"b, c\" ,  d ,\"e\"\"f\"\n \"g\", h\n";
        assert_eq!(framed(text, &frame, Lines::Emptied), "a,\"b, c\",  d ,\"e\"\"f\"\n\"g\", h\n");
    }
}
