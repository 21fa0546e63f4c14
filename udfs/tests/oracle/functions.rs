//! The scalar functions: golden values, types, NULL rules and messages.

use chrono::{Days, Months, NaiveDate};

use crate::session::{failure, rows, rows_in, session};

#[tokio::test]
async fn golden_margins() {
    for (sql, expected) in [
        ("margin(10000, 5000)", "5000"),
        ("margin_pct(10000, 5000)", "50.0000"),
        ("margin_pct(10000, 2000)", "80.0000"),
        ("margin(10000.00, 2000)", "8000.00"),
        ("margin(0.3, 0.1)", "0.2"),
        ("margin(arrow_cast(0.3, 'Float64'), arrow_cast(0.1, 'Float64'))", "0.200000"),
        ("margin(arrow_cast(0.3, 'Float32'), 0)", "0.300000"),
        ("margin_pct(3, 1)", "66.6667"),
        ("margin_pct(3, 4)", "-33.3333"),
        ("margin_pct(0, 4)", "NULL"),
        ("margin_pct(-10, 4)", "NULL"),
        ("margin_pct(NULL, 4)", "NULL"),
        ("margin_pct(4, NULL)", "NULL"),
        ("margin(NULL, 4)", "NULL"),
        ("margin(4, NULL)", "NULL"),
        ("margin(arrow_cast(3, 'Dictionary(Int8, Int16)'), arrow_cast(1.5, 'Decimal32(5, 2)'))", "1.50"),
        ("margin_pct(arrow_cast(3, 'Decimal256(76, 30)'), arrow_cast(1.5, 'Float64'))", "50.0000"),
        ("margin_pct(arrow_cast(10, 'UInt64'), arrow_cast(4, 'Int8'))", "60.0000"),
        ("arrow_typeof(margin_pct(1, 1))", "Decimal128(38, 4)"),
    ] {
        assert_eq!(rows(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn margins_refuse_what_is_no_amount() {
    for (sql, parts) in [
        ("margin('a', 1)", vec!["`margin` takes numbers"]),
        ("margin_pct(arrow_cast('NaN', 'Float64'), 1)", vec!["`margin_pct`", "NaN"]),
        ("margin(arrow_cast('inf', 'Float64'), 1)", vec!["`margin`", "inf"]),
        ("margin(1)", vec!["margin"]),
        (
            "margin(x, -1) FROM (SELECT 9223372036854775807 AS x)",
            vec!["`margin(9223372036854775807, -1)` overflows"],
        ),
        (
            "margin_pct(0.01, x) FROM (SELECT CAST('99999999999999999999999999999999999' AS DECIMAL(38,0)) AS x)",
            vec!["margin_pct(", "38 digits"],
        ),
    ] {
        let message = failure(&format!("SELECT {sql}")).await;
        for part in parts {
            assert!(message.contains(part), "{sql}\n{message}");
        }
    }
}

/// The months from January 2026 to January 2027.
fn months() -> String {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("there was such a day");
    let months: Vec<_> = (0..13)
        .map(|month| {
            let [first, next] = [month, month + 1].map(|month| first + Months::new(month));
            format!("(DATE '{first}', DATE '{}')", next - Days::new(1))
        })
        .collect();
    format!("(VALUES {}) AS months(first, last)", months.join(", "))
}

#[tokio::test]
async fn golden_proration() {
    let sql = format!(
        "SELECT prorate(12000.00, DATE '2026-01-15', DATE '2027-01-14', first, last) FROM {} ORDER BY first",
        months()
    );
    assert_eq!(
        rows(&sql).await,
        "558.90; 920.55; 1019.18; 986.30; 1019.18; 986.30; 1019.18; 1019.18; 986.30; 1019.18; 986.30; 1019.18; 460.27"
            .to_owned()
    );
}

#[tokio::test]
async fn consecutive_buckets_add_to_the_amount() {
    for amount in [
        "12000.00",
        "-12000.00",
        "0.01",
        "1",
        "7.7777",
        "arrow_cast(10, 'Float64')",
        "arrow_cast(99.99, 'Decimal256(50, 2)')",
    ] {
        let sql = format!(
            "SELECT sum(prorate({amount}, DATE '2026-01-15', DATE '2027-01-14', first, last)) = {amount} AS x FROM {}",
            months()
        );
        assert_eq!(rows(&sql).await, "true", "{amount}");
    }
}

#[tokio::test]
async fn proration_at_its_edges() {
    for (sql, expected) in [
        (
            "prorate(100, DATE '2026-01-01', DATE '2026-01-01', DATE '2026-01-01', DATE '2026-01-01')",
            "100.00",
        ),
        ("prorate(100, DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-03', DATE '2026-12-31')", "33.33"),
        (
            "prorate(-100, DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-02', DATE '2026-01-02')",
            "-33.34",
        ),
        ("prorate(100, DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-02', DATE '2026-01-02')", "33.34"),
        ("prorate(100, DATE '2026-01-01', DATE '2026-01-03', DATE '2027-01-02', DATE '2027-01-02')", "0.00"),
        (
            "prorate(100.5, '2026-01-01', TIMESTAMP '2026-01-02 23:59:59', TIMESTAMP '2026-01-01 12:00:00', '2026-01-01')",
            "50.25",
        ),
        ("prorate(NULL, DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-02', DATE '2026-01-02')", "NULL"),
        ("prorate(1, NULL, DATE '2026-01-03', DATE '2026-01-02', DATE '2026-01-02')", "NULL"),
        ("prorate(1, DATE '2026-01-03', DATE '2026-01-01', NULL, DATE '2026-01-02')", "NULL"),
    ] {
        assert_eq!(rows(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
    let sql = "SELECT prorate(a, f, t, f, f) FROM (VALUES (1.00, DATE '2026-01-01', DATE '2026-01-02'),
        (NULL, DATE '2026-01-03', DATE '2026-01-02'), (3.00, DATE '2026-01-01', NULL)) AS v(a, f, t)";
    assert_eq!(rows(sql).await, "0.50; NULL; NULL");
    let message = failure(
        "SELECT prorate(1, DATE '2026-01-03', DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-03')",
    )
    .await;
    assert!(message.contains("service period from `2026-01-03` to `2026-01-01`"), "{message}");
    let message = failure(
        "SELECT prorate(1, DATE '2026-01-01', DATE '2026-01-03', DATE '2026-01-03', DATE '2026-01-01')",
    )
    .await;
    assert!(message.contains("bucket from"), "{message}");
    let message = failure("SELECT prorate(1, 2, 3, 4, 5)").await;
    assert!(message.contains("takes dates or timestamps, not Int64"), "{message}");
}

#[tokio::test]
async fn fiscal_calendars() {
    for (sql, expected) in [
        ("fiscal_year(DATE '2025-07-01', 7)", "2026"),
        ("fiscal_year(DATE '2025-06-30', 7)", "2025"),
        ("fiscal_year(DATE '2025-12-31', 1)", "2025"),
        ("fiscal_year(TIMESTAMP '2025-12-31 23:59:59', 12)", "2026"),
        ("fiscal_quarter(DATE '2025-07-01', 7)", "1"),
        ("fiscal_quarter(DATE '2025-06-30', 7)", "4"),
        ("fiscal_period(DATE '2025-06-30', 7)", "12"),
        ("fiscal_period(DATE '2025-01-30', 1)", "1"),
        ("fiscal_year(NULL, 7)", "NULL"),
        ("fiscal_period(DATE '2025-01-30', NULL)", "NULL"),
        ("fiscal_year('2025-07-01', 7)", "2026"),
        ("fiscal_year(arrow_cast('2025-07-01', 'Dictionary(Int32, Utf8)'), 7)", "2026"),
    ] {
        assert_eq!(rows(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
    let sql = "SELECT fiscal_year(d, m), fiscal_quarter(d, m), fiscal_period(d, m), fiscal_period(d, 2), fiscal_year(DATE '2025-03-01', m)
        FROM (VALUES (DATE '2025-03-31', 4), (DATE '2025-04-01', 4), (NULL, 4), (DATE '2025-04-01', NULL)) AS t(d, m)";
    assert_eq!(
        rows(sql).await,
        "2025, 4, 12, 2, 2025; 2026, 1, 1, 3, 2025; NULL, NULL, NULL, NULL, 2025; NULL, NULL, NULL, 3, NULL"
    );
    for month in ["0", "13", "-1"] {
        let message = failure(&format!("SELECT fiscal_year(DATE '2025-01-01', {month})")).await;
        assert!(message.contains("first month"), "{message}");
    }
}

#[tokio::test]
async fn a_fiscal_year_in_where_is_a_range_of_dates() {
    for (column, lower, upper) in
        [("DATE", "2025-07-01", "2026-07-01"), ("TIMESTAMP", "2025-07-01", "2026-07-01")]
    {
        let ctx = session();
        let sql = format!(
            "CREATE TABLE t AS SELECT CAST(column1 AS {column}) AS d FROM (VALUES ('2025-06-30'), ('2025-07-01'), ('2026-06-30'), ('2026-07-01'))"
        );
        ctx.sql(&sql).await.unwrap().collect().await.unwrap();
        for (condition, expected) in [
            ("fiscal_year(d, 7) = 2026", "2"),
            ("fiscal_year(d, 7) <> 2026", "2"),
            ("fiscal_year(d, 7) < 2026", "1"),
            ("fiscal_year(d, 7) <= 2026", "3"),
            ("fiscal_year(d, 7) > 2026", "1"),
            ("2026 <= fiscal_year(d, 7)", "3"),
            ("fiscal_year(d, 7) IN (2025, 2027)", "2"),
            ("fiscal_year(d, 7) BETWEEN 2026 AND 2027", "3"),
        ] {
            let count = format!("SELECT count(*) FROM t WHERE {condition}");
            assert_eq!(rows_in(&ctx, &count).await.unwrap(), expected, "{condition}");
            let plan = rows_in(&ctx, &format!("EXPLAIN SELECT * FROM t WHERE {condition}")).await.unwrap();
            assert!(!plan.contains("fiscal_year"), "{condition}\n{plan}");
        }
        let plan = rows_in(&ctx, "EXPLAIN SELECT * FROM t WHERE fiscal_year(d, 7) = 2026").await.unwrap();
        assert!(plan.contains(lower) && plan.contains(upper) || plan.contains("1751328000"), "{plan}");
    }
}

#[tokio::test]
async fn amounts_in_text() {
    for (sql, expected) in [
        (
            "money('$1,234.50'), money('(12.00)'), money('1 234,56 Kč'), money('-5')",
            "1234.5000, -12.0000, 1234.5600, -5.0000",
        ),
        (
            "money('1.234,50 €'), money('5-'), money('1.234', 'eu'), money('1.234', 'us')",
            "1234.5000, -5.0000, 1234.0000, 1.2340",
        ),
        (
            "try_money('1,234'), try_money('abc'), try_money(''), try_money('0.12345')",
            "NULL, NULL, NULL, NULL",
        ),
        (
            "money(NULL), try_money(NULL), money('5', NULL), arrow_typeof(money('1'))",
            "NULL, NULL, NULL, Decimal128(18, 4)",
        ),
        (
            "money(arrow_cast('5 EUR', 'Dictionary(Int8, Utf8)')), money(arrow_cast('5', 'LargeUtf8'))",
            "5.0000, 5.0000",
        ),
    ] {
        assert_eq!(rows(&format!("SELECT {sql}")).await, expected, "{sql}");
    }
    let sql = "SELECT try_money(x, s), try_money(x), try_money('2,500', s)
        FROM (VALUES ('1,500', 'us'), ('1,500', 'eu'), (NULL, 'us'), ('7', NULL)) AS t(x, s)";
    assert_eq!(
        rows(sql).await,
        "1500.0000, NULL, 2500.0000; 1.5000, NULL, 2.5000; NULL, NULL, 2500.0000; NULL, 7.0000, NULL"
    );
}

#[tokio::test]
async fn text_that_is_no_amount_is_named() {
    for (sql, parts) in [
        ("money('1,234')", vec!["`1,234`", "two ways", "money(x, 'us')"]),
        ("money(x) FROM (VALUES ('1'), ('oops')) AS t(x)", vec!["met `oops`", "try_money"]),
        ("money('0.12345')", vec!["more than 4 decimals"]),
        ("money('1', 'fr')", vec!["no style `fr`", "'us'"]),
        ("try_money('1', 'fr')", vec!["no style `fr`"]),
        ("money(12.5)", vec!["takes text, not Decimal128(3, 1)"]),
    ] {
        let message = failure(&format!("SELECT {sql}")).await;
        for part in parts {
            assert!(message.contains(part), "{sql}\n{message}");
        }
    }
}

#[tokio::test]
async fn dates_and_keys_in_text() {
    for (sql, expected) in [
        (
            "try_date('2026-05-27'), try_date('27.5.2026'), try_date('3/4/2026')",
            "2026-05-27, 2026-05-27, NULL",
        ),
        ("try_date('3/4/2026', 'day_first'), try_date('3/4/2026', 'month_first')", "2026-04-03, 2026-03-04"),
        (
            "try_timestamp('2026-05-27T01:00+02:00'), try_timestamp('2026-05-27')",
            "2026-05-26T23:00:00, 2026-05-27T00:00:00",
        ),
        (
            "try_date(NULL), try_timestamp(NULL), is_ambiguous_date(NULL), clean_key(NULL)",
            "NULL, NULL, NULL, NULL",
        ),
        ("is_ambiguous_date('3/4/2026'), clean_key(' 007 '), clean_key('')", "true, 007, NULL"),
        ("known_rate(1.5, 'EUR', DATE '2026-05-27'), known_rate(NULL, NULL, NULL)", "1.5, NULL"),
    ] {
        assert_eq!(rows(&format!("SELECT {sql}")).await, expected, "{sql}");
    }
    let sql = "SELECT try_date(x), clean_key(x) FROM (VALUES ('2026-05-27 '), (NULL), ('x')) AS t(x)";
    assert_eq!(rows(sql).await, "2026-05-27, 2026-05-27; NULL, NULL; NULL, x");
}

#[tokio::test]
async fn what_is_no_date_no_key_and_no_rate_is_named() {
    for (sql, parts) in [
        ("try_date(5)", vec!["`try_date` takes text, not Int64", "to_timestamp_millis"]),
        ("try_timestamp(5)", vec!["`try_timestamp` takes text, not Int64"]),
        ("try_date('x', 'dmy')", vec!["no order `dmy`", "'day_first'"]),
        ("clean_key(5)", vec!["`clean_key` takes text"]),
        (
            "known_rate(x, 'EUR', DATE '2025-03-14') FROM (VALUES (1.5), (NULL)) AS t(x)",
            vec!["no rate for `EUR` on 2025-03-14", "marginql check"],
        ),
        ("known_rate(0, 'EUR', DATE '2025-03-14')", vec!["`0`, and must be more than 0"]),
    ] {
        let message = failure(&format!("SELECT {sql}")).await;
        for part in parts {
            assert!(message.contains(part), "{sql}\n{message}");
        }
    }
}

#[tokio::test]
async fn every_function_is_documented_and_its_example_is_right() {
    for function in marginql_udfs::scalar_functions() {
        let name = function.name();
        let documentation =
            function.documentation().unwrap_or_else(|| panic!("`{name}` has no documentation"));
        assert!(documentation.description.contains("NULL"), "`{name}` does not say what NULL gives");
        assert!(documentation.arguments.as_ref().is_some_and(|arguments| !arguments.is_empty()), "`{name}`");
        let example =
            documentation.sql_example.as_deref().unwrap_or_else(|| panic!("`{name}` has no example"));
        let (sql, shown) = example
            .trim_start_matches("```sql\n")
            .trim_end_matches("\n```")
            .split_once(";\n-- ")
            .unwrap_or_else(|| panic!("`{name}` shows no result"));
        assert_eq!(rows(sql).await, shown, "{sql}");
    }
}
