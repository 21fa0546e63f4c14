//! `--param`: typed, bound, and pointed at when wrong.

use insta::assert_snapshot;

use crate::env::Environment;

const DECLARED: &str = "\
/*---
title = \"Sales of a period\"

[params.from]
type = \"date\"
description = \"First day of the period\"

[params.segments]
type = \"text[]\"
default = [\"enterprise\", \"small\"]

[params.rate]
type = \"decimal\"
default = 0.15
---*/
SELECT customer, amount, amount * $rate AS tax
FROM sales JOIN customers USING (customer)
WHERE sold_on >= $from AND segment IN ($segments)
ORDER BY sold_on;
";

fn run(environment: &Environment, parameters: &[&str]) -> String {
    let mut arguments =
        vec!["--table", "sales=sales.csv", "--table", "customers=customers.csv", "run", "sales.sql"];
    for parameter in parameters {
        arguments.extend(["--param", parameter]);
    }
    let outcome = environment.run(&arguments);
    environment.tell(&arguments[4..], &outcome)
}

fn declared() -> Environment {
    let environment = Environment::with_tables();
    environment.write("sales.sql", DECLARED);
    environment
}

#[test]
fn declared_parameters_are_typed_and_have_defaults() {
    let environment = declared();
    assert_snapshot!(
        [
            run(&environment, &["from=2026-01-10"]),
            run(&environment, &["from=2026-01-10", "segments=small", "rate=0.20"]),
            run(&environment, &["from=2026-01-10", "segments="]),
        ]
        .join("\n")
    );
}

#[test]
fn wrong_parameters_name_the_parameter_its_type_and_the_value() {
    let environment = declared();
    assert_snapshot!(
        [
            run(&environment, &[]),
            run(&environment, &["from=31.1.2026"]),
            run(&environment, &["from=2026-01-10", "rate=a lot"]),
            run(&environment, &["from=2026-01-10", "form=1"]),
            run(&environment, &["from"]),
            run(&environment, &["from:day=2026-01-10"]),
        ]
        .join("\n")
    );
}

#[test]
fn a_parameter_without_declaration_has_the_type_it_looks_like() {
    let environment = Environment::new();
    let query = "SELECT $x AS x, arrow_typeof($x) AS type";
    let rows = |parameter: &str| {
        let outcome = environment.run(&["query", query, "--format", "csv", "--param", parameter]).done();
        outcome.stdout().trim_end().rsplit('\n').next().expect("there is a row").to_owned()
    };
    assert_eq!(rows("x=7"), "7,Int64");
    assert_eq!(rows("x=0.15"), "0.15,\"Decimal128(3, 2)\"");
    assert_eq!(rows("x=2026-01-31"), "2026-01-31,Date32");
    assert_eq!(rows("x=true"), "true,Boolean");
    assert_eq!(rows("x=007"), "007,Utf8View");
    assert_eq!(rows("x:text=7"), "7,Utf8View");
    assert_eq!(rows("x:decimal=7"), "7,\"Decimal128(1, 0)\"");
}

#[test]
fn a_code_given_as_text_keeps_its_zeros() {
    let outcome = Environment::new()
        .run(&["query", "SELECT $code AS code", "--format", "csv", "--param", "code:text=007"])
        .done();
    assert_eq!(outcome.stdout(), "code\n007\n");
}

#[test]
fn a_value_is_never_sql() {
    let value = "code='; DROP TABLE sales; --";
    let outcome = Environment::new()
        .run(&["query", "SELECT $code AS code", "--format", "csv", "--param", value])
        .done();
    assert_eq!(outcome.stdout(), "code\n'; DROP TABLE sales; --\n");
}

#[test]
fn a_query_from_the_command_line_says_what_is_missing() {
    let environment = Environment::with_tables();
    assert_snapshot!(
        [
            environment.queries(&["SELECT * FROM sales WHERE amount > $min", "SELECT ?"]),
            environment.transcript(&["query", "SELECT $amount", "--param", "amuont=1"]),
            environment.transcript(&["query", "SELECT 1", "--param", "x=1"]),
        ]
        .join("\n")
    );
}

#[test]
fn a_parameter_may_stand_in_a_grouping_set() {
    let sql = "SELECT CASE WHEN customer = 'C1' THEN $label END AS x, count(*) AS n FROM sales
        GROUP BY ROLLUP (CASE WHEN customer = 'C1' THEN $label END) ORDER BY n";
    let environment = Environment::with_tables();
    let arguments = ["query", "--table", "sales=sales.csv", "--param", "label=first", "--format", "csv", sql];
    let outcome = environment.run(&arguments);
    assert_eq!(outcome.stdout, b"x,n\nfirst,2\n,2\n,4\n", "{}", environment.tell(&arguments, &outcome));
}
