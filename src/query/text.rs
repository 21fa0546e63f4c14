//! A text the user wrote, under the name by which the user knows it. Finds lines, columns and places.

use std::{ops::Range, sync::Arc};

use crate::error::Place;

/// A text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    origin: Arc<str>,
    content: Arc<str>,
}

impl Text {
    /// Names a text: a file's path as given, or a name such as `<command line>`.
    pub fn new(origin: impl Into<Arc<str>>, content: impl Into<Arc<str>>) -> Self {
        Self { origin: origin.into(), content: content.into() }
    }

    /// The name of the text.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The text itself.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// A place given by bytes.
    pub fn place(&self, span: Range<usize>) -> Place {
        let end = span.end.min(self.content.len());
        Place {
            origin: Arc::clone(&self.origin),
            text: Arc::clone(&self.content),
            span: span.start.min(end)..end,
        }
    }

    /// The place from one line and column to another; both count from 1, columns in characters, the end excluded.
    ///
    /// An empty range is widened to the word that begins there, so that there is something to underline.
    pub fn place_between(&self, start: (u64, u64), end: (u64, u64)) -> Place {
        let from = self.offset(start);
        let to = self.offset(end);
        self.place(if to > from { from..to } else { self.word_at(from) })
    }

    /// The place of the first call of a function, in any case of letters.
    pub fn find_call(&self, function: &str) -> Option<Place> {
        let content = self.content.to_ascii_lowercase();
        let function = function.to_ascii_lowercase();
        content.match_indices(&function).map(|(start, _)| start..start + function.len()).find_map(|span| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let begins = !content[..span.start].ends_with(is_word);
            let is_called = content[span.end..].trim_start().starts_with('(');
            (begins && is_called).then(|| self.place(span))
        })
    }

    /// The bytes of the word, or else of the one character, that begins at a byte.
    pub fn word_at(&self, from: usize) -> Range<usize> {
        let rest = self.content.get(from..).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match rest.find(|c: char| !is_word(c)) {
            Some(0) => rest.chars().next().map_or(0, char::len_utf8),
            Some(length) => length,
            None => rest.len(),
        };
        from..from + length
    }

    fn offset(&self, (line, column): (u64, u64)) -> usize {
        let mut start = 0;
        for _ in 1..line {
            match self.content[start..].find('\n') {
                Some(length) => start += length + 1,
                None => return self.content.len(),
            }
        }
        let line_end = self.content[start..].find('\n').map_or(self.content.len(), |length| start + length);
        let characters = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        self.content[start..line_end]
            .char_indices()
            .nth(characters)
            .map_or(line_end, |(offset, _)| start + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = Text::new("t", "SELECT 'é',\n 'žluť', wrong");
        let place = text.place_between((2, 10), (2, 15));
        assert_eq!(&text.content()[place.span], "wrong");
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let text = Text::new("t", "SELECT");
        assert_eq!(text.place_between((7, 3), (7, 3)).span, 6..6);
    }

    #[test]
    fn an_empty_range_takes_the_word() {
        let text = Text::new("t", "SELECT amount FROM");
        let place = text.place_between((1, 8), (1, 8));
        assert_eq!(&text.content()[place.span], "amount");
    }
}
