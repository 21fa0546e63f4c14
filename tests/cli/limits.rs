//! Memory and disk have limits, and a query that needs more says which operator, how much, and what to do.

use insta::assert_snapshot;

use crate::{env::Environment, outcome::names};

#[test]
fn out_of_memory_names_the_operator_the_limit_and_the_option() {
    let environment = Environment::new();
    let run =
        |query: &str| environment.transcript(&["--memory-limit", "4MB", "--threads", "1", "query", query]);
    assert_snapshot!(
        [
            run("SELECT max(a.v + b.w) FROM generate_series(1, 3000000) a(v) CROSS JOIN generate_series(1, 3000000) b(w)"),
            run("SELECT array_agg(v) FROM generate_series(1, 2000000) a(v)"),
        ]
        .join("\n")
    );
}

#[test]
fn used_up_disk_names_the_option() {
    let environment = Environment::new();
    let query = "SELECT v, repeat('x', 50) AS x FROM generate_series(1, 400000) a(v) ORDER BY 0 - v";
    let arguments =
        ["--memory-limit", "24MB", "--temp-limit", "1MB", "--threads", "1", "query", query, "-o", "out.csv"];
    assert_snapshot!(environment.transcript(&arguments));
    assert_eq!(environment.names(), [""; 0]);
    assert_eq!(names(&environment.temporary()), [""; 0]);
}

#[test]
fn what_does_not_fit_is_spilled_and_gives_the_same_rows() {
    let environment = Environment::new();
    let query =
        "SELECT v % 150000 AS k, sum(v) AS s FROM generate_series(1, 300000) a(v) GROUP BY 1 ORDER BY 1";
    let run = |options: &[&str]| {
        let arguments = [options, &["query", query, "--format", "csv"]].concat();
        environment.run(&arguments).done().stdout
    };
    let plenty = run(&["--threads", "1"]);
    let little = run(&["--threads", "1", "--memory-limit", "24MB"]);
    assert_eq!(plenty.len(), little.len());
    assert!(plenty == little, "spilling changed the rows");
    // That it spills at all: without disk it cannot be done.
    let outcome = environment.run(&[
        "--threads",
        "1",
        "--memory-limit",
        "24MB",
        "--temp-limit",
        "1MB",
        "query",
        query,
        "--format",
        "csv",
    ]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
}

#[test]
fn a_join_whose_sides_do_not_fit_goes_to_disk() {
    let environment = Environment::new();
    let side = "(SELECT v, repeat('x', 200) || v AS x FROM generate_series(1, 500000) a(v))";
    let query = format!(
        "SELECT count(*) AS n, min(a.x || b.x) AS first, max(a.x || b.x) AS last FROM {side} a FULL JOIN {side} b ON a.v = b.v + 1"
    );
    let run = |options: &[&str]| {
        let arguments = [options, &["query", &query, "--format", "csv"]].concat();
        environment.run(&arguments)
    };
    let plenty = run(&[]).done().stdout;
    for threads in ["1", "2"] {
        let little = ["--threads", threads, "--memory-limit", "64MB"];
        assert!(plenty == run(&little).done().stdout, "spilling changed the rows");
        // That hash joins do not fit, and that disk is what helps: without it the query fails.
        let outcome = run(&[&little[..], &["--temp-limit", "1MB"]].concat());
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    }
}

#[test]
fn a_limit_that_is_no_amount_is_refused() {
    let environment = Environment::new();
    let runs: [&[&str]; 5] = [
        &["query", "SELECT 1", "--memory-limit", "much"],
        &["query", "SELECT 1", "--memory-limit", "512"],
        &["query", "SELECT 1", "--memory-limit", "1KB"],
        &["query", "SELECT 1", "--threads", "0"],
        &["query", "SELECT 1", "--temp-dir", "nothing"],
    ];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
}
