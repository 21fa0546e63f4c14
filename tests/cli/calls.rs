//! Functions that are called with arguments they do not take, or without OVER.

use insta::assert_snapshot;

use crate::env::Environment;

#[test]
fn our_functions_say_what_they_take() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT margin(amount) FROM sales",
        "SELECT margin(customer, cost) FROM sales",
        "SELECT margin_pct(1, 2, 3)",
        "SELECT customer_success_margin(amount) FROM sales",
        "SELECT customer_success_margin(customer, cost) FROM sales",
        "SELECT customer_success_margin(DISTINCT amount, cost) FROM sales",
        "SELECT support_margin_pct(amount, sold_on) FROM sales",
        "SELECT sum('a')",
        "SELECT sum(sold_on) FROM sales",
        "SELECT sum(amount, cost) FROM sales",
        "SELECT avg(customer) FROM sales",
        "SELECT allocate(100) OVER () FROM sales",
        "SELECT allocate(100, customer) OVER () FROM sales",
        "SELECT allocate(amount, quantity) OVER () FROM sales",
        "SELECT allocate(100, -quantity) OVER () FROM sales",
        "SELECT pct_of_total(customer) OVER () FROM sales",
        "SELECT prorate(1, 2, 3, 4, 5)",
        "SELECT fiscal_year(sold_on, 13) FROM sales",
        "SELECT fiscal_quarter(amount, 1) FROM sales",
        "SELECT money('abc')",
        "SELECT money('1,234')",
        "SELECT money(amount, 'us', 3) FROM sales",
    ]));
}

#[test]
fn other_functions_are_shown_as_they_are_called() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT upper(1, 2)",
        "SELECT length('a', 'b')",
        "SELECT round('a')",
        "SELECT round(1, 2, 3)",
        "SELECT max()",
        "SELECT coalesce()",
        "SELECT to_char(1, 'x')",
        "SELECT corr(customer, 1) FROM sales",
        "SELECT bool_and(amount) FROM sales",
        "SELECT string_agg(customer) FROM sales",
        "SELECT EXTRACT(year FROM amount) FROM sales",
        "SELECT date_trunc('monht', sold_on) FROM sales",
        "SELECT ntile(0) OVER () FROM sales",
        "SELECT regexp_replace('a', '[', 'b')",
        // Which of two calls is wrong is not known: none is pointed at.
        "SELECT round(1), round('a')",
    ]));
}

#[test]
fn a_window_function_needs_over() {
    assert_snapshot!(Environment::with_tables().queries(&[
        "SELECT lag(1)",
        "SELECT row_number() FROM sales",
        "SELECT allocate(100, amount) FROM sales",
        "SELECT pct_of_total(amount) FROM sales",
    ]));
}
