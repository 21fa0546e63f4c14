//! Columns, tables and functions that are not there, or there twice.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn a_column_that_is_not_there_is_answered_with_the_nearest() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT amont FROM sales",
        "SELECT s.amont FROM sales AS s",
        "SELECT revenue FROM sales",
        "SELECT region FROM customers",
        "SELECT x.amount FROM sales AS s",
        "SELECT customer FROM sales ORDER BY amunt",
        "SELECT sum(amount) OVER (ORDER BY nothing) FROM sales",
        "SELECT * EXCEPT (amont) FROM sales",
        "SELECT amount FROM sales s WHERE EXISTS (SELECT 1 FROM customers c WHERE c.customer = s.nothing)",
        "SELECT \"amount\"",
        "SELECT nothing.* FROM sales",
        "EXPLAIN SELECT amont FROM sales",
    ]));
}

#[test]
fn a_table_that_is_not_there_is_answered_with_the_nearest() {
    let environment = Environment::with_tables();
    let mut text = environment.queries(&[
        "SELECT * FROM sale",
        "SELECT * FROM nothing",
        "SELECT * FROM other.sales",
        "DESCRIBE nothing",
        "INSERT INTO nothing VALUES (1)",
        "DROP TABLE nothing",
        "DROP VIEW nothing",
        "CREATE VIEW sales AS SELECT 1",
        "SELECT * FROM 'nothing.parquet'",
    ]);
    // Without any table, a file is what is missing.
    text.push('\n');
    text.push_str(&environment.transcript(&["query", "SELECT * FROM sales"]));
    assert_snapshot!(text);
}

#[test]
fn a_function_that_is_not_there_is_answered_with_the_nearest() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT customr_success_margin(amount, cost) FROM sales",
        "SELECT frobnicate(1)",
        "SELECT * FROM generate_serie(1, 2)",
        "SELECT * FROM frobnicate(1)",
    ]));
}

#[test]
fn a_name_that_comes_twice_is_told() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT amount AS a, cost AS a FROM sales",
        "SELECT a FROM (SELECT amount AS a, cost AS a FROM sales)",
        "SELECT * FROM (SELECT amount, amount FROM sales)",
        "SELECT * FROM (SELECT sum(amount), sum(amount) FROM sales)",
        "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a",
        "SELECT * FROM sales, sales",
        "SELECT customer FROM sales s JOIN customers c ON s.customer = c.customer",
        "SELECT upper(customer) AS customer, unnest([amount]) AS part FROM sales",
    ]));
}
