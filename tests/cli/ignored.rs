//! Parts of a statement that would be ignored or misread: what, where, and what to write.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn what_would_be_ignored_is_pointed_at() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT customer FROM sales PREWHERE amount > 1",
        "SELECT customer, sum(amount) FROM sales GROUP BY customer WITH ROLLUP",
        "SELECT 'prewhere' AS a, /* PREWHERE */ customer FROM sales\nPREWHERE amount > 1",
        "SELECT * ILIKE 'a%' FROM sales",
        "SELECT * FROM sales FOR UPDATE",
        "SELECT customer FROM sales LIMIT 2 BY customer",
        "SELECT * FROM sales TABLESAMPLE (10 PERCENT)",
        "SELECT * FROM sales WITH (NOLOCK)",
        "SELECT abs(amount) OVER (PARTITION BY customer) FROM sales",
        "SELECT customer FROM sales ORDER BY sum(amount) OVER w",
        "CREATE TABLE t (id INT PRIMARY KEY)",
        "DELETE FROM sales LIMIT 1",
    ]));
}

#[test]
fn what_would_be_misread_is_pointed_at() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT 1_000_000",
        "SELECT 2x FROM sales",
        "SELECT 'a' 'b'",
        "SELECT 2 ^ 3",
        "SELECT amount & 3 FROM sales",
        "SELECT customer SIMILAR TO 'a%' FROM sales",
        "SELECT CAST(customer AS VARCHAR(3)) FROM sales",
        "SELECT * FROM sales POSITIONAL JOIN customers c",
        "SELECT * FROM sales FINAL",
        "SELECT * FROM sales JOIN customers",
        "SELECT * FROM sales lefft JOIN customers c ON sales.customer = c.customer",
        "SELECT 1 FROM sales s JOIN customers c ON s.customer = c.customer FULL JOIN customers USING (customer)",
        "SELECT customer_success_margin_pct(sum(amount), sum(cost)) FROM sales",
        "SELECT sum(customer_success_margin(amount, cost)) FROM sales",
    ]));
}

#[test]
fn nothing_is_opened_before_a_statement_is_refused() {
    let environment = Environment::with_tables();
    environment.write("saved.sql", "SELECT * FROM 'missing.parquet' PREWHERE true;\n");
    assert_snapshot!(environment.transcript(&["run", "saved.sql"]));
}
