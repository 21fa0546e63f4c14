//! The functions in a session, on every path the engine has: plain, grouped, filtered, windows, skipped partial
//! aggregation, eight partitions, batches of one row.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema},
    util::{display::array_value_to_string, pretty::pretty_format_batches},
};
use datafusion::{
    common::ScalarValue,
    datasource::MemTable,
    prelude::{SessionConfig, SessionContext},
};

use crate::check::array;

fn session(config: SessionConfig) -> SessionContext {
    let ctx = SessionContext::new_with_config(config);
    marginql_udfs::register_all(&mut *ctx.state_ref().write()).unwrap();
    ctx
}

fn configs() -> Vec<SessionConfig> {
    let skip_partial = SessionConfig::new()
        .with_target_partitions(2)
        .with_batch_size(1)
        .set(
            "datafusion.execution.skip_partial_aggregation_probe_rows_threshold",
            &ScalarValue::UInt64(Some(0)),
        )
        .set(
            "datafusion.execution.skip_partial_aggregation_probe_ratio_threshold",
            &ScalarValue::Float64(Some(0.0)),
        );
    vec![
        SessionConfig::new().with_target_partitions(1),
        SessionConfig::new().with_target_partitions(8),
        SessionConfig::new().with_target_partitions(8).with_batch_size(1),
        skip_partial,
    ]
}

async fn try_rows(ctx: &SessionContext, query: &str) -> Result<Vec<String>, String> {
    let frame = ctx.sql(query).await.map_err(|error| error.strip_backtrace())?;
    let batches = frame.collect().await.map_err(|error| error.strip_backtrace())?;
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cells: Vec<_> =
                batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap()).collect();
            rows.push(cells.join("|"));
        }
    }
    Ok(rows)
}

async fn rows(ctx: &SessionContext, query: &str) -> Vec<String> {
    try_rows(ctx, query).await.unwrap_or_else(|error| panic!("{query}\n{error}"))
}

async fn one(query: &str) -> String {
    rows(&session(SessionConfig::new()), query).await.join("\n")
}

async fn error(query: &str) -> String {
    try_rows(&session(SessionConfig::new()), query).await.expect_err(query)
}

/// 3 × 240 rows in as many partitions: customers, revenue and costs with NULLs, and a day.
fn ledger(ctx: &SessionContext) {
    let schema = Arc::new(Schema::new(vec![
        Field::new("customer", DataType::Int64, true),
        Field::new("day", DataType::Int64, false),
        Field::new("revenue", DataType::Decimal128(18, 4), true),
        Field::new("service_cost", DataType::Decimal64(12, 2), true),
        Field::new("acquisition_cost", DataType::Int32, true),
        Field::new("estimate", DataType::Float64, true),
    ]));
    let partition = |partition: i128| {
        let column = |index: usize, value: fn(i128) -> Option<i128>| {
            let values: Vec<_> = (0..240).map(|row| value(row * 3 + partition)).collect();
            array(schema.field(index).data_type(), &values)
        };
        let columns = vec![
            column(0, |row| (row % 11 != 0).then_some(row % 37)),
            column(1, |row| Some(row * 7919 % 720)),
            column(2, |row| (row % 5 != 0).then_some(row * 12_345 - 1_000_000)),
            column(3, |row| (row % 7 != 0).then_some(row * 31 % 5000)),
            column(4, |row| (row % 3 == 0).then_some(row % 100)),
            column(5, |row| (row % 13 != 0).then_some(row * row - 999)),
        ];
        vec![RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()]
    };
    let table = MemTable::try_new(Arc::clone(&schema), (0..3).map(partition).collect()).unwrap();
    ctx.register_table("ledger", Arc::new(table)).unwrap();
}

const VALUES: &str = "sum(revenue), avg(revenue), sum(acquisition_cost), avg(acquisition_cost), \
    sum(estimate), avg(estimate), sum(DISTINCT acquisition_cost), avg(DISTINCT service_cost), \
    customer_success_margin(revenue, service_cost), \
    customer_success_margin(revenue, service_cost, acquisition_cost), \
    customer_success_margin_pct(revenue, service_cost, acquisition_cost), \
    support_margin(service_cost, estimate), support_margin_pct(revenue, service_cost), \
    nps(day % 11), csat(acquisition_cost % 5 + 1), csat(day % 7 + 1, 7), ces(day % 7 + 1), \
    logo_churn_rate(revenue, service_cost), gross_revenue_retention(service_cost, acquisition_cost), \
    net_revenue_retention(estimate, revenue), quick_ratio(service_cost, acquisition_cost), \
    whale_peak_pct(revenue), gini(acquisition_cost)";

