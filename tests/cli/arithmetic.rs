//! Exact results, and what cannot be represented is an error that says so.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn the_golden_margin_is_80_percent() {
    let query = "SELECT customer_success_margin_pct(10000, 2000)";
    assert_snapshot!(Environment::new().transcript(&["query", query]), @r"
    $ marginql query 'SELECT customer_success_margin_pct(10000, 2000)'
    [stdout]
    ╭──────────────────────────────────────────╮
    │ customer_success_margin_pct(10000, 2000) │
    ├──────────────────────────────────────────┤
    │                                  80.0000 │
    ╰──────────────────────────────────────────╯
    [exit code 0]
    ");
}

#[test]
fn quotients_and_averages_keep_their_digits() {
    let query = "SELECT 2/3.0, 10/4, avg(x), sum(x) / 2 FROM (VALUES (1), (2), (2)) AS t(x)";
    let outcome = Environment::new().run(&["query", query, "--format", "csv"]).done();
    assert_eq!(
        outcome.stdout(),
        "2 / 3.0,10 / 4,avg(x),sum(x) / 2\n0.6666666667,2.5000000000,1.666667,2.5000000000\n"
    );
}

#[test]
fn a_long_chain_of_ratios_over_money_plans_and_runs() {
    let query = "SELECT amount / pool * x / y * z / w AS share FROM (SELECT \
        CAST(1 AS DECIMAL(18,4)) AS amount, CAST(3 AS DECIMAL(18,4)) AS pool, CAST(600 AS DECIMAL(18,4)) AS x, \
        CAST(7 AS DECIMAL(18,4)) AS y, CAST(14 AS DECIMAL(18,4)) AS z, CAST(4 AS DECIMAL(18,4)) AS w)";
    let outcome = Environment::new().run(&["query", query, "--format", "csv"]).done();
    // A third, times 600, a seventh, times 14, a quarter: 100, but for the digits cut after 18.
    let share = outcome.stdout().trim_end().rsplit('\n').next().expect("there is a row").to_owned();
    assert!(share.starts_with("100.00000000") || share.starts_with("99.99999999"), "{share}");
}

#[test]
fn overflow_is_an_error() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT 10000000000*10000000000",
        "SELECT 9223372036854775807 + 1",
        "SELECT quantity * 9223372036854775807 AS x FROM sales",
        "SELECT CAST(99999999999999999999999999999999999999 AS DECIMAL(38,0)) + amount FROM sales",
        "SELECT sum(x) FROM (VALUES (CAST(99999999999999999999999999999999999999 AS DECIMAL(38,0))), \
         (CAST(1 AS DECIMAL(38,0)))) AS t(x)",
        "SELECT customer, sum(x) FROM (SELECT customer, CAST(99999999999999999999999999999999999999 AS DECIMAL(38,0)) \
         AS x FROM sales) GROUP BY customer",
        "SELECT CAST(99999999999 AS INT)",
        "SELECT CAST(123456.78 AS DECIMAL(4,2))",
        "SELECT CAST(amount AS DECIMAL(3,2)) FROM sales",
    ]));
}

#[test]
fn division_by_zero_is_an_error() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT 1/0",
        "SELECT cost / amount FROM sales",
        "SELECT amount FROM sales WHERE cost / amount > 1",
        "SELECT quantity % 0 FROM sales",
        "SELECT cost / nullif(amount, 0) AS ratio FROM sales",
    ]));
}
