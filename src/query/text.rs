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

    /// The place where a function is called, in any case of letters; none if that is not one place.
    pub fn find_call(&self, function: &str) -> Option<Place> {
        let content = self.content.to_ascii_lowercase();
        only(self.words(function).filter(|span| content[span.end..].trim_start().starts_with('(')))
            .map(|span| self.place(span))
    }

    /// The place of a text that stands here once, in any case of letters.
    pub fn find_only(&self, wanted: &str) -> Option<Place> {
        let content = self.content.to_ascii_lowercase();
        let wanted = wanted.to_ascii_lowercase();
        only(content.match_indices(&wanted).map(|(start, found)| start..start + found.len()))
            .map(|span| self.place(span))
    }

    /// The last place of a word.
    pub fn find_last_word(&self, word: &str) -> Option<Place> {
        self.words(word).last().map(|span| self.place(span))
    }

    /// Whether a word stands here.
    pub fn has_word(&self, word: &str) -> bool {
        self.words(word).next().is_some()
    }

    /// How often a word stands here.
    pub fn count_words(&self, word: &str) -> usize {
        self.words(word).count()
    }

    /// Whether a word names a table here: it stands somewhere without a column after it.
    pub fn names_table(&self, word: &str) -> bool {
        self.words(word).any(|span| !self.content[span.end..].starts_with('.'))
    }

    /// The second place where a column gets a name: by `AS name`, or else by being it.
    pub fn second_name(&self, name: &str) -> Option<Place> {
        let follows_as = |span: &Range<usize>| {
            let before = self.content[..span.start].trim_end_matches('"').to_ascii_lowercase();
            before.trim_end() != before && before.trim_end().ends_with("as")
        };
        let second = match self.words(name).filter(follows_as).nth(1) {
            Some(span) => span,
            None => self.words(name).nth(1)?,
        };
        Some(self.place(second))
    }

    /// The places of a word, or of a text that is not part of longer words, in any case of letters.
    fn words(&self, word: &str) -> impl Iterator<Item = Range<usize>> + '_ {
        let content = self.content.to_ascii_lowercase();
        let word = word.to_ascii_lowercase();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let spans: Vec<_> = content
            .match_indices(&word)
            .map(|(start, found)| start..start + found.len())
            .filter(|span| !span.is_empty())
            .filter(|span| !(word.starts_with(is_word) && content[..span.start].ends_with(is_word)))
            .filter(|span| !(word.ends_with(is_word) && content[span.end..].starts_with(is_word)))
            .collect();
        spans.into_iter()
    }

    /// The place where a word first stands by itself, not as the beginning of a longer one.
    pub fn find_word(&self, word: &str) -> Option<Place> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let stands_alone = |start: &usize| !self.content[start + word.len()..].starts_with(is_word);
        let start = self.content.match_indices(word).map(|(start, _)| start).find(stands_alone)?;
        Some(self.place(start..start + word.len()))
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

/// The one item of an iterator that has just one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
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
    fn a_call_is_found_only_where_it_is_the_only_one() {
        let text = Text::new("t", "SELECT resum(1), SUM (2), sum");
        assert_eq!(text.find_call("sum").map(|place| place.span), Some(17..20));
        assert_eq!(Text::new("t", "SELECT sum(1), sum('a')").find_call("sum"), None);
    }

    #[test]
    fn the_second_of_two_names_is_found() {
        let text = Text::new("t", "SELECT a FROM (SELECT x AS a, y AS a, b, b)");
        assert_eq!(text.second_name("a").map(|place| place.span), Some(35..36));
        assert_eq!(text.second_name("b").map(|place| place.span), Some(41..42));
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let text = Text::new("t", "SELECT");
        assert_eq!(text.place_between((7, 3), (7, 3)).span, 6..6);
    }

    #[test]
    fn a_longer_word_is_not_the_word() {
        let text = Text::new("t", "SELECT $from_date, $from");
        assert_eq!(text.find_word("$from").unwrap().span, 19..24);
    }

    #[test]
    fn an_empty_range_takes_the_word() {
        let text = Text::new("t", "SELECT amount FROM");
        let place = text.place_between((1, 8), (1, 8));
        assert_eq!(&text.content()[place.span], "amount");
    }
}