#[tokio::test]
async fn every_path_gives_the_same() {
    let filtered = VALUES.replace("), ", ") FILTER (WHERE day % 3 = 0), ");
    let filtered = format!("{filtered} FILTER (WHERE day % 3 = 0)");
    for query in [
        format!("SELECT {VALUES} FROM ledger"),
        format!("SELECT customer, {VALUES} FROM ledger GROUP BY customer ORDER BY customer"),
        format!("SELECT customer, {filtered} FROM ledger GROUP BY customer ORDER BY customer"),
        format!("SELECT day, {VALUES} FROM ledger GROUP BY day ORDER BY day"),
        format!("SELECT {VALUES} FROM ledger WHERE day < 0"),
        format!(
            "SELECT {VALUES} FROM ledger WHERE revenue IS NULL AND service_cost IS NULL AND estimate IS NULL"
        ),
    ] {
        let mut first = None;
        for config in configs() {
            let ctx = session(config);
            ledger(&ctx);
            let rows = rows(&ctx, &query).await;
            assert_eq!(first.get_or_insert_with(|| rows.clone()), &rows, "{query}");
        }
    }
}

#[tokio::test]
async fn windows_agree_with_grouping() {
    let windows = |over: &str| {
        VALUES
            .replace("sum(DISTINCT acquisition_cost), avg(DISTINCT service_cost), ", "")
            .replace("), ", &format!(") {over}, "))
            + " "
            + over
    };
    for config in configs() {
        let ctx = session(config);
        ledger(&ctx);
        // The last row of a running total has seen the whole partition, and so has every row of an unbounded frame.
        let grouped = VALUES.replace("sum(DISTINCT acquisition_cost), avg(DISTINCT service_cost), ", "");
        let grouped =
            rows(&ctx, &format!("SELECT customer, {grouped} FROM ledger GROUP BY 1 ORDER BY 1")).await;
        let running = windows("OVER (PARTITION BY customer ORDER BY day)");
        let running = format!(
            "SELECT * EXCLUDE (n, m) FROM (SELECT customer, row_number() OVER (PARTITION BY customer ORDER BY day) AS n, \
             count(*) OVER (PARTITION BY customer) AS m, {running} FROM ledger) WHERE n = m ORDER BY customer"
        );
        assert_eq!(rows(&ctx, &running).await, grouped);

        // A sliding frame of three rows is three rows.
        let sliding = windows("OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)");
        let slid = rows(&ctx, &format!("SELECT {sliding} FROM ledger ORDER BY day")).await;
        for day in [0, 1, 100, 719] {
            let frame = VALUES.replace("sum(DISTINCT acquisition_cost), avg(DISTINCT service_cost), ", "");
            let frame =
                format!("SELECT {frame} FROM ledger WHERE day BETWEEN {} AND {}", day as i64 - 1, day + 1);
            assert_eq!(slid[day], rows(&ctx, &frame).await[0], "day {day}");
        }
    }
}

#[tokio::test]
async fn an_empty_frame_is_null() {
    let query = "SELECT sum(x) OVER w, avg(x) OVER w, support_margin(x, x) OVER w FROM (VALUES (1), (2)) AS t(x) \
        WINDOW w AS (ORDER BY x ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)";
    assert_eq!(one(query).await, "||\n||");
}

