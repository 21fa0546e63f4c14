//! Clauses, conditions, types and sets that do not fit.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn aggregates_stand_where_they_can() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT customer, sum(amount) FROM sales",
        "SELECT customer FROM sales GROUP BY amount",
        "SELECT customer FROM sales WHERE sum(amount) > 1",
        "SELECT sum(sum(amount)) FROM sales",
        "SELECT amount FROM sales HAVING amount > 1",
        "SELECT customer FROM sales GROUP BY 7",
        "SELECT customer FROM sales ORDER BY 7",
        "SELECT count(DISTINCT amount, cost) FROM sales",
        "SELECT sum(amount) FILTER (WHERE cost) FROM sales",
    ]));
}

#[test]
fn windows_stand_where_they_can() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT amount FROM sales WHERE row_number() OVER () = 1",
        "SELECT sum(amount) OVER w FROM sales",
        "SELECT sum(amount) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM sales",
        "SELECT sum(amount) OVER (ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) FROM sales",
    ]));
}

#[test]
fn a_condition_is_true_or_false() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT * FROM sales WHERE amount",
        "SELECT * FROM sales WHERE customer",
        "SELECT * FROM sales s JOIN customers c ON s.customer",
        "SELECT NOT 1",
        "SELECT true AND 1",
    ]));
}

#[test]
fn text_is_not_a_number() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT *\nFROM sales AS s\nWHERE s.customer = 123",
        "SELECT * FROM sales WHERE customer > 12.50",
        "SELECT * FROM sales WHERE amount = '0123'",
        "SELECT * FROM sales WHERE amount BETWEEN ' +5,5' AND 7",
        "SELECT * FROM sales WHERE sold_on > '31.01.2025'",
        "SELECT * FROM sales AS s JOIN customers AS c ON s.amount = c.customer",
        "SELECT * FROM sales WHERE customer IN (SELECT amount FROM sales)",
        "SELECT CASE WHEN amount > 1 THEN amount ELSE '0' END FROM sales",
        "SELECT coalesce(customer, 0) FROM sales",
        "SELECT customer FROM sales UNION ALL SELECT amount FROM sales",
        "SELECT round('1.5')",
        "SELECT abs(customer) FROM sales",
        "SELECT upper(amount) FROM sales",
        "VALUES (1), ('007')",
        "WITH long AS (SELECT concat(customer, customer) AS c FROM sales)\nSELECT * FROM long WHERE c = 1",
        "EXPLAIN SELECT * FROM sales WHERE customer = 123",
    ]));
}

#[test]
fn types_that_do_not_go_together_are_named() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT amount + customer FROM sales",
        "SELECT amount + sold_on FROM sales",
        "SELECT -customer FROM sales",
        "SELECT amount LIKE 'a%' FROM sales",
        "SELECT amount || quantity FROM sales",
        "SELECT amount = customer FROM sales",
        "SELECT sold_on > 'abc' FROM sales",
        "SELECT amount IN ('abc') FROM sales",
        "SELECT CAST('abc' AS INT)",
        "SELECT CAST('abc' AS DECIMAL(10, 2))",
        "SELECT CAST('abc' AS BOOLEAN)",
        "SELECT CAST('31.01.2026' AS DATE)",
        "SELECT CAST('abc' AS TIMESTAMP)",
        "SELECT to_timestamp('abc')",
        "SELECT INTERVAL 'abc'",
        "SELECT CAST(customer AS INT) FROM sales",
        "SELECT CAST(sold_on AS BOOLEAN) FROM sales",
        "SELECT CAST(1 AS NOPE)",
        "SELECT amount['x'] FROM sales",
    ]));
}

#[test]
fn sets_and_subqueries_have_the_right_shape() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT (SELECT amount FROM sales)",
        "SELECT (SELECT amount, cost FROM sales LIMIT 1)",
        "SELECT * FROM sales WHERE amount IN (SELECT amount, cost FROM sales)",
        "SELECT * FROM sales UNION SELECT * FROM customers",
        "SELECT amount FROM sales UNION ALL SELECT sold_on FROM sales",
        "VALUES (1, 2), (1)",
        "INSERT INTO sales VALUES (1)",
        "SELECT *",
        "SELECT * FROM sales LIMIT 'a'",
        "SELECT * FROM sales LIMIT -1",
    ]));
}

#[test]
fn what_the_engine_does_not_do_is_said() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "DELETE FROM sales",
        "UPDATE sales SET amount = 1",
        "MERGE INTO sales USING customers ON true WHEN MATCHED THEN DELETE",
        "CREATE INDEX i ON sales (amount)",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
        "CREATE EXTERNAL TABLE t STORED AS ORC LOCATION 'x.orc'",
        "COPY sales TO 'x.orc'",
        "SELECT * FROM sales PIVOT (sum(amount) FOR customer IN ('C1'))",
        "SELECT @x",
        "BEGIN",
    ]));
}
