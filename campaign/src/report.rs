//! Findings as files that a person can read and paste, and the fingerprint by which one cause is one file.

use std::fmt::Write;

use crate::{
    oracle::{Case, Check, Finding},
    rows::{Difference, Rows},
    schema::Table,
    session::{Side, needed_views},
    shrink::Shrunk,
    sql::{Dialect, quoted},
    storage::Storage,
    value::Value,
    ways::WAYS,
};

/// Rows shown of each side.
const ROWS_SHOWN: usize = 12;

/// Returns what two findings have in common before they are shrunk: their kind, and the message without its particulars.
pub fn signature(finding: &Finding) -> String {
    format!("{}: {}", finding.kind.name(), general(&finding.message))
}

/// A message without names and numbers.
fn general(message: &str) -> String {
    let mut text = String::new();
    let mut is_quoted = false;
    // What stands in the second half of a long message is a plan or a list of names.
    for c in message.chars().take(160) {
        match c {
            '`' | '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            c if c.is_ascii_digit() => {}
            c => text.push(c),
        }
    }
    text
}

/// Returns what findings of one cause have in common: for rows, the words of the shrunken statement without names and values.
pub fn fingerprint(shrunk: &Shrunk) -> String {
    let mut text = signature(&shrunk.finding);
    if shrunk.finding.message.is_empty() {
        text.push_str(&skeleton(&statements(&shrunk.case, &shrunk.finding, Dialect::Ours)));
    }
    text
}

/// Keywords and calls in their order, each run of the same once.
fn skeleton(sql: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\'' || c == '"' {
            while rest.next().is_some_and(|other| other != c) {}
            continue;
        }
        if !c.is_ascii_alphabetic() {
            continue;
        }
        let mut word = String::from(c);
        while let Some(next) = rest.next_if(|next| next.is_ascii_alphanumeric() || *next == '_') {
            word.push(next);
        }
        let is_call = rest.peek() == Some(&'(');
        let is_keyword = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
        if (is_call || is_keyword) && words.last() != Some(&word) && word != "AS" {
            words.push(word);
        }
    }
    words.join(" ")
}

/// Returns the views and queries of a finding as text.
pub fn statements(case: &Case, finding: &Finding, dialect: Dialect) -> String {
    let mut text = String::new();
    for view in needed_views(&case.statement) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "CREATE VIEW {} AS {};", quoted(&view.name), view.query.write(dialect).sql);
    }
    let [left, right] = finding.queries.clone().map(|query| query.write(dialect));
    let _ = writeln!(text, "{};", left.sql);
    if left.sql != right.sql {
        let _ = writeln!(text, "{};", right.sql);
    }
    for (name, (data_type, value)) in &left.parameters {
        let _ = writeln!(text, "-- ${name} is {}", value.literal(*data_type));
    }
    text
}

/// Returns a finding as a file: how to come upon it again, the tables, the statements, the rows.
pub fn file(shrunk: &Shrunk, seed: u64, number: u64) -> String {
    let finding = &shrunk.finding;
    let mut text = String::new();
    let [left, right] = &finding.sides;
    let compared = match shrunk.check {
        Check::Pair(..) => format!("{left} and {right}"),
        Check::Partition(_) => {
            format!("{left}: all rows, and those where a condition is true, false and NULL")
        }
        Check::Column(_) => format!("{left}: a condition in WHERE, and as a column"),
        Check::Moved(_) => format!("{left}: a condition inside, and above a common table"),
    };
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("-- {}: {compared}", finding.kind.name()));
    line(&format!("-- again: --seed {seed} --first {number} --statements 1"));
    if !finding.message.is_empty() {
        line(&format!("-- {}", finding.message.replace('\n', "\n-- ")));
    }
    for side in sides(shrunk.check) {
        let Side::Way(way) = side else { continue };
        for (key, value) in WAYS[way].settings {
            line(&format!("-- --set {key}={value}"));
        }
        line(&format!("-- --threads {}", WAYS[way].threads));
        for (table, storage) in shrunk.data.tables.iter().zip(&shrunk.data.storages[way]) {
            if *storage != Storage::Memory {
                line(&format!("-- {} is {storage:?}", quoted(&table.name)));
            }
        }
    }
    for table in &shrunk.data.tables {
        line(&create_table(table));
    }
    line(statements(&shrunk.case, finding, Dialect::Ours).trim_end());
    if let Some(Difference::Rows { left_only, right_only }) = &finding.difference {
        show(&mut line, left, left_only);
        show(&mut line, right, right_only);
    }
    text
}

fn sides(check: Check) -> Vec<Side> {
    match check {
        Check::Pair(left, right) => vec![left, right],
        Check::Partition(side) | Check::Column(side) | Check::Moved(side) => vec![side],
    }
}

fn show(line: &mut impl FnMut(&str), name: &str, rows: &Rows) {
    line(&format!("-- only {name}: {} rows", rows.len()));
    for row in rows.iter().take(ROWS_SHOWN) {
        let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL")).collect();
        line(&format!("--   ({})", cells.join(", ")));
    }
}

fn create_table(table: &Table) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("{} {}", quoted(&column.name), column.data_type.sql()))
        .collect();
    let columns = columns.join(", ");
    let name = quoted(&table.name);
    if table.rows.is_empty() {
        return format!("CREATE TABLE {name} ({columns});");
    }
    let rows: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&table.columns).map(|(value, column)| match value {
                Value::Null => "NULL".to_owned(),
                value => value.literal(column.data_type),
            });
            format!("({})", cells.collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!("CREATE TABLE {name} ({columns}) AS VALUES {};", rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_do_not_make_another_cause() {
        let one = "SELECT t1.a, sum(t1.b) AS s FROM x AS t1 WHERE (t1.a = 'USD')";
        let other = "SELECT t2.\"Net Amount\", sum(t2.c) AS s FROM y AS t2 WHERE (t2.k = 3)";
        assert_eq!(skeleton(one), skeleton(other));
        assert_eq!(skeleton(one), "SELECT sum FROM WHERE");
    }

    #[test]
    fn messages_are_general() {
        assert_eq!(general("column `revenu` not found at 3:8"), "column  not found at :");
    }
}
