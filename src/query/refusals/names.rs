//! Names without AS that are more likely a word of SQL: `FROM sales FINAL`, `FROM a POSITIONAL JOIN b`, `'a' 'b'`.

use datafusion::sql::sqlparser::{
    ast::{Ident, SelectItem, TableAlias, TableAliasColumnDef},
    keywords::Keyword,
    tokenizer::Token,
};

use super::not_supported;
use crate::{
    error::{Error, Result},
    query::words::Words,
    suggest,
};

/// Words that change which rows a table gives in some dialect, and are a name in ours.
const BEHIND_TABLES: [&str; 15] = [
    "ANTI",
    "ANY",
    "APPLY",
    "ASOF",
    "FINAL",
    "GLOBAL",
    "LATERAL",
    "NOLOCK",
    "OUTER",
    "POSITIONAL",
    "PREWHERE",
    "SAMPLE",
    "SEMI",
    "STRAIGHT_JOIN",
    "TABLESAMPLE",
];

/// Operators of other dialects that are a name in ours.
const BEHIND_COLUMNS: [&str; 8] = ["DIV", "GLOB", "ISNULL", "NOTNULL", "OVERLAPS", "REGEXP", "RLIKE", "XOR"];

/// What may stand before JOIN.
const JOINS: [&str; 7] = ["LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "LEFTOUTER"];

/// Refuses the name of a column that was not meant as one.
pub(super) fn column(item: &SelectItem, words: &Words<'_>) -> Result<()> {
    let SelectItem::ExprWithAlias { expr: _, alias } = item else { return Ok(()) };
    if alias.quote_style == Some('\'') {
        return match words.find_behind_value(&alias.value) {
            Some(place) => {
                let name = alias.value.replace('"', "\"\"");
                Err(Error::query(format!("the text `'{}'` stands behind another value", alias.value))
                    .at(place)
                    .hint(format!("join texts with `||`; the name of a column is written `AS \"{name}\"`")))
            }
            None => Ok(()),
        };
    }
    match is_one_of(alias, &BEHIND_COLUMNS) && !is_announced(alias, words) {
        true => Err(misread(alias, "a column", words)),
        false => Ok(()),
    }
}

/// Refuses the name of a table that was not meant as one, and what planning drops of it.
pub(super) fn table(alias: Option<&TableAlias>, words: &Words<'_>) -> Result<()> {
    let Some(alias) = alias else { return Ok(()) };
    columns(alias, words)?;
    let TableAlias { explicit, name, columns: _, at: _ } = alias;
    if *explicit || name.quote_style.is_some() || is_announced(name, words) {
        return Ok(());
    }
    if is_one_of(name, &BEHIND_TABLES) {
        return Err(misread(name, "a table", words));
    }
    let (_, after) = words.around(name);
    let before_join = matches!(after, Some(Token::Word(word)) if word.keyword == Keyword::JOIN);
    match suggest::nearest(&name.value, JOINS) {
        Some(meant) if before_join && name.value.len() > 3 && !words.qualifies(&name.value) => {
            let meant = meant.replace("LEFTOUTER", "LEFT OUTER");
            Err(Error::query(format!(
                "`{name}` is read as the name of a table, and the JOIN as an inner join"
            ))
            .at(words.place(name.span))
            .hint(format!("did you mean `{meant} JOIN`? a name is written `AS {name}`")))
        }
        _ => Ok(()),
    }
}

/// Refuses what planning drops from the names of a table's columns.
pub(super) fn columns(alias: &TableAlias, words: &Words<'_>) -> Result<()> {
    let TableAlias { explicit: _, name: _, columns, at } = alias;
    if let Some(at) = at {
        return Err(not_supported("AT", "leave it out; `row_number()` numbers rows").at(words.place(at.span)));
    }
    for TableAliasColumnDef { name, data_type } in columns {
        if let Some(data_type) = data_type {
            return Err(Error::query(format!(
                "the type `{data_type}` of the column `{name}` would be ignored"
            ))
            .at(words.place(name.span))
            .hint(format!("leave the type out, and convert with `CAST({name} AS {data_type})`")));
        }
    }
    Ok(())
}

fn is_announced(name: &Ident, words: &Words<'_>) -> bool {
    matches!(words.around(name).0, Some(Token::Word(word)) if word.keyword == Keyword::AS)
}

fn is_one_of(name: &Ident, words: &[&str]) -> bool {
    name.quote_style.is_none() && words.iter().any(|word| name.value.eq_ignore_ascii_case(word))
}

fn misread(name: &Ident, what: &str, words: &Words<'_>) -> Error {
    not_supported(
        &name.value.to_uppercase(),
        match name.value.to_uppercase().as_str() {
            "POSITIONAL" => "join by `row_number() OVER (ORDER BY …)` of both sides".to_owned(),
            "ASOF" => {
                "join the latest row with `QUALIFY row_number() OVER (PARTITION BY … ORDER BY … DESC) = 1`"
                    .to_owned()
            }
            "ISNULL" => "write `IS NULL`".to_owned(),
            "NOTNULL" => "write `IS NOT NULL`".to_owned(),
            "REGEXP" | "RLIKE" => "write `x ~ 'pattern'`".to_owned(),
            "DIV" => "write `trunc(a / b)`".to_owned(),
            "SAMPLE" | "TABLESAMPLE" => "filter with `WHERE random() < 0.1`".to_owned(),
            "PREWHERE" => "write `WHERE`".to_owned(),
            _ => format!("leave it out; if it names {what}, write `AS {name}`"),
        },
    )
    .at(words.place(name.span))
}
