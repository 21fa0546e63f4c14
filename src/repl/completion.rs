//! Completes keywords, tables, columns, functions, paths and backslash commands.

use datafusion::{common::utils::quote_identifier, sql::sqlparser::dialect::Dialect};

use super::{
    commands::{COMMANDS, Command, Takes},
    completion_context::{Context, Place, context},
    keywords::{KEYWORDS, STATEMENTS},
    paths::complete_path,
};
use crate::output::Format;

/// The names that can be completed.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    pub(super) tables: Vec<TableNames>,
    pub(super) functions: Vec<String>,
    pub(super) parameters: Vec<String>,
}

/// A table's name and its columns.
#[derive(Debug, Clone)]
pub(super) struct TableNames {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

/// Something that may be meant: how it is shown in the list, and what is put into the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) shown: String,
    pub(super) text: String,
}

impl Candidate {
    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { shown: text.clone(), text }
    }
}

/// What could stand at the cursor of a line, and from which byte of the line on.
///
/// `pending` are the lines of the statement that were entered before.
pub(super) fn complete(
    pending: &str,
    line: &str,
    cursor: usize,
    vocabulary: &Vocabulary,
    dialect: &dyn Dialect,
) -> (usize, Vec<Candidate>) {
    let indent = line.len() - line.trim_start().len();
    if line[indent..].starts_with('\\') && cursor > indent {
        return complete_command(line, indent, cursor, vocabulary);
    }
    let text = format!("{pending}{line}");
    let context = context(&text, pending.len() + cursor, dialect);
    // A word cannot reach back over a line break, but a quoted name or path can; those are left alone.
    let Some(start) = context.start.checked_sub(pending.len()) else { return (cursor, Vec::new()) };
    let typed = &line[start..cursor];
    let candidates = match &context.place {
        Place::Unknown => Vec::new(),
        Place::Path => paths(typed, &line[cursor..]),
        place => sql(place, typed, &context, vocabulary, &line[cursor..]),
    };
    (start, candidates)
}

fn sql(
    place: &Place,
    typed: &str,
    context: &Context,
    vocabulary: &Vocabulary,
    after: &str,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    match place {
        Place::Start => candidates.extend(keywords(typed, STATEMENTS)),
        Place::Table => {
            let tables = vocabulary.tables.iter().map(|table| &table.name);
            candidates.extend(identifiers(typed, tables.chain(&context.common_tables)));
            // `FROM (SELECT`, `FROM generate_series(`, `JOIN LATERAL` are rare; a table is what is meant.
        }
        Place::ColumnOf(qualifier) => {
            // The alias if there is one, else a table that the statement does not name yet.
            let named = context.tables.iter().find(|named| &named.qualifier == qualifier);
            let table = named.map_or(qualifier, |named| &named.table);
            candidates.extend(identifiers(typed, columns_of(vocabulary, table)));
        }
        Place::Expression => {
            let columns = context.tables.iter().flat_map(|named| columns_of(vocabulary, &named.table));
            let qualifiers = context.tables.iter().map(|named| &named.qualifier);
            candidates.extend(identifiers(typed, columns.chain(qualifiers)));
            // All functions and keywords at once would be a flood.
            if !typed.is_empty() && !typed.starts_with('"') {
                candidates.extend(functions(typed, vocabulary, after));
                candidates.extend(keywords(typed, KEYWORDS));
            }
        }
        Place::Path | Place::Unknown => {}
    }
    candidates.sort_by(|a, b| a.shown.cmp(&b.shown));
    candidates.dedup();
    if let [only] = &mut candidates[..]
        && KEYWORDS.contains(&only.text.to_ascii_uppercase().as_str())
        && !after.starts_with(' ')
    {
        // A keyword is never the end.
        only.text.push(' ');
    }
    candidates
}

fn columns_of<'a>(vocabulary: &'a Vocabulary, table: &str) -> impl Iterator<Item = &'a String> + use<'a> {
    let found = vocabulary.tables.iter().find(|known| known.name == table);
    found.into_iter().flat_map(|table| &table.columns)
}

