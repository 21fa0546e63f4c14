//! `check`: what it prints, when it fails, and the lock that it keeps.

use std::fs;

use insta::assert_snapshot;

use crate::{
    env::Environment,
    outcome::{names, repository},
};

/// The four customers of the documentation, in a directory of their own.
fn four_customers() -> Environment {
    let environment = Environment::new();
    let exports = repository().join("tests/model/four_customers");
    for name in names(&exports).into_iter().filter(|name| !name.ends_with(".slt")) {
        fs::copy(exports.join(&name), environment.work().join(name)).expect("the file can be copied");
    }
    environment
}

fn read(environment: &Environment, name: &str) -> String {
    fs::read_to_string(environment.work().join(name)).expect("the file is there")
}

fn replace(environment: &Environment, name: &str, from: &str, to: &str) {
    let text = read(environment, name);
    assert!(text.contains(from), "{name} has no `{from}`");
    environment.write(name, &text.replacen(from, to, 1));
}

#[test]
fn a_project_that_ties_passes_and_gets_its_lock() {
    let environment = four_customers();
    let first = environment.transcript(&["check"]);
    assert_snapshot!("ties", format!("{first}--- marginql.lock\n{}", read(&environment, "marginql.lock")));
    // The lock is there now, and nothing is said of it.
    assert!(!environment.transcript(&["check", "reconciliation"]).contains("marginql.lock"));
}

#[test]
fn a_changed_amount_fails_with_its_difference() {
    let environment = four_customers();
    replace(&environment, "ArTrnDetail.csv", "4000.00,600.00,1,I", "3900.00,600.00,1,I");
    assert_snapshot!("differs", environment.transcript(&["check", "reconciliation"]));
}

#[test]
fn an_export_that_no_longer_fits_is_an_error_until_it_is_locked_anew() {
    let environment = four_customers();
    environment.run(&["check", "decisions"]).done();
    let other = read(&environment, "ArTrnDetail.csv").replacen("NetSalesValue", "SomethingElse", 1);
    environment.write("ArTrnDetail.csv", &other);
    let lost = environment.transcript(&["check", "decisions"]);
    let restored = other.replacen("SomethingElse", "NetSalesValue", 1).replacen("6000.00", "six", 1);
    environment.write("ArTrnDetail.csv", &restored);
    let stray = environment.transcript(&["query", "SELECT count(*) FROM revenue"]);
    let relocked = environment.transcript(&["check", "--relock", "decisions"]);
    assert_snapshot!("lock", format!("{lost}{stray}{relocked}"));
}

#[test]
fn larger_amounts_and_other_keys_fit_the_lock() {
    let environment = four_customers();
    environment.run(&["check", "decisions"]).done();
    replace(&environment, "ArTrnDetail.csv", "6000.00,900.00", "1600000.125,90000.5");
    replace(&environment, "tickets.csv", "1", "X-1");
    let query = "SELECT sum(amount) AS revenue FROM revenue WHERE amount > 1000000";
    let outcome = environment.run(&["query", query, "--format", "csv"]).done();
    assert_eq!(outcome.stdout(), "revenue\n1600000.1250\n");
}

#[test]
fn a_new_column_is_added_to_the_lock() {
    let environment = four_customers();
    environment.run(&["check", "decisions"]).done();
    let before = read(&environment, "marginql.lock");
    let wider: Vec<_> = read(&environment, "ArCustomer.csv")
        .lines()
        .enumerate()
        .map(|(line, text)| format!("{text},{}\n", if line == 0 { "Fax" } else { "1" }))
        .collect();
    environment.write("ArCustomer.csv", &wider.concat());
    let outcome = environment.run(&["check", "decisions"]).done();
    assert!(outcome.stderr.contains("extended: "), "{}", outcome.stderr);
    let after = read(&environment, "marginql.lock");
    assert!(!before.contains("Fax") && after.contains("Fax"), "{after}");
}

#[test]
fn the_parts_go_to_files_and_one_can_be_piped() {
    let environment = four_customers();
    environment.run(&["check", "-o", "out", "--format", "csv"]).done();
    let out = environment.work().join("out");
    assert_eq!(names(&out), ["coverage.csv", "data_quality.csv", "decisions.csv", "reconciliation.csv"]);
    let outcome = environment.run(&["check", "coverage", "--format", "ndjson"]).done();
    assert!(outcome.stdout().lines().all(|line| line.starts_with('{')), "{}", outcome.stdout());
}

#[test]
fn what_cannot_be_checked_is_told() {
    let environment = Environment::new();
    let without = environment.transcript(&["check"]);
    let environment = four_customers();
    assert_snapshot!("cannot", format!("{without}{}", environment.transcript(&["check", "quality"])));
}

#[test]
fn one_workbook_or_page_takes_all_parts_and_other_files_none() {
    let environment = four_customers();
    environment.run(&["check", "-o", "check.html"]).done();
    let page = read(&environment, "check.html");
    for heading in ["<h1>Summary</h1>", "<h2>How much reaches a customer</h2>", "<h2>Data quality</h2>"] {
        assert!(page.contains(heading), "{page}");
    }
    environment.run(&["check", "-o", "check.xlsx"]).done();
    let sheets = "CREATE EXTERNAL TABLE s STORED AS XLSX LOCATION 'check.xlsx'; \
                  CREATE EXTERNAL TABLE c STORED AS XLSX LOCATION 'check.xlsx' OPTIONS ('sheet' 'How much reaches a customer'); \
                  SELECT count(*) AS sentences FROM s; SELECT count(DISTINCT source) AS sources FROM c";
    let read_back = environment.run(&["query", sheets, "--quiet", "--format", "csv"]);
    assert_eq!(
        (read_back.code, read_back.stdout()),
        (Some(0), "sentences\n3\nsources\n3\n"),
        "{}",
        read_back.stderr
    );
    let refused = environment.run(&["check", "-o", "check.csv"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("one table only"), "{}", refused.stderr);
    environment.run(&["check", "-o", "parts"]).done();
    assert_eq!(names(&environment.work().join("parts")).len(), 4);
}

#[test]
fn exports_that_end_long_ago_are_said_to_unless_the_project_looks_from_then() {
    let environment = four_customers();
    let told = |environment: &Environment| environment.run(&["check"]).stdout().contains("set `as_of`");
    assert!(!told(&environment));
    let project = read(&environment, "marginql.toml");
    let without: String =
        project.lines().filter(|line| !line.starts_with("as_of")).map(|line| format!("{line}\n")).collect();
    environment.write("marginql.toml", &without);
    assert!(told(&environment));
}
