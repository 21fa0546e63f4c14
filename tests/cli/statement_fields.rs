//! Every field of the parser's statements is planned, refused, or changes no row; `statement_fields.txt` says which and shows it.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::sql::{parser::DFParser, sqlparser::dialect::GenericDialect};
use marginql::{
    engine::{Engine, EngineOptions},
    query::{Parameters, Text, parse_statements},
};

const TABLE: &str = include_str!("statement_fields.txt");

/// Structures whose fields are a name, a value, or a place.
const PLAIN: [&str; 4] = ["Ident", "TokenWithSpan", "ValueWithSpan", "Word"];

/// Structures that are refused as a whole, by the field in which they stand.
const REFUSED: [&str; 16] = [
    "ConnectBy",
    "IdentWithAlias",
    "IlikeSelectItem",
    "Interpolate",
    "KeyValue",
    "LateralView",
    "LockClause",
    "OnConflict",
    "OptimizerHint",
    "Setting",
    "StartWith",
    "TableSample",
    "TableSampleQuantity",
    "Top",
    "WithFill",
    "Xml",
];

/// Structures of which the planner has a field by field account of its own, and refuses what it does not do.
const OF_THE_PLANNER: [&str; 1] = ["CreateTable"];

/// What one line of the table says.
struct Row {
    structure: &'static str,
    field: &'static str,
    verdict: &'static str,
    sql: &'static str,
}

fn rows() -> Vec<Row> {
    let mut structure = "";
    let mut rows = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[') {
            Some(name) => structure = name.trim_end_matches(']'),
            None => {
                let (field, rest) = line.split_once(' ').unwrap_or((line, ""));
                let (verdict, sql) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
                let sql = sql.trim_start();
                let sql = if sql.starts_with("--") { "" } else { sql };
                rows.push(Row { structure, field, verdict, sql });
            }
        }
    }
    rows
}

/// The fields that a statement has, by the name of their structure.
fn fields_of(sql: &str, fields: &mut BTreeMap<String, BTreeSet<String>>) {
    let parsed = DFParser::parse_sql_with_dialect(sql, &GenericDialect {}).expect("parses");
    let text = format!("{parsed:#?}");
    let mut open: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        open.retain(|(depth, _)| *depth < indent);
        let (field, value) = match trimmed.split_once(": ") {
            Some((field, value)) if field.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '#') => {
                (Some(field.trim_start_matches("r#")), value)
            }
            _ => (None, trimmed),
        };
        if let Some(field) = field
            && let Some((depth, structure)) = open.last()
            && depth + 4 == indent
        {
            fields.entry(structure.clone()).or_default().insert(field.to_owned());
        }
        if let Some(opened) = value.strip_suffix(" {").or_else(|| value.strip_suffix('(')) {
            // Tuples have no names of fields; they are kept so that depths are right.
            let structure = if value.ends_with('{') { opened } else { "" };
            open.push((indent, structure.to_owned()));
        }
    }
}

#[test]
fn every_field_is_decided() {
    let rows = rows();
    let mut decided: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        decided.entry(row.structure.to_owned()).or_default().insert(row.field.to_owned());
    }
    let mut found = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.sql.is_empty()) {
        fields_of(row.sql, &mut found);
    }
    for (structure, fields) in &found {
        if let Some(decided) = decided.get(structure) {
            assert_eq!(
                fields, decided,
                "the fields of {structure} that the parser has, and those that are decided"
            );
        }
    }
    let listed = [&PLAIN[..], &REFUSED[..], &OF_THE_PLANNER[..]].concat();
    let known = |name: &&String| decided.contains_key(*name) || listed.contains(&name.as_str());
    let open: Vec<_> = found.keys().filter(|name| !name.is_empty() && !known(name)).collect();
    assert!(open.is_empty(), "structures of which nothing is decided: {open:?}");
}

#[tokio::test]
async fn what_is_planned_runs_and_what_is_refused_is_an_error() {
    let engine = Engine::new(&EngineOptions::default()).expect("a session");
    let run = async |sql: &str| {
        let statements = parse_statements(&Text::new("field", sql), engine.dialect().as_ref())?;
        for statement in statements {
            let mut rows = engine.run(&statement, &Parameters::default()).await?;
            while rows.next().await?.is_some() {}
        }
        Ok::<(), marginql::error::Error>(())
    };
    let tables = "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a', 1.5), (2, 'b', 2.5)) AS v(k, s, x);
        CREATE TABLE u AS SELECT 1 AS k, 2 AS y";
    run(tables).await.expect("tables");
    let mut wrong = Vec::new();
    for Row { structure, field, verdict, sql } in rows() {
        let outcome = if sql.is_empty() { None } else { Some(run(sql).await) };
        match (verdict, outcome) {
            ("planned" | "harmless", None | Some(Ok(()))) | ("refused", None) => {}
            ("refused", Some(Err(error))) if !error.message().starts_with("syntax error") => {}
            (_, outcome) => wrong.push(format!("{structure}.{field}: {verdict}, but {sql}: {outcome:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
