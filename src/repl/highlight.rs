//! Colours for what is typed. The text stays the same, only escapes are added.

use std::ops::Range;

use datafusion::sql::sqlparser::{
    dialect::Dialect,
    tokenizer::{Token, Whitespace},
};

use super::{
    keywords::is_keyword,
    tokens::{Ending, Spanned, tokens},
};

const KEYWORD: &str = "\x1b[1;34m";
const TEXT: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[36m";
const PARAMETER: &str = "\x1b[35m";
const FUNCTION: &str = "\x1b[33m";
const COMMENT: &str = "\x1b[90m";
const COMMAND: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

/// The line with colours; `pending` are the lines of the statement that were entered before.
pub(super) fn highlight(pending: &str, line: &str, dialect: &dyn Dialect) -> String {
    let indent = line.len() - line.trim_start().len();
    if line[indent..].starts_with('\\') {
        let name_end = line[indent..].find(char::is_whitespace).map_or(line.len(), |length| indent + length);
        return paint(line, [(0..name_end, COMMAND)]);
    }
    let text = format!("{pending}{line}");
    let (tokens, ending) = tokens(&text, dialect);
    let mut parts: Vec<_> = tokens
        .iter()
        .enumerate()
        .filter_map(|(index, token)| Some((token.span.clone(), color(token, tokens.get(index + 1))?)))
        .collect();
    if let Ending::Inside(open) = ending {
        let color = if text[open..].starts_with("/*") { COMMENT } else { TEXT };
        parts.push((open..text.len(), color));
    }
    let begin = pending.len();
    let of_line = parts
        .into_iter()
        .filter(|(span, _)| span.end > begin)
        .map(|(span, color)| (span.start.saturating_sub(begin)..span.end - begin, color));
    paint(line, of_line)
}

fn color(token: &Spanned, next: Option<&Spanned>) -> Option<&'static str> {
    Some(match &token.token {
        Token::Word(word) if word.quote_style.is_some() => return None,
        Token::Word(word) if is_keyword(&word.value) => KEYWORD,
        Token::Word(_) if next.is_some_and(|next| next.token == Token::LParen) => FUNCTION,
        Token::SingleQuotedString(_) | Token::DollarQuotedString(_) | Token::EscapedStringLiteral(_) => TEXT,
        Token::Number(..) => NUMBER,
        Token::Placeholder(_) => PARAMETER,
        Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => COMMENT,
        _ => return None,
    })
}

fn paint(line: &str, parts: impl IntoIterator<Item = (Range<usize>, &'static str)>) -> String {
    let mut painted = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for (span, color) in parts {
        painted.push_str(&line[at..span.start]);
        painted.push_str(color);
        painted.push_str(&line[span.clone()]);
        painted.push_str(RESET);
        at = span.end;
    }
    painted.push_str(&line[at..]);
    painted
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    #[test]
    fn a_line_is_painted_in_the_light_of_the_lines_before() {
        let dialect = GenericDialect {};
        assert_eq!(
            highlight("", "SELECT sum(x), 'é' -- é", &dialect),
            "\x1b[1;34mSELECT\x1b[0m \x1b[33msum\x1b[0m(x), \x1b[32m'é'\x1b[0m \x1b[90m-- é\x1b[0m"
        );
        assert_eq!(highlight("SELECT 'a\n", "b' + 1", &dialect), "\x1b[32mb'\x1b[0m + \x1b[36m1\x1b[0m");
        assert_eq!(highlight("SELECT /* a\n", "from", &dialect), "\x1b[90mfrom\x1b[0m");
        assert_eq!(highlight("", "\\d from", &dialect), "\x1b[1m\\d\x1b[0m from");
    }
}
