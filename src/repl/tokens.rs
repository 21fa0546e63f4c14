//! The tokens of a text with their bytes, also of a text that is still being typed. Knows no grammar.

use std::ops::Range;

use datafusion::sql::sqlparser::{
    dialect::Dialect,
    keywords::Keyword,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError},
};

/// A token and where it stands.
#[derive(Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

impl Spanned {
    /// Whether it is neither white space nor a comment.
    pub(super) fn is_significant(&self) -> bool {
        !matches!(self.token, Token::Whitespace(_))
    }

    /// Whether it is this keyword, in any letter case.
    pub(super) fn is_keyword(&self, keyword: Keyword) -> bool {
        matches!(&self.token, Token::Word(word) if word.keyword == keyword && word.quote_style.is_none())
    }

    /// The name it stands for, as SQL sees it: in lower case, unless it is written in double quotes.
    pub(super) fn name(&self) -> Option<String> {
        match &self.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
            Token::Word(word) => Some(word.value.clone()),
            _ => None,
        }
    }
}

/// How a text ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// After a whole token.
    Whole,
    /// Inside a string, a comment or a quoted name that begins at this byte.
    Inside(usize),
    /// With something at this byte that can never become a token.
    Malformed(usize),
}

/// The tokens of a text, white space included, and how it ends.
pub(super) fn tokens(text: &str, dialect: &dyn Dialect) -> (Vec<Spanned>, Ending) {
    let mut found: Vec<TokenWithSpan> = Vec::new();
    // Unchanged, so that the text of a quoted token can be compared with what was typed.
    let result =
        Tokenizer::new(dialect, text).with_unescape(false).tokenize_with_location_into_buf(&mut found);
    let mut cursor = Cursor { text, location: Location { line: 1, column: 1 }, offset: 0 };
    let tokens: Vec<_> = found
        .into_iter()
        .map(|found| {
            let start = cursor.advance(found.span.start);
            Spanned { span: start..cursor.advance(found.span.end), token: found.token }
        })
        .collect();
    let end = cursor.offset;
    let ending = match result {
        Ok(()) => Ending::Whole,
        Err(error) if is_unfinished(&error) => Ending::Inside(end),
        Err(_) => Ending::Malformed(end),
    };
    (tokens, ending)
}

/// Whether more text could still make a token of it; the tokenizer says so in words only.
fn is_unfinished(error: &TokenizerError) -> bool {
    error.message.contains("Unterminated") || error.message.contains("EOF")
}

/// Walks from location to location, once through the text.
struct Cursor<'a> {
    text: &'a str,
    location: Location,
    offset: usize,
}

impl Cursor<'_> {
    fn advance(&mut self, to: Location) -> usize {
        while (self.location.line, self.location.column) < (to.line, to.column) {
            let Some(character) = self.text[self.offset..].chars().next() else { break };
            self.offset += character.len_utf8();
            match character {
                '\n' => self.location = Location { line: self.location.line + 1, column: 1 },
                _ => self.location.column += 1,
            }
        }
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    #[test]
    fn spans_are_bytes_whatever_the_characters() {
        let text = "SELECT 'žluť',\n\t\"é\" -- ž\n;";
        let (tokens, ending) = tokens(text, &GenericDialect {});
        let joined: String = tokens.iter().map(|token| &text[token.span.clone()]).collect();
        assert_eq!(joined, text);
        assert_eq!(ending, Ending::Whole);
        let semicolon = tokens.last().map(|token| &text[token.span.clone()]);
        assert_eq!(semicolon, Some(";"));
    }

    #[test]
    fn what_is_open_is_found_where_it_begins() {
        let ending = |text: &str| tokens(text, &GenericDialect {}).1;
        assert_eq!(ending("SELECT 'a;"), Ending::Inside(7));
        assert_eq!(ending("SELECT \"a;"), Ending::Inside(7));
        assert_eq!(ending("SELECT /* a;"), Ending::Inside(7));
        assert_eq!(ending("SELECT $$ a;"), Ending::Inside(7));
        assert_eq!(ending("SELECT $tag$ a; $$"), Ending::Inside(7));
    }
}