/// Names that begin like what was typed, in any letter case, in double quotes where SQL wants them.
fn identifiers<'a>(typed: &str, names: impl Iterator<Item = &'a String>) -> impl Iterator<Item = Candidate> {
    let is_quoted = typed.starts_with('"');
    let prefix = typed.trim_start_matches('"').to_lowercase();
    names.filter(move |name| name.to_lowercase().starts_with(&prefix)).map(move |name| {
        let text = match is_quoted {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => quote_identifier(name).into_owned(),
        };
        Candidate { shown: name.clone(), text }
    })
}

/// Keywords in the letter case of what was typed.
fn keywords(typed: &str, keywords: &'static [&'static str]) -> impl Iterator<Item = Candidate> {
    let prefix = typed.to_ascii_uppercase();
    let is_lower = typed.chars().any(|character| character.is_ascii_lowercase());
    keywords.iter().filter(move |keyword| keyword.starts_with(&prefix)).map(move |keyword| {
        Candidate::same(match is_lower {
            true => keyword.to_ascii_lowercase(),
            false => (*keyword).to_owned(),
        })
    })
}

fn functions(typed: &str, vocabulary: &Vocabulary, after: &str) -> Vec<Candidate> {
    let prefix = typed.to_lowercase();
    let parenthesis = if after.starts_with('(') { "" } else { "(" };
    vocabulary
        .functions
        .iter()
        .filter(|name| name.starts_with(&prefix))
        .map(|name| Candidate { shown: format!("{name}("), text: format!("{name}{parenthesis}") })
        .collect()
}

/// Paths within single quotes; the quote is closed after the only file that fits.
fn paths(typed: &str, after: &str) -> Vec<Candidate> {
    let found = complete_path(&typed.replace("''", "'"));
    let closing = match &found[..] {
        [only] if !only.is_directory() && !after.starts_with('\'') => "'",
        _ => "",
    };
    found
        .into_iter()
        .map(|path| Candidate { shown: path.name, text: path.path.replace('\'', "''") + closing })
        .collect()
}

