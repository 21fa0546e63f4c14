//! `-o`: the right file, whole or not at all.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn where_a_file_cannot_be_written_is_said() {
    let environment = Environment::new();
    environment.write("file", "");
    std::fs::create_dir(environment.work().join("folder.csv")).expect("the environment can be written");
    let runs: [&[&str]; 4] = [
        &["query", "SELECT 1", "-o", "nothing/out.csv"],
        &["query", "SELECT 1", "-o", "folder.csv"],
        &["query", "SELECT 1", "-o", "file/out.csv"],
        &["query", "SELECT 1; SELECT 2", "-o", "out.csv"],
    ];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
    assert_eq!(environment.names(), ["file", "folder.csv"]);
}

#[test]
fn a_query_that_fails_keeps_the_previous_file() {
    let environment = Environment::new();
    environment.write("out.csv", "before\n");
    let failing = "SELECT 1000000 / (400000 - v) AS x FROM generate_series(1, 500000) AS t(v)";
    let outcome = environment.run(&["query", failing, "-o", "out.csv"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert_eq!(std::fs::read_to_string(environment.work().join("out.csv")).expect("it is there"), "before\n");
    assert_eq!(environment.names(), ["out.csv"]);
    environment.run(&["query", "SELECT 1 AS x", "-o", "out.csv"]).done();
    assert_eq!(std::fs::read_to_string(environment.work().join("out.csv")).expect("it is there"), "x\n1\n");
}

#[test]
fn several_results_are_sheets_of_one_workbook() {
    let environment = Environment::new();
    environment.run(&["query", "SELECT 1 AS a; SELECT 'x' AS b, 2.50 AS c", "-o", "out.xlsx"]).done();
    let sheets = "CREATE EXTERNAL TABLE t STORED AS XLSX LOCATION 'out.xlsx' OPTIONS ('sheet' 'Sheet 2'); SELECT * FROM t";
    let second = environment.run(&["query", sheets, "--format", "csv"]);
    assert_eq!(second.stdout(), "b,c\nx,2.5\n", "{}", second.stderr);
    environment.run(&["query", "SELECT 1 AS a; SELECT 2 AS b", "-o", "out.html"]).done();
    let page = std::fs::read_to_string(environment.work().join("out.html")).expect("it is there");
    assert_eq!(page.matches("<table>").count(), 2, "{page}");
}

#[test]
fn copy_writes_a_whole_file_or_none() {
    let environment = Environment::new();
    environment.write("out.csv", "before\n");
    let read = |name: &str| std::fs::read_to_string(environment.work().join(name)).expect("it is there");
    let failing = "COPY (SELECT 1000000 / (400000 - v) AS x FROM generate_series(1, 500000) AS t(v)) TO";
    for target in ["out.csv", "new.csv", "parts/"] {
        let outcome = environment.run(&["query", &format!("{failing} '{target}' STORED AS CSV")]);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert_eq!(environment.names(), ["out.csv"], "{target}");
    }
    assert_eq!(read("out.csv"), "before\n");
    environment.run(&["query", "COPY (SELECT 1 AS x) TO 'out.csv'"]).done();
    assert_eq!(read("out.csv"), "x\n1\n");
    // A file can be copied over itself.
    environment.run(&["query", "COPY (SELECT x + 1 AS x FROM 'out.csv') TO 'out.csv'"]).done();
    assert_eq!(read("out.csv"), "x\n2\n");
    for _ in 0..2 {
        environment.run(&["query", "COPY (SELECT 1 AS x) TO 'parts/' STORED AS CSV"]).done();
    }
    let parts =
        environment.run(&["query", "SELECT count(*) AS n FROM 'parts/'", "--format", "csv", "--quiet"]);
    assert_eq!(parts.stdout(), "n\n2\n", "files of earlier copies stay");
    assert_eq!(environment.names(), ["out.csv", "parts"]);
}

#[test]
fn a_file_may_be_read_and_replaced_by_the_same_query() {
    let environment = Environment::with_tables();
    let query = "SELECT customer, amount FROM 'sales.csv' WHERE amount > 60";
    environment.run(&["query", query, "-o", "sales.csv"]).done();
    let rows = std::fs::read_to_string(environment.work().join("sales.csv")).expect("it is there");
    assert_eq!(rows, "customer,amount\nC1,100.00\nC2,80.00\n");
}
