//! What is being typed at the cursor, and which tables the statement names. Looks at tokens only, not at the session.

use datafusion::sql::sqlparser::{dialect::Dialect, keywords::Keyword, tokenizer::Token};

use super::tokens::{Ending, Spanned, tokens};

/// What the cursor stands in or after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The first word of a statement.
    Start,
    /// The name of a table.
    Table,
    /// A column after `table.`.
    ColumnOf(String),
    /// Anywhere else.
    Expression,
    /// A path in quotes, where a table or a file is expected.
    Path,
    /// A text, a comment, a number: nothing can be known.
    Unknown,
}

/// A table that the statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// What columns may be qualified with: the alias, or else the table's name.
    pub(super) qualifier: String,
    /// The table's name.
    pub(super) table: String,
}

/// What is known of the cursor's place.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) place: Place,
    /// Where the word at the cursor begins, in bytes of the text.
    pub(super) start: usize,
    /// The tables of the statement, before and after the cursor.
    pub(super) tables: Vec<Named>,
    /// The names that the statement's `WITH` defines.
    pub(super) common_tables: Vec<String>,
}

/// Looks at the statement around the cursor.
pub(super) fn context(text: &str, cursor: usize, dialect: &dyn Dialect) -> Context {
    let (left, ending) = tokens(&text[..cursor], dialect);
    let first = left.iter().rposition(|token| token.token == Token::SemiColon).map_or(0, |index| index + 1);
    let mut left: Vec<_> = left[first..].iter().filter(|token| token.is_significant()).collect();
    let begin = left.first().map_or(cursor, |token| token.span.start);
    let whole = statement_tokens(text, begin, dialect);
    let tables = named_tables(&whole);
    let common_tables = common_tables(&whole);
    let with = |place, start| Context { place, start, tables, common_tables };
    match ending {
        Ending::Inside(open) if text[open..].starts_with('"') => with(place_of(&left), open),
        Ending::Inside(open) if text[open..].starts_with('\'') && expects_path(&left) => {
            with(Place::Path, open + 1)
        }
        Ending::Inside(_) | Ending::Malformed(_) => with(Place::Unknown, cursor),
        Ending::Whole => match left.last() {
            Some(last) if last.span.end == cursor && matches!(last.token, Token::Word(_)) => {
                let start = last.span.start;
                left.pop();
                with(place_of(&left), start)
            }
            Some(last) if last.span.end == cursor && matches!(last.token, Token::Number(..)) => {
                with(Place::Unknown, cursor)
            }
            _ => with(place_of(&left), cursor),
        },
    }
}

/// What may follow these tokens.
fn place_of(before: &[&Spanned]) -> Place {
    match before {
        [] => Place::Start,
        [.., qualifier, dot] if dot.token == Token::Period => match qualifier.name() {
            Some(name) => Place::ColumnOf(name),
            None => Place::Unknown,
        },
        [.., last] if introduces_table(last) => Place::Table,
        [.., last] if last.token == Token::Comma && is_in_from_list(before) => Place::Table,
        _ => Place::Expression,
    }
}

fn introduces_table(token: &Spanned) -> bool {
    [Keyword::FROM, Keyword::JOIN, Keyword::INTO, Keyword::TABLE, Keyword::DESCRIBE, Keyword::VIEW]
        .into_iter()
        .any(|keyword| token.is_keyword(keyword))
}

/// Whether a text in single quotes is a path here: `FROM '`, `LOCATION '`, `TO '`.
fn expects_path(before: &[&Spanned]) -> bool {
    before.last().is_some_and(|last| {
        introduces_table(last) || last.is_keyword(Keyword::LOCATION) || last.is_keyword(Keyword::TO)
    }) || is_in_from_list(before)
}

/// Whether the tokens end with `FROM a x, b,` of a list that is still open.
fn is_in_from_list(before: &[&Spanned]) -> bool {
    if before.last().is_none_or(|last| last.token != Token::Comma) {
        return false;
    }
    let list = before.iter().rev().take_while(|token| {
        !introduces_table(token)
            && (matches!(token.token, Token::Comma | Token::Period | Token::SingleQuotedString(_))
                || token.is_keyword(Keyword::AS)
                || matches!(&token.token, Token::Word(word) if !super::keywords::is_keyword(&word.value)))
    });
    let length = list.count();
    length < before.len() && before[before.len() - length - 1].is_keyword(Keyword::FROM)
}