#[tokio::test]
async fn golden_values() {
    for (query, value) in [
        ("customer_success_margin(10000, 5000)", "5000"),
        ("customer_success_margin_pct(10000, 5000)", "50.0000"),
        ("customer_success_margin_pct(10000, 2000)", "80.0000"),
        ("customer_success_margin(10000, 2000, 3000)", "5000"),
        ("support_margin(120000 + 30000 + 5000, 70000 + 17500 + 4500 + 8000)", "55000"),
        ("support_margin_pct(155000, 100000)", "35.4839"),
        ("support_margin(NULL, 3)", "-3"),
        ("support_margin(3, NULL)", "3"),
        ("support_margin(NULL, NULL)", ""),
        ("support_margin_pct(0, 3)", ""),
        ("support_margin_pct(-1, 3)", ""),
        ("support_margin_pct(NULL, 3)", ""),
        ("support_margin_pct(3, NULL)", "100.0000"),
        ("support_margin(CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE), 0.3)", "0.000000"),
        ("support_margin(CAST(1.5 AS REAL), arrow_cast(1, 'Dictionary(Int32, Int64)'))", "0.500000"),
        ("support_margin(CAST('1.25' AS DECIMAL(40, 2)), CAST('0.125' AS DECIMAL(9, 3)))", "1.125"),
        (
            "arrow_typeof(support_margin(CAST(1 AS DECIMAL(18, 4)), CAST(1 AS DECIMAL(9, 2))))",
            "Decimal128(38, 4)",
        ),
        ("arrow_typeof(support_margin_pct(1, 1))", "Decimal128(38, 4)"),
        ("arrow_typeof(sum(CAST(1 AS DECIMAL(9, 2))))", "Decimal128(38, 2)"),
        ("arrow_typeof(sum(CAST(1 AS DECIMAL(50, 2))))", "Decimal256(76, 2)"),
        ("arrow_typeof(sum(CAST(1 AS INT)))", "Decimal128(38, 0)"),
        ("arrow_typeof(avg(CAST(1 AS DECIMAL(18, 4))))", "Decimal128(38, 8)"),
        ("arrow_typeof(sum(CAST(1 AS REAL)))", "Float64"),
        ("sum(NULL)", ""),
        ("sum(INTERVAL '1 day')", "1 days"),
        ("arrow_typeof(avg(arrow_cast(1, 'Duration(Second)')))", "Duration(s)"),
        ("mean(7)", "7.000000"),
    ] {
        assert_eq!(one(&format!("SELECT {query}")).await, value, "{query}");
    }
    assert_eq!(one("SELECT avg(x), mean(x) FROM (VALUES (1), (2), (2)) AS t(x)").await, "1.666667|1.666667");
}

#[tokio::test]
async fn errors_say_what_and_what_now() {
    let overflow = "FROM (VALUES (CAST('90000000000000000000000000000000000000' AS DECIMAL(38, 0))), \
        (CAST('90000000000000000000000000000000000000' AS DECIMAL(38, 0)))) AS t(amount)";
    for (query, words) in [
        (format!("SELECT sum(amount) {overflow}"), ["`sum` of `amount`", "decimal(76, 0)"]),
        (
            format!("SELECT amount, sum(amount + 0) {overflow} GROUP BY amount"),
            ["`sum` of `", "decimal(76, 0)"],
        ),
        (
            format!("SELECT support_margin(DISTINCT amount, amount) {overflow}"),
            ["`support_margin` does not take DISTINCT", "subquery"],
        ),
        (
            format!("SELECT support_margin(amount, 0) {overflow}"),
            ["`support_margin` of `amount`", "decimal(76, 0)"],
        ),
        (
            format!("SELECT support_margin(DISTINCT amount, 1) {overflow}"),
            ["`support_margin` does not take DISTINCT", "subquery"],
        ),
        (
            format!("SELECT customer_success_margin_pct(DISTINCT amount, 1) OVER () {overflow}"),
            ["`customer_success_margin_pct` does not take DISTINCT", "subquery"],
        ),
        (
            "SELECT support_margin(1)".into(),
            ["with 1 arguments", "support_margin(support_revenue, support_cost)"],
        ),
        ("SELECT support_margin(1, 'x')".into(), ["`support_margin` adds numbers", "money(x)"]),
        ("SELECT sum('x')".into(), ["`sum` adds numbers", "cast(x as decimal(18, 4))"]),
        ("SELECT support_margin(CAST('NaN' AS DOUBLE), 1)".into(), ["`support_margin`", "NaN"]),
        ("SELECT allocate(10, 1, -1) OVER ()".into(), ["the digits of `allocate`", "from 0 to 18"]),
        ("SELECT allocate(10, 1, 19) OVER ()".into(), ["the digits of `allocate`", "literal"]),
        (
            "SELECT allocate(10, 1, x) OVER () FROM (VALUES (1)) AS t(x)".into(),
            ["the digits of `allocate`", "literal"],
        ),
        (
            "SELECT allocate(10) OVER ()".into(),
            ["cannot be called with 1 arguments", "allocate(pool, driver)"],
        ),
        (
            "SELECT pct_of_total(1, 2) OVER ()".into(),
            ["`pct_of_total` takes one argument", "pct_of_total(x)"],
        ),
    ] {
        let message = error(&query).await;
        assert!(words.iter().all(|word| message.contains(word)), "{query}\n{message}");
        assert!(!message.contains("Internal error"), "{message}");
    }
}

