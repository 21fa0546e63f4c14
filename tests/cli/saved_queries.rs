//! `marginql run`: headers, expectations, and whole folders.

use insta::assert_snapshot;

use crate::{env::Environment, outcome::names};

fn run_header(name: &str, content: &str) -> String {
    let environment = Environment::new();
    environment.write(name, content);
    environment.transcript(&["run", name])
}

#[test]
fn a_header_that_is_not_valid_is_pointed_at() {
    let transcripts = [
        run_header("key.sql", "/*---\ntitel = \"Margin\"\n---*/\nSELECT 1\n"),
        run_header("type.sql", "/*---\n[params.from]\ntype = \"day\"\n---*/\nSELECT $from\n"),
        run_header(
            "default.sql",
            "/*---\n[params.n]\ntype = \"int\"\ndefault = \"many\"\n---*/\nSELECT $n\n",
        ),
        run_header("open.sql", "/*---\ntitle = \"Margin\"\nSELECT 1\n"),
        run_header("toml.sql", "/*---\ntitle = Margin\n---*/\nSELECT 1\n"),
        run_header("unused.sql", "/*---\n[params.from]\ntype = \"date\"\n---*/\nSELECT 1\n"),
        run_header("table.sql", "/*---\n[tables]\nsales = \"nothing.parquet\"\n---*/\nSELECT * FROM sales\n"),
        run_header("empty.sql", "/*---\ntitle = \"Margin\"\n---*/\n"),
        run_header("two.sql", "SELECT 1; SELECT 2\n"),
        run_header("none.sql", "CREATE VIEW v AS SELECT 1\n"),
    ];
    assert_snapshot!(transcripts.join("\n"));
}

const EXPECTING: &str = "\
/*---
title = \"Margins\"
[params.least]
type = \"decimal\"
default = 0

[[expect]]
that = \"no margin is below the least\"
sql = \"SELECT count(*) = 0 FROM result WHERE margin < $least\"
---*/
SELECT customer, sum(amount) - sum(cost) AS margin FROM sales WHERE amount > 0 GROUP BY customer ORDER BY customer;
";

#[test]
fn an_expectation_that_holds_writes_the_file_and_one_that_fails_keeps_the_last() {
    let environment = Environment::with_tables();
    environment.write("margins.sql", EXPECTING);
    let run = |least: &str| {
        let table = ["--table", "sales=sales.csv"];
        let arguments = ["run", "margins.sql", "-o", "margins.csv", "--param", least];
        let outcome = environment.run(&[&table[..], &arguments[..]].concat());
        let file =
            std::fs::read_to_string(environment.work().join("margins.csv")).expect("the file is there");
        format!("{}[margins.csv]\n{file}", environment.tell(&arguments, &outcome))
    };
    let holds = run("least=-10");
    let fails = run("least=0");
    assert_snapshot!([holds, fails].join("\n"));
    // Nothing else is left behind.
    assert_eq!(environment.names(), ["customers.csv", "margins.csv", "margins.sql", "sales.csv"]);
    assert_eq!(names(&environment.temporary()), [""; 0]);
}

#[test]
fn an_expectation_is_one_question() {
    let expecting = |sql: &str| {
        run_header(
            "expect.sql",
            &format!("/*---\n[[expect]]\nthat = \"it holds\"\nsql = \"{sql}\"\n---*/\nSELECT 1 AS x\n"),
        )
    };
    assert_snapshot!(
        [
            expecting("SELECT count(*) FROM result"),
            expecting("SELECT x = 1 FROM result WHERE x > 1"),
            expecting("SELECT NULL = x FROM result"),
            expecting("SELECT y = 1 FROM result"),
            expecting("SELECT true; SELECT true"),
            expecting("SELECT true, true"),
        ]
        .join("\n")
    );
}

#[test]
fn a_batch_writes_what_it_can_and_lists_what_failed() {
    let environment = Environment::with_tables();
    std::fs::create_dir(environment.work().join("queries")).expect("the environment can be written");
    environment.write("queries/a.sql", "SELECT 1 AS x\n");
    environment.write("queries/b.sql", "SELECT nothing\n");
    environment.write("queries/c.sql", "SELECT 1/0 AS x\n");
    environment.write("queries/d.sql", "SELECT $n AS n\n");
    environment.write("queries/readme.txt", "not a query");
    let arguments = ["run", "queries", "-o", "out/", "--format", "ndjson", "--param", "n=2"];
    assert_snapshot!(environment.transcript(&arguments));
    assert_eq!(names(&environment.work().join("out")), ["a.ndjson", "d.ndjson"]);
    // A slip of the finger stops the whole batch before it begins.
    assert_snapshot!("unknown", environment.transcript(&["run", "queries", "--param", "m=2"]));
}

#[test]
fn each_query_of_a_batch_has_its_own_session() {
    let environment = Environment::new();
    std::fs::create_dir(environment.work().join("queries")).expect("the environment can be written");
    environment.write("queries/a.sql", "CREATE VIEW v AS SELECT 1 AS x; SELECT * FROM v\n");
    environment.write("queries/b.sql", "SELECT * FROM v\n");
    let outcome = environment.run(&["run", "queries", "--format", "csv"]);
    assert_eq!((outcome.code, outcome.stdout()), (Some(1), "x\n1\n\n"), "{}", outcome.stderr);
}

#[test]
fn what_cannot_be_run_is_said() {
    let environment = Environment::new();
    std::fs::create_dir(environment.work().join("empty")).expect("the environment can be written");
    std::fs::create_dir(environment.work().join("other")).expect("the environment can be written");
    environment.write("other/a.sql", "SELECT 1");
    environment.write("a.sql", "SELECT 1");
    std::fs::write(environment.work().join("latin1.sql"), b"SELECT '\xe9'")
        .expect("the environment can be written");
    let runs: [&[&str]; 6] = [
        &["run", "nothing.sql"],
        &["run", "empty"],
        &["run", "latin1.sql"],
        &["run"],
        &["run", "a.sql", "other/a.sql", "-o", "out"],
        &["run", "a.sql", "other/a.sql", "-o", "latin1.sql"],
    ];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
}

#[test]
fn a_saved_query_belongs_to_the_project_that_it_lies_in() {
    let environment = Environment::new();
    std::fs::create_dir_all(environment.work().join("books/queries"))
        .expect("the environment can be written");
    let project = "[project]\nname = \"books\"\ncurrency = \"USD\"\n\n[sources.books]\nconnector = \"generic\"\nrevenue = \"revenue.csv\"\n";
    environment.write("books/marginql.toml", project);
    environment.write("books/revenue.csv", "customer,date,amount\nA,2025-01-31,12.50\n");
    environment.write("books/queries/total.sql", "SELECT sum(amount) AS amount FROM all_revenue\n");
    let outcome = environment.run(&["run", "books/queries/total.sql", "--format", "csv"]).done();
    assert_eq!(outcome.stdout(), "amount\n12.5000\n");
}