fn complete_command(
    line: &str,
    indent: usize,
    cursor: usize,
    vocabulary: &Vocabulary,
) -> (usize, Vec<Candidate>) {
    let typed = &line[indent..cursor];
    let Some(name_length) = typed.find(char::is_whitespace) else {
        let names = COMMANDS.iter().map(|command| format!("\\{}", command.name));
        let mut found: Vec<_> = names.filter(|name| name.starts_with(typed)).map(Candidate::same).collect();
        if let [only] = &mut found[..] {
            only.text.push(' ');
        }
        return (indent, found);
    };
    let Some(command) = Command::named(&typed[1..name_length]) else { return (cursor, Vec::new()) };
    let start = indent + name_length + typed[name_length..].len() - typed[name_length..].trim_start().len();
    let argument = &line[start..cursor];
    let plain = |names: &mut dyn Iterator<Item = &str>| -> Vec<Candidate> {
        names.filter(|name| name.starts_with(&argument.to_lowercase())).map(Candidate::same).collect()
    };
    let candidates = match command.takes {
        Takes::Nothing => Vec::new(),
        Takes::Table => identifiers(argument, vocabulary.tables.iter().map(|table| &table.name)).collect(),
        Takes::Function => plain(&mut vocabulary.functions.iter().map(String::as_str)),
        Takes::Format => plain(&mut Format::ALL.into_iter().map(Format::name)),
        Takes::Toggle => plain(&mut ["on", "off"].into_iter()),
        Takes::Parameter => plain(&mut vocabulary.parameters.iter().map(String::as_str)),
        Takes::File => complete_path(argument)
            .into_iter()
            .map(|path| Candidate { shown: path.name, text: path.path })
            .collect(),
    };
    (start, candidates)
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;

    use super::*;

    fn vocabulary() -> Vocabulary {
        let table = |name: &str, columns: &[&str]| TableNames {
            name: name.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        };
        Vocabulary {
            tables: vec![
                table("sales", &["revenue", "customer_id", "Cost Center"]),
                table("customers", &["customer_id", "region"]),
            ],
            functions: vec!["margin".to_owned(), "margin_pct".to_owned(), "reverse".to_owned()],
            parameters: vec!["from".to_owned()],
        }
    }

    /// What the `|` in a line can become, with what was typed replaced.
    fn at(pending: &str, line: &str) -> Vec<String> {
        let cursor = line.find('|').expect("a cursor");
        let line = line.replacen('|', "", 1);
        let (start, candidates) = complete(pending, &line, cursor, &vocabulary(), &GenericDialect {});
        candidates.into_iter().map(|found| format!("{}{}", &line[..start], found.text)).collect()
    }

    #[test]
    fn keywords_keep_the_letter_case_of_what_was_typed() {
        assert_eq!(at("", "sel|"), ["select "]);
        assert_eq!(at("", "SEL|"), ["SELECT "]);
        assert_eq!(at("", "SELECT 1 LIM|"), ["SELECT 1 LIMIT "]);
    }

    #[test]
    fn tables_follow_from() {
        assert_eq!(at("", "SELECT * FROM s|"), ["SELECT * FROM sales"]);
        assert_eq!(at("", "SELECT * FROM |"), ["SELECT * FROM customers", "SELECT * FROM sales"]);
        assert_eq!(at("WITH spend AS (SELECT 1)\n", "SELECT * FROM sp|"), ["SELECT * FROM spend"]);
    }

    #[test]
    fn columns_are_those_of_the_tables_named_before_or_after_the_cursor() {
        assert_eq!(at("", "SELECT reg| FROM customers"), ["SELECT region"]);
        assert_eq!(at("SELECT revenue\nFROM sales s\n", "WHERE rev|"), ["WHERE revenue", "WHERE reverse("]);
        assert_eq!(at("", "SELECT c.| FROM customers c"), ["SELECT c.customer_id", "SELECT c.region"]);
        assert_eq!(at("", "SELECT reg|"), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_needs_quotes_gets_them() {
        assert_eq!(at("", "SELECT cost| FROM sales"), ["SELECT \"Cost Center\""]);
        assert_eq!(at("", "SELECT \"C|"), Vec::<String>::new());
        assert_eq!(
            at("SELECT * FROM sales\n", "WHERE \"C|"),
            ["WHERE \"Cost Center\"", "WHERE \"customer_id\""]
        );
    }

    #[test]
    fn functions_get_their_parenthesis_once() {
        assert_eq!(at("", "SELECT mar|"), ["SELECT margin(", "SELECT margin_pct("]);
        assert_eq!(at("", "SELECT margin_|(1, 2)"), ["SELECT margin_pct"]);
    }

    #[test]
    fn commands_and_their_arguments_are_completed() {
        assert_eq!(at("", "\\ti|"), ["\\timing "]);
        assert_eq!(at("", "\\d|"), ["\\d", "\\d+", "\\df"]);
        assert_eq!(at("", "\\d cu|"), ["\\d customers"]);
        assert_eq!(at("", "\\format pa|"), ["\\format parquet"]);
        assert_eq!(at("", "\\h margin_|"), ["\\h margin_pct"]);
        assert_eq!(at("", "\\set f|"), ["\\set from"]);
        assert_eq!(at("", "\\nothing x|"), Vec::<String>::new());
    }

    #[test]
    fn a_path_is_closed_after_the_only_file() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("it's.csv"), "").expect("a file");
        let path = directory.path().display();
        assert_eq!(
            at("", &format!("SELECT * FROM '{path}/i|")),
            [format!("SELECT * FROM '{path}/it''s.csv'")]
        );
        assert_eq!(at("", &format!("\\i {path}/i|")), [format!("\\i {path}/it's.csv")]);
    }
}
