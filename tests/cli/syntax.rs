//! Text that is not SQL: what was expected, and the right line and column.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn syntax_errors_are_pointed_at() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELEC 1",
        "SELECT 'unclosed",
        "SELECT \"unclosed",
        "SELECT (1",
        "SELECT 1)",
        "SELECT /* unclosed",
        "SELECT * FROM",
        "SELECT * FROM sales WHERE",
        "SELECT * FROM sales ORDER amount",
        "SELECT a b c",
        "FROM sales WHERE amount > 1",
        "SELECT CASE WHEN true THEN 1",
        "SELECT 1; SELECT",
        "",
        "/* nothing but a comment */",
    ]));
}

#[test]
fn the_line_and_the_column_are_those_of_the_file() {
    let environment = Environment::with_tables();
    environment.write("lines.sql", "-- a comment\nSELECT\n    amount,\n    cost\nFORM\n    sales s t;\n");
    environment.write(
        "header.sql",
        "/*---\ntitle = \"Žlutý kůň\"\n---*/\nSELECT 'é', '漢字', '\u{1f40e}', nothing\nFROM sales;\n",
    );
    environment.write("second.sql", "SELECT 1 AS a;\n\n\tSELECT amont\n\tFROM sales;\n");
    environment.write("windows.sql", "SELECT 1,\r\n       2,\r\n       nothing\r\n");
    let files = ["lines.sql", "header.sql", "second.sql", "windows.sql"];
    let text = files.map(|file| environment.transcript(&["--table", "sales=sales.csv", "run", file]));
    assert_snapshot!(text.join("\n"));
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    let environment = Environment::new();
    let outcome = environment.run(&["query", &format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000))]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with("error: the statement is nested too deeply"), "{}", outcome.stderr);
    let chain =
        |count: usize| format!("SELECT {}v = 1 AS x FROM (VALUES (1)) AS t(v)", "v = 2 OR ".repeat(count));
    let outcome = environment.run(&["query", &chain(900), "--format", "csv"]).done();
    assert_eq!(outcome.stdout(), "x\ntrue\n");
    let outcome = environment.run(&["query", &chain(10_000)]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.starts_with("error: more than 1000 operators"), "{}", outcome.stderr);
    let union = format!("SELECT 1 AS x {}", "UNION ALL SELECT 1 ".repeat(100));
    let outcome =
        environment.run(&["query", &format!("SELECT sum(x) AS s FROM ({union})"), "--format", "csv"]);
    assert_eq!(outcome.done().stdout(), "s\n101\n");
}
