//! Every kind of outer join under many conditions: the rows must be those of the same join, stored as a table, where
//! no rule can touch it; and the joins that can be stricter are.

use datafusion::arrow::util::pretty::pretty_format_batches;

use crate::{
    engine::{Engine, EngineOptions},
    query::{Parameters, Text, parse_statements},
};

async fn rows(engine: &Engine, sql: &str) -> String {
    let text = Text::new("test", sql);
    let statements = parse_statements(&text, engine.dialect().as_ref()).expect("a statement");
    let mut rows = engine
        .run(&statements[0], &Parameters::default())
        .await
        .unwrap_or_else(|error| panic!("{sql}\n{error}"));
    let mut batches = Vec::new();
    while let Some(batch) = rows.next().await.unwrap_or_else(|error| panic!("{sql}\n{error}")) {
        batches.push(batch);
    }
    pretty_format_batches(&batches).expect("every type can be shown").to_string()
}

async fn engine() -> Engine {
    let engine =
        Engine::new(&EngineOptions { threads: Some(2), ..EngineOptions::default() }).expect("a session");
    for sql in [
        "CREATE TABLE k AS SELECT * FROM (VALUES
            ('a', 'A', 1, 4), ('b', 'B', 2, 0), ('c', NULL, 3, NULL), ('x', 'X', NULL, 5), (NULL, 'N', 6, 6)) AS t(key, id, n, units)",
        "CREATE TABLE l AS SELECT * FROM (VALUES
            ('a', 10, 'A'), ('a', 20, NULL), ('b', 30, 'z'), ('c', NULL, 'z'), ('y', 40, 'A'), (NULL, 50, 'N')) AS t(key, amount, mark)",
    ] {
        rows(&engine, sql).await;
    }
    engine
}

const JOINS: [&str; 3] = ["LEFT", "RIGHT", "FULL"];

/// The conditions, and the joins that remain of LEFT, RIGHT and FULL.
const CONDITIONS: [(&str, [&str; 3]); 24] = [
    ("id = 'A'", ["Left", "Inner", "Left"]),
    ("id = '(none)'", ["Left", "Right", "Full"]),
    ("id <> '(none)'", ["Left", "Inner", "Left"]),
    ("id IN ('A', 'B')", ["Left", "Inner", "Left"]),
    ("id IN ('A', '(none)')", ["Left", "Right", "Full"]),
    ("id = 'A' AND amount > 10", ["Inner", "Inner", "Inner"]),
    ("id = 'A' OR amount > 10", ["Left", "Right", "Full"]),
    ("id = 'A' OR id = 'X'", ["Left", "Inner", "Left"]),
    ("(id = 'A' AND amount > 10) OR (id = 'B' AND amount < 90)", ["Inner", "Inner", "Inner"]),
    ("NOT (id = 'A')", ["Left", "Right", "Full"]),
    ("id LIKE 'A%'", ["Left", "Inner", "Left"]),
    ("upper(id) = 'A'", ["Left", "Inner", "Left"]),
    ("units IS NULL", ["Left", "Right", "Full"]),
    ("id = mark", ["Inner", "Right", "Right"]),
    ("coalesce(gap, mark) = 'A'", ["Left", "Right", "Full"]),
    ("(coalesce(gap, mark) IS NOT DISTINCT FROM 'A') AND n + 1 > 2", ["Left", "Inner", "Left"]),
    ("gap IS NULL", ["Left", "Right", "Full"]),
    ("gap IS NOT NULL AND amount IS NULL", ["Left", "Inner", "Left"]),
    // The simplifier keeps a CASE whose condition is NULL, so these are decided only where another part decides.
    ("CASE WHEN amount > 10 THEN n ELSE 0 END > 0", ["Left", "Right", "Full"]),
    ("coalesce(n, 0) > 1 AND coalesce(amount, 0) < 40", ["Left", "Inner", "Left"]),
    ("units <> 0 AND amount / units > 1", ["Left", "Inner", "Left"]),
    ("random() < 2 AND id = 'A'", ["Left", "Inner", "Left"]),
    ("id = 'A' OR random() > 2", ["Left", "Right", "Full"]),
    ("EXISTS (SELECT 1 FROM k AS other WHERE other.id = v.id) AND id > 'A'", ["Left", "Inner", "Left"]),
];

const COLUMNS: &str = "coalesce(k.id, '(none)') AS id, k.id AS gap, k.n, k.units, l.amount, l.mark, k.key AS k_key, l.key AS l_key";

#[tokio::test]
async fn rows_are_those_of_the_join_as_it_was_written() {
    let engine = engine().await;
    for join in JOINS {
        let view = format!("SELECT {COLUMNS} FROM k {join} JOIN l ON k.key = l.key");
        rows(&engine, &format!("CREATE TABLE stored_{join} AS {view}")).await;
        for (condition, _) in CONDITIONS {
            let of = |source: &str| format!("SELECT * FROM {source} AS v WHERE {condition} ORDER BY amount");
            let expected = rows(&engine, &of(&format!("stored_{join}"))).await;
            assert_eq!(rows(&engine, &of(&format!("({view})"))).await, expected, "{join} {condition}");
        }
    }
}

#[tokio::test]
async fn joins_are_as_strict_as_their_filters() {
    let engine = engine().await;
    for (index, join) in JOINS.into_iter().enumerate() {
        for (condition, remaining) in CONDITIONS {
            let sql = format!(
                "EXPLAIN SELECT * FROM (SELECT {COLUMNS} FROM k {join} JOIN l ON k.key = l.key) AS v WHERE {condition}"
            );
            let plan = rows(&engine, &sql).await;
            let kind = remaining[index];
            assert!(
                plan.contains(&format!("{kind} Join: k.key = l.key")),
                "{join} {condition}: {kind}\n{plan}"
            );
        }
    }
}

#[tokio::test]
async fn a_condition_that_fails_for_null_is_left_alone() {
    let engine = engine().await;
    let view = "SELECT coalesce(k.n, 0) AS n, l.amount FROM k RIGHT JOIN l ON k.key = l.key";
    let plan = rows(&engine, &format!("EXPLAIN SELECT * FROM ({view}) AS v WHERE 1 / n > 0")).await;
    assert!(plan.contains("Right Join"), "{plan}");
}

#[tokio::test]
async fn a_filled_gap_does_not_hide_the_column_from_the_file() {
    let engine = engine().await;
    for (condition, plainer) in [
        ("coalesce(id, '(none)') = 'A'", "k.id = Utf8(\"A\")"),
        ("CASE WHEN id IS NULL THEN '(none)' ELSE id END = 'A'", "k.id = Utf8(\"A\")"),
        ("coalesce(n, 0) > 1", "k.n > Int64(1)"),
        // NULL passes these.
        ("coalesce(id, '(none)') = '(none)'", "CASE"),
        ("coalesce(n, 5) > 1", "CASE"),
        ("coalesce(n, units) > 1", "CASE"),
    ] {
        let plan = rows(&engine, &format!("EXPLAIN SELECT * FROM k WHERE {condition}")).await;
        assert!(plan.contains(plainer), "{condition}\n{plan}");
        let flags = format!("CREATE OR REPLACE TABLE flags AS SELECT key, {condition} AS passes FROM k");
        rows(&engine, &flags).await;
        let expected = rows(&engine, "SELECT key FROM flags WHERE passes ORDER BY key").await;
        let found = rows(&engine, &format!("SELECT key FROM k WHERE {condition} ORDER BY key")).await;
        assert_eq!(found, expected, "{condition}");
    }
}
