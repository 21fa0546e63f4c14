//! The words of a text as the parser sees them: finds the place of what the syntax tree holds without one.

use datafusion::{
    error::DataFusionError,
    sql::sqlparser::{
        ast::Ident,
        dialect::Dialect,
        keywords::Keyword,
        parser::ParserError,
        tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer},
    },
};

use super::text::Text;
use crate::error::{Error, Place};

/// Words behind which a text begins a value; behind others, it is the name of the value before it.
const BEFORE_TEXTS: [Keyword; 32] = [
    Keyword::ALL,
    Keyword::AND,
    Keyword::ANY,
    Keyword::AS,
    Keyword::BETWEEN,
    Keyword::BOTH,
    Keyword::BY,
    Keyword::CASE,
    Keyword::DATE,
    Keyword::DISTINCT,
    Keyword::ELSE,
    Keyword::ESCAPE,
    Keyword::FOR,
    Keyword::FROM,
    Keyword::HAVING,
    Keyword::ILIKE,
    Keyword::IN,
    Keyword::INTERVAL,
    Keyword::LEADING,
    Keyword::LIKE,
    Keyword::NOT,
    Keyword::ON,
    Keyword::OR,
    Keyword::PLACING,
    Keyword::SELECT,
    Keyword::THEN,
    Keyword::TIME,
    Keyword::TIMESTAMP,
    Keyword::TO,
    Keyword::TRAILING,
    Keyword::WHEN,
    Keyword::WHERE,
];

/// Splits SQL into tokens, white space and comments among them.
pub(super) fn tokenize(sql: &str, dialect: &dyn Dialect) -> Result<Vec<TokenWithSpan>, DataFusionError> {
    Tokenizer::new(dialect, sql)
        .tokenize_with_location()
        .map_err(|error| DataFusionError::SQL(Box::new(ParserError::from(error)), None))
}

/// The tokens of a text without white space and comments.
pub(super) struct Words<'a> {
    text: &'a Text,
    tokens: Vec<&'a TokenWithSpan>,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a Text, tokens: &'a [TokenWithSpan]) -> Self {
        let tokens = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
        Self { text, tokens }
    }

    /// The tokens in their order.
    pub(super) fn tokens(&self) -> &[&'a TokenWithSpan] {
        &self.tokens
    }

    /// The place of a span.
    pub(super) fn place(&self, span: Span) -> Place {
        let Span { start, end } = span;
        self.text.place_between((start.line, start.column), (end.line, end.column))
    }

    /// The place of a phrase such as `FOR UPDATE`, the first one at or after a position.
    pub(super) fn find(&self, phrase: &str, from: Location) -> Option<Place> {
        let words: Vec<&str> = phrase.split(' ').collect();
        let first = self.tokens.partition_point(|token| token.span.start < from);
        let found = self.tokens[first..].windows(words.len()).find(|window| {
            window.iter().zip(&words).all(|(token, word)| token.token.to_string().eq_ignore_ascii_case(word))
        })?;
        Some(self.place(Span::new(found.first()?.span.start, found.last()?.span.end)))
    }

    /// Points an error at a phrase, if the phrase is found.
    pub(super) fn point(&self, error: Error, phrase: &str, from: Location) -> Error {
        match self.find(phrase, from) {
            Some(place) => error.at(place),
            None => error,
        }
    }

    /// Points an error at a span, if there is one.
    pub(super) fn point_at(&self, error: Error, span: Span) -> Error {
        match span == Span::empty() {
            true => error,
            false => error.at(self.place(span)),
        }
    }

    /// The token before a name and the one after it.
    pub(super) fn around(&self, name: &Ident) -> (Option<&Token>, Option<&Token>) {
        let at = self.tokens.partition_point(|token| token.span.start < name.span.start);
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        (before.map(|token| &token.token), self.tokens.get(at + 1).map(|token| &token.token))
    }

    /// The place of a text in quotes that stands directly behind another value.
    pub(super) fn find_behind_value(&self, text: &str) -> Option<Place> {
        let ends_value = |token: &Token| match token {
            Token::RParen | Token::RBracket | Token::Number(_, _) | Token::SingleQuotedString(_) => true,
            Token::Word(word) => !BEFORE_TEXTS.contains(&word.keyword),
            _ => false,
        };
        let is_text = |token: &Token| matches!(token, Token::SingleQuotedString(found) if found == text);
        let found =
            self.tokens.windows(2).find(|pair| ends_value(&pair[0].token) && is_text(&pair[1].token))?;
        Some(self.place(found[1].span))
    }

    /// Whether a name gives columns their table somewhere, as in `name.column`.
    pub(super) fn qualifies(&self, name: &str) -> bool {
        self.tokens.windows(2).any(|pair| {
            pair[1].token == Token::Period
                && matches!(&pair[0].token, Token::Word(word) if word.value.eq_ignore_ascii_case(name))
        })
    }
}