#[tokio::test]
async fn a_filter_keeps_not_a_number_away() {
    let query = "SELECT support_margin(x, 0) FILTER (WHERE x < CAST(10 AS DOUBLE)) \
        FROM (VALUES (CAST('NaN' AS DOUBLE)), (1.5)) AS t(x)";
    assert_eq!(one(query).await, "1.500000");
}

#[tokio::test]
async fn shares_in_sql() {
    let ctx = session(SessionConfig::new().with_target_partitions(4));
    let table = "(VALUES ('a', 1, 100), ('b', 1, 100), ('c', 1, 100), ('d', 2, 50), ('e', 2, 50)) AS t(name, month, pool)";
    for (call, expected) in [
        ("allocate(pool, 1)", "33.34 33.33 33.33 25.00 25.00"),
        ("allocate(pool, 1, 0)", "34 33 33 25 25"),
        ("allocate(-pool, 1, 3)", "-33.334 -33.333 -33.333 -25.000 -25.000"),
        ("allocate(pool, NULL)", "    "),
        ("pct_of_total(pool)", "33.3334 33.3333 33.3333 50.0000 50.0000"),
    ] {
        for order in ["", " DESC"] {
            let query = format!(
                "SELECT {call} OVER (PARTITION BY month ORDER BY name{order}) AS share FROM {table} ORDER BY month, name{order}"
            );
            assert_eq!(rows(&ctx, &query).await.join(" "), expected, "{query}");
        }
    }
    // The digits survive a view, and arithmetic above it.
    ctx.sql(&format!("CREATE VIEW shares AS SELECT allocate(pool, 1, 3) OVER (PARTITION BY month ORDER BY name) AS share FROM {table}"))
        .await
        .unwrap();
    assert_eq!(rows(&ctx, "SELECT arrow_typeof(share) FROM shares LIMIT 1").await, ["Decimal128(38, 3)"]);
    assert_eq!(rows(&ctx, "SELECT sum(share) FROM shares").await, ["150.000"]);
}

#[test]
fn functions_are_documented() {
    let aggregates = marginql_udfs::aggregate_functions();
    let windows = marginql_udfs::window_functions();
    let documented: Vec<_> = aggregates
        .iter()
        .map(|function| (function.name(), function.documentation()))
        .chain(windows.iter().map(|function| (function.name(), function.documentation())))
        .collect();
    assert_eq!(documented.len(), 25);
    for (name, documentation) in documented {
        let documentation = documentation.unwrap_or_else(|| panic!("{name} has no documentation"));
        assert!(documentation.description.contains("NULL"), "{name} says what NULL means");
        assert!(documentation.sql_example.as_ref().is_some_and(|example| example.contains(name)), "{name}");
        assert!(documentation.syntax_example.contains(name), "{name}");
        assert_eq!(name, name.to_lowercase());
    }
}

#[tokio::test]
async fn plans_print() {
    let ctx = session(SessionConfig::new());
    ledger(&ctx);
    let plan =
        ctx.sql("EXPLAIN SELECT sum(DISTINCT revenue), avg(DISTINCT revenue) FROM ledger").await.unwrap();
    let text = pretty_format_batches(&plan.collect().await.unwrap()).unwrap().to_string();
    assert!(text.contains("alias1"), "a single DISTINCT is rewritten into a GROUP BY:\n{text}");
}
