//! stdout is data, stderr is talk; stdin is SQL; a closed pipe is a quiet end.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn stdin_is_a_script() {
    let environment = Environment::new();
    let run = |arguments: &[&str], stdin: &[u8]| {
        let outcome = environment.run_with_stdin(arguments, stdin);
        environment.tell(arguments, &outcome)
    };
    assert_snapshot!(
        [
            run(&[], b"SELECT 1 AS x;\nSELECT 2 AS y;\n"),
            run(&["--format", "csv"], b"CREATE VIEW v AS SELECT 1 AS x; SELECT * FROM v"),
            run(&["query", "-"], b"SELECT 1 AS x"),
            run(&["query", "-"], b"SELECT 1,\n  nothing"),
            run(&["query", "-"], b"SELECT '\xe9'"),
            run(&["query", "-"], b""),
        ]
        .join("\n")
    );
}

#[test]
fn stdin_is_a_table_if_it_is_named_as_one() {
    let environment = Environment::new();
    let run = |arguments: &[&str], stdin: &[u8]| {
        let outcome = environment.run_with_stdin(arguments, stdin);
        environment.tell(arguments, &outcome)
    };
    let rows = b"id;day;amount\n1;31 Mar 2025;2.50\n2;1 Apr 2025;3.75\n";
    assert_snapshot!(
        [
            run(
                &["--table", "t=-", "query", "SELECT day, amount FROM t; SELECT sum(amount) AS total FROM t"],
                rows
            ),
            run(&["query", "SELECT count(*) AS rows FROM '/dev/stdin'"], rows),
            run(&["query", "SELECT * FROM '-'"], b"[{\"a\": 1}]"),
            run(&["query", "SELECT * FROM '-'"], b""),
            run(&["query", "-"], b"SELECT * FROM '-'"),
        ]
        .join("\n")
    );
}

#[test]
fn a_failure_after_some_results_keeps_what_was_written() {
    let outcome = Environment::new().run(&["query", "SELECT 1 AS x; SELECT 1/0 AS y", "--format", "csv"]);
    assert_eq!((outcome.code, outcome.stdout()), (Some(1), "x\n1\n"));
    assert!(outcome.stderr.contains("divides by zero"), "{}", outcome.stderr);
}

#[test]
fn a_query_that_fails_leaves_stdout_empty() {
    for format in ["table", "csv", "json", "html", "parquet"] {
        let outcome = Environment::new().run(&[
            "query",
            "SELECT 1/x AS y FROM (VALUES (0)) AS t(x)",
            "--format",
            format,
        ]);
        assert_eq!((outcome.code, outcome.stdout()), (Some(1), ""), "{format}");
    }
}

#[test]
fn quiet_prints_nothing_but_data_and_errors() {
    let environment = Environment::with_tables();
    environment.write("title.sql", "/*---\ntitle = \"Title\"\n---*/\nSELECT 1 AS x\n");
    let runs: [&[&str]; 4] = [
        &["run", "title.sql", "-o", "out.csv"],
        &["run", "title.sql", "-o", "out.csv", "--quiet"],
        &["run", "title.sql", "--format", "csv", "-q"],
        &["query", "SELECT nothing", "-q"],
    ];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let environment = Environment::new();
    for format in ["csv", "table", "ndjson"] {
        let query = "SELECT v FROM generate_series(1, 5000000) AS t(v)";
        let mut command = environment.marginql(&["query", query, "--format", format]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        reader.read_line(&mut line).expect("there is a line");
        drop(reader);
        let mut stderr = String::new();
        child.stderr.take().expect("stderr is a pipe").read_to_string(&mut stderr).expect("stderr is text");
        let status = child.wait().expect("the binary ends");
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""), "{format}");
        assert!(!line.is_empty());
    }
}

#[test]
fn bytes_go_to_a_pipe_but_not_to_a_terminal() {
    use expectrl::{Eof, Expect, session::OsSession};
    let environment = Environment::new();
    let arguments = ["query", "SELECT 1 AS x", "--format", "parquet", "--color", "never"];
    let outcome = environment.run(&arguments).done();
    assert!(outcome.stdout.starts_with(b"PAR1") && outcome.stdout.ends_with(b"PAR1"));
    let mut terminal =
        OsSession::spawn(environment.marginql(&arguments)).expect("there are pseudo-terminals");
    terminal.set_expect_timeout(Some(std::time::Duration::from_secs(60)));
    terminal.expect("error: `parquet` is not readable on a terminal").expect("it is refused");
    terminal.expect("write it to a file with `-o FILE`").expect("it says how");
    terminal.expect(Eof).expect("it ends");
}