/// The tokens of the statement that begins at a byte, up to its semicolon.
fn statement_tokens(text: &str, begin: usize, dialect: &dyn Dialect) -> Vec<Spanned> {
    let (mut whole, _) = tokens(&text[begin..], dialect);
    if let Some(end) = whole.iter().position(|token| token.token == Token::SemiColon) {
        whole.truncate(end);
    }
    whole.retain(Spanned::is_significant);
    whole
}

fn named_tables(tokens: &[Spanned]) -> Vec<Named> {
    let mut named = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !introduces_table(&tokens[at]) {
            at += 1;
            continue;
        }
        at += 1;
        // A list of tables, each perhaps with an alias.
        while let Some((table, after)) = table_at(tokens, at) {
            at = after;
            named.push(table);
            match tokens.get(at) {
                Some(token) if token.token == Token::Comma => at += 1,
                _ => break,
            }
        }
    }
    named
}

/// The table whose name stands at an index, and the index after it and its alias.
fn table_at(tokens: &[Spanned], mut at: usize) -> Option<(Named, usize)> {
    let is_name = |token: &Spanned| match &token.token {
        Token::Word(word) => word.quote_style.is_some() || !super::keywords::is_keyword(&word.value),
        _ => false,
    };
    let mut table = tokens.get(at).filter(|token| is_name(token))?.name()?;
    at += 1;
    while tokens.get(at).is_some_and(|token| token.token == Token::Period) {
        table = tokens.get(at + 1)?.name()?;
        at += 2;
    }
    if tokens.get(at).is_some_and(|token| token.is_keyword(Keyword::AS)) {
        at += 1;
    }
    match tokens.get(at).filter(|token| is_name(token)).and_then(Spanned::name) {
        Some(qualifier) => Some((Named { qualifier, table }, at + 1)),
        None => Some((Named { qualifier: table.clone(), table }, at)),
    }
}

/// `WITH a AS (…), b AS (…)`.
fn common_tables(tokens: &[Spanned]) -> Vec<String> {
    if !tokens.iter().any(|token| token.is_keyword(Keyword::WITH)) {
        return Vec::new();
    }
    tokens
        .windows(3)
        .filter(|window| window[1].is_keyword(Keyword::AS) && window[2].token == Token::LParen)
        .filter_map(|window| window[0].name())
        .collect()
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    /// The place of the `|` in a text, and the word before it.
    fn place(text: &str) -> (Place, String) {
        let cursor = text.find('|').expect("a cursor");
        let text = text.replacen('|', "", 1);
        let context = context(&text, cursor, &GenericDialect {});
        (context.place, text[context.start..cursor].to_owned())
    }

    #[test]
    fn the_place_follows_from_what_stands_before_the_cursor() {
        let column = |name: &str| Place::ColumnOf(name.to_owned());
        for (text, expected, word) in [
            ("sel|", Place::Start, "sel"),
            ("SELECT 1; s|", Place::Start, "s"),
            ("SELECT rev| FROM sales", Place::Expression, "rev"),
            ("SELECT |", Place::Expression, ""),
            ("SELECT * FROM |", Place::Table, ""),
            ("SELECT * FROM sal|", Place::Table, "sal"),
            ("SELECT * FROM sales s, cu|", Place::Table, "cu"),
            ("SELECT a, b| FROM sales", Place::Expression, "b"),
            ("SELECT * FROM sales JOIN cu|", Place::Table, "cu"),
            ("SELECT s.re| FROM sales s", column("s"), "re"),
            ("SELECT \"Sales Lines\".| FROM x", column("Sales Lines"), ""),
            ("SELECT \"Rev|", Place::Expression, "\"Rev"),
            ("SELECT * FROM 'exp|", Place::Path, "exp"),
            ("SELECT 'exp|", Place::Unknown, ""),
            ("SELECT 12|", Place::Unknown, ""),
            ("SELECT 1 /* fr|", Place::Unknown, ""),
        ] {
            assert_eq!(place(text), (expected, word.to_owned()), "{text}");
        }
    }

    #[test]
    fn tables_are_found_with_their_aliases_on_both_sides_of_the_cursor() {
        let text =
            "WITH c AS (SELECT 1) SELECT  FROM sales s, \"Cost Lines\" AS k JOIN public.customers ON true";
        let context = context(text, 28, &GenericDialect {});
        let named: Vec<_> =
            context.tables.iter().map(|named| format!("{}={}", named.qualifier, named.table)).collect();
        assert_eq!(named, ["s=sales", "k=Cost Lines", "customers=customers"]);
        assert_eq!(context.common_tables, ["c"]);
    }
}
