//! Turns a parser's error into a message that points at the text.

use datafusion::{error::DataFusionError, sql::sqlparser::parser::ParserError};

use super::text::Text;
use crate::error::Error;

/// The parser tells the place only as text, at the end of its message.
const POSITION: &str = " at Line: ";

pub(super) fn syntax_error(text: &Text, error: DataFusionError) -> Error {
    let DataFusionError::SQL(parser_error, _) = error.find_root() else {
        return Error::query(format!("the statement cannot be read: {}", error.strip_backtrace()));
    };
    let message = match parser_error.as_ref() {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
        ParserError::RecursionLimitExceeded => {
            return Error::query("the statement is nested too deeply")
                .hint("split it into common table expressions (`WITH name AS (…)`)");
        }
    };
    let (message, position) = match message.rsplit_once(POSITION) {
        Some((message, position)) => (message, parse_position(position)),
        None => (message, None),
    };
    let error = Error::query(format!("syntax error: {}", wording(message)));
    let error = match hint(message, text) {
        Some(hint) => error.hint(hint),
        None => error,
    };
    match position {
        Some(position) => error.at(text.place_between(position, position)),
        // The end of the text has no position of its own.
        None => {
            let end = text.content().trim_end().len();
            error.at(text.place(end..end))
        }
    }
}

/// Reads `3, Column: 8`.
fn parse_position(text: &str) -> Option<(u64, u64)> {
    let (line, column) = text.split_once(", Column: ")?;
    let digits = column.split(|c: char| !c.is_ascii_digit()).next()?;
    // A position of 0, 0 stands for the end of the text.
    Some((line.parse().ok()?, digits.parse().ok()?)).filter(|(line, _)| *line > 0)
}

fn wording(message: &str) -> String {
    if let Some((expected, found)) =
        message.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "))
    {
        let found = match found {
            "EOF" => "the end of the text".to_owned(),
            found => format!("`{found}`"),
        };
        return format!("expected {expected}, found {found}");
    }
    if message.contains("EOF while in a multi-line comment") {
        return "a comment is not closed".to_owned();
    }
    if message.starts_with("Expected close delimiter") {
        return "a name in double quotes is not closed".to_owned();
    }
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().collect::<String>() + characters.as_str(),
        None => "the statement cannot be read".to_owned(),
    }
}

fn starts_with_from(text: &Text) -> bool {
    text.content().split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("FROM"))
}

fn hint(message: &str, text: &Text) -> Option<&'static str> {
    if message.contains("Unterminated string literal") {
        Some("close the text with `'`; write a quote inside it twice: `''`")
    } else if message.contains("Unexpected EOF while in a multi-line comment") {
        Some("close the comment with `*/`")
    } else if message.starts_with("Expected close delimiter") {
        Some("close the name with `\"`; a text stands in single quotes")
    } else if starts_with_from(text) && ["WHERE", "GROUP"].iter().any(|word| message.ends_with(word)) {
        Some("write `SELECT * FROM …`: without SELECT, only ORDER BY and LIMIT can stand behind a table")
    } else if message.ends_with("found: ORDER") {
        Some("write `ORDER BY`; it comes after WHERE, GROUP BY and HAVING")
    } else if message.ends_with("found: GROUP") {
        Some("write `GROUP BY`; it comes after WHERE and before ORDER BY")
    } else if text.count_words("case") > text.count_words("end") {
        Some("end `CASE` with `END`")
    } else if message.contains("found: EOF") && message.contains("Expected: )") {
        Some("close the parenthesis with `)`")
    } else {
        None
    }
}
