//! `+ - * /` in every place of a query: golden values, names, guards and messages.

use datafusion::{
    arrow::datatypes::DataType,
    common::{ParamValues, ScalarValue},
    prelude::{SessionConfig, SessionContext, col, lit},
};

use crate::session::{decimal_session, failure_in, rows, rows_in, rows_in_both, session};

#[tokio::test]
async fn golden_quotients_products_and_sums() {
    for (sql, expected) in [
        ("2/3.0", "0.6666666667"),
        ("-2/3.0", "-0.6666666667"),
        ("10/4", "2.5000000000"),
        ("10/4 = 2.5", "true"),
        ("0.1 + 0.2", "0.3"),
        ("0.1 + 0.2 = 0.3", "true"),
        ("1 - 0.9 = 0.1", "true"),
        ("129.90 * 0.15 = 19.485", "true"),
        ("7 + 8 - 3 * 2", "9"),
        ("-0.15 * 100 = -15", "true"),
        ("NULL + 1", "NULL"),
        ("1.5 / NULL", "NULL"),
        ("cast(1 as decimal(38,18)) * cast(0.5 as decimal(38,18)) = 0.5", "true"),
        (
            "cast(0.000000000000000005 as decimal(20,18)) * cast(0.1 as decimal(2,1)) * 1e18",
            "1.000000000000000000",
        ),
        ("cast(7 as decimal(50,2)) / cast(3 as decimal(9,2))", "2.3333333333"),
        ("cast(1 as tinyint) + cast(2 as smallint)", "3"),
        ("cast(1 as bigint unsigned) - cast(2 as bigint)", "-1"),
        ("- cast(5 as int)", "-5"),
        ("arrow_cast(1.5, 'Float64') * 2", "3.0"),
        ("arrow_cast(0.1, 'Float64') + arrow_cast(0.2, 'Float64')", "0.30000000000000004"),
    ] {
        assert_eq!(rows_in_both(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn dates_intervals_and_text_keep_their_operators() {
    for (sql, expected) in [
        ("DATE '2026-01-31' + INTERVAL '1 month'", "2026-02-28"),
        ("DATE '2026-03-01' - DATE '2026-02-01'", "28"),
        ("TIMESTAMP '2026-01-01 00:00:00' - INTERVAL '1 hour'", "2025-12-31T23:00:00"),
        ("'a' || 'b'", "ab"),
        ("7 % 4", "3"),
    ] {
        assert_eq!(rows_in_both(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
}

/// Three customers; `b` is zero once and NULL once.
const T: &str = "WITH t(id, a, b, d) AS (
    SELECT column1, CAST(column2 AS DECIMAL(10,2)), CAST(column3 AS DECIMAL(10,2)), column4
    FROM (VALUES (1, 10, 4, 1), (2, 5, 0, 2), (3, 7, NULL, 3))) ";

#[tokio::test]
async fn exactness_holds_in_every_clause() {
    for (sql, expected) in [
        ("SELECT id FROM t WHERE a * 0.1 = 1", "1"),
        ("SELECT sum(a) / 3 AS x FROM t", "7.3333333333"),
        ("SELECT count(*) FROM t GROUP BY d / 2 HAVING d / 2 = 1.5", "1"),
        ("SELECT id FROM t ORDER BY a / 3 DESC, id", "1; 3; 2"),
        (
            "SELECT id, sum(d / 3) OVER (ORDER BY id) FROM t ORDER BY id",
            "1, 0.3333333333; 2, 1.0000000000; 3, 2.0000000000",
        ),
        ("SELECT id FROM t WHERE a / 4 = (SELECT max(a) / 4 FROM t)", "1"),
        (
            "SELECT id FROM t AS o WHERE a / 4 = (SELECT max(a) / 4 FROM t AS i WHERE i.id = o.id * 1 + 0) ORDER BY id",
            "1; 2; 3",
        ),
        ("SELECT id FROM t WHERE d / 4 IN (0.25, 0.5) ORDER BY id", "1; 2"),
        ("SELECT id FROM t WHERE d / 4 BETWEEN 0.5 AND 3/4 ORDER BY id", "2; 3"),
        (
            "SELECT CASE WHEN id = 1 THEN 1 / 4 ELSE 2 END FROM t ORDER BY id",
            "0.2500000000; 2.0000000000; 2.0000000000",
        ),
        (
            "SELECT (CASE WHEN id = 1 THEN 1 ELSE CAST(2.5 AS DECIMAL(2,1)) END) / 2 AS x FROM t ORDER BY id",
            "0.5000000000; 1.2500000000; 1.2500000000",
        ),
        ("SELECT 1 / 4 AS x UNION ALL SELECT 3 / 4 ORDER BY x", "0.2500000000; 0.7500000000"),
        ("SELECT r / 3 AS x FROM (SELECT d / 4 AS r FROM t WHERE id = 3) AS s", "0.2500000000"),
        ("SELECT r * r AS x FROM (SELECT d * 0.1 AS r FROM t WHERE id = 3) AS s", "0.09"),
        ("SELECT r * 0.1 AS x FROM (SELECT d * 0.1 AS r FROM t WHERE id = 3) AS s", "0.03"),
        ("SELECT t.id FROM t JOIN t AS u ON t.d = u.d + 1 ORDER BY t.id", "2; 3"),
        ("SELECT id FROM t ORDER BY id LIMIT 1 + 1", "1; 2"),
        ("SELECT DISTINCT d - d FROM t", "0"),
        ("SELECT count(DISTINCT d / 4) FROM t", "3"),
    ] {
        assert_eq!(rows_in_both(&format!("{T}{sql}")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn guarded_divisions_do_not_fail() {
    for (sql, expected) in [
        (
            "SELECT CASE WHEN b <> 0 THEN a / b END, CASE WHEN b <> 0 THEN a / b + 1 END FROM t ORDER BY id",
            "2.5000000000, 3.5000000000; NULL, NULL; NULL, NULL",
        ),
        (
            "SELECT CASE WHEN b = 0 THEN 0 ELSE a / b END AS x, CASE WHEN b = 0 THEN 0 ELSE a / b END AS y FROM t ORDER BY id",
            "2.5000000000, 2.5000000000; 0.0000000000, 0.0000000000; NULL, NULL",
        ),
        ("SELECT id FROM t WHERE b <> 0 AND a / b > 1", "1"),
        ("SELECT id FROM t WHERE id > 0 AND b <> 0 AND a / b > 1 AND 3 / b < 2", "1"),
        ("SELECT id FROM t WHERE b = 0 OR a / b > 1 ORDER BY id", "1; 2"),
        ("SELECT id, b <> 0 AND a / b > 1 AS x FROM t ORDER BY id", "1, true; 2, false; 3, NULL"),
        ("SELECT sum(a / b) FILTER (WHERE b <> 0) AS x FROM t", "2.5000000000"),
        (
            "SELECT id, sum(a / b) FILTER (WHERE b <> 0) AS x FROM t GROUP BY id ORDER BY id",
            "1, 2.5000000000; 2, NULL; 3, NULL",
        ),
        ("SELECT a / nullif(b, 0) AS x FROM t ORDER BY id", "2.5000000000; NULL; NULL"),
        ("SELECT id FROM t GROUP BY id HAVING sum(b) <> 0 AND sum(a) / sum(b) > 1", "1"),
        ("SELECT x.id FROM t AS x JOIN t AS y ON x.id = y.id AND y.b <> 0 AND x.a / y.b > 1", "1"),
    ] {
        assert_eq!(rows_in_both(&format!("{T}{sql}")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn plain_filters_are_planned_as_they_are_without_us() {
    let ours = decimal_session();
    let native = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let mut plans = Vec::new();
    for ctx in [&ours, &native] {
        ctx.sql("CREATE TABLE t AS SELECT column1 AS a, column2 AS b FROM (VALUES (1, 2))").await.unwrap();
        let sql = "EXPLAIN SELECT a FROM t WHERE b <> 0 AND a BETWEEN 1 AND 5 OR a = -3";
        plans.push(rows_in(ctx, sql).await.unwrap());
    }
    assert_eq!(plans[0], plans[1]);
}

#[tokio::test]
async fn what_has_no_result_says_which_operator_column_and_value() {
    let t = "FROM orders";
    for (sql, parts) in [
        ("SELECT 10000000000*10000000000".to_owned(), vec!["`10000000000 * 10000000000` overflows", "BIGINT", "DECIMAL(38,0)"]),
        (format!("SELECT price * price {t}"), vec!["`price * price` overflows", "`10000000000 * 10000000000`", "BIGINT"]),
        (format!("SELECT 1 + price * 1000000000 {t}"), vec!["`price * 1000000000`"]),
        (format!("SELECT (price + 1) * price * 1 {t}"), vec!["`(price + 1) * price` overflows", "10000000001"]),
        (format!("SELECT price / quantity {t}"), vec!["`price / quantity` divides by zero", "nullif(x, 0)", "margin_pct"]),
        (format!("SELECT price FROM (SELECT * {t}) AS v WHERE price / quantity > 1"), vec!["`price / quantity`"]),
        (format!("SELECT sum(price / quantity) {t}"), vec!["`price / quantity`"]),
        ("SELECT 1 / 0.0".to_owned(), vec!["divides by zero: `1 / 0`"]),
        ("SELECT CAST(127 AS TINYINT) + CAST(1 AS TINYINT)".to_owned(), vec!["TINYINT", "`127 + 1`"]),
        ("SELECT - x FROM (VALUES (-9223372036854775808)) AS t(x)".to_owned(), vec!["`0 - column1` overflows"]),
        ("SELECT CAST(1 AS INT UNSIGNED) - CAST(2 AS INT UNSIGNED)".to_owned(), vec!["INTEGER UNSIGNED", "`1 - 2`"]),
        ("SELECT x + x FROM (SELECT CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0)) AS x)".to_owned(), vec!["`x + x` overflows", "38 digits"]),
        ("SELECT x * x FROM (SELECT CAST('99999999999999999999' AS DECIMAL(38,4)) AS x)".to_owned(), vec!["`x * x` overflows", "`99999999999999999999.0000 * 99999999999999999999.0000`"]),
        ("SELECT x / y FROM (SELECT CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0)) AS x, 0.1 AS y)".to_owned(), vec!["999 / 0.1` overflows"]),
    ] {
        let ctx = decimal_session();
        let orders = "CREATE TABLE orders AS SELECT column1 AS price, column2 AS quantity FROM (VALUES (10000000000, 0))";
        ctx.sql(orders).await.unwrap().collect().await.unwrap();
        let message = failure_in(&ctx, &sql).await;
        for part in parts {
            assert!(message.contains(part), "{sql}\n{message}\nlacks {part}");
        }
        assert!(!message.contains("bug") && !message.contains("checked_"), "{message}");
    }
}

#[tokio::test]
async fn a_branch_that_is_never_taken_does_not_fail() {
    assert_eq!(rows("SELECT CASE WHEN false THEN 1 / 0 ELSE 5 END AS x").await, "5.0000000000");
    assert_eq!(rows("SELECT coalesce(2, 1 / 0) AS x").await, "2.0000000000");
}

#[tokio::test]
async fn columns_keep_the_names_that_the_user_wrote() {
    for (sql, names) in [
        ("SELECT a / b, -a, a + 1 FROM t", vec!["t.a / t.b", "(- t.a)", "t.a + Int64(1)"]),
        ("SELECT divide(a, b), checked_subtract(a, 1) FROM t", vec!["t.a / t.b", "t.a - Int64(1)"]),
        ("SELECT sum(a * b) FROM t", vec!["sum(t.a * t.b)"]),
        ("SELECT a * b, sum(a * b) OVER () AS s FROM t", vec!["t.a * t.b", "s"]),
        ("SELECT a / b FROM t GROUP BY a / b ORDER BY a / b", vec!["t.a / t.b"]),
    ] {
        for ctx in [session(), decimal_session()] {
            ctx.sql("CREATE TABLE t AS VALUES (1, 2)").await.unwrap();
            ctx.sql("CREATE OR REPLACE TABLE t AS SELECT column1 AS a, column2 AS b FROM t").await.unwrap();
            let batches = ctx.sql(sql).await.unwrap().collect().await.unwrap();
            let schema = batches[0].schema();
            let found: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
            assert_eq!(found, names, "{sql}");
        }
    }
}

#[tokio::test]
async fn a_chain_of_ratios_over_money_plans_and_runs() {
    let columns = ["amount", "pool", "x", "y", "z", "w"]
        .map(|name| format!("CAST(column1 AS DECIMAL(18,4)) AS {name}"));
    let sql = format!(
        "SELECT amount / pool * x / y * z / w AS r, arrow_typeof(amount / pool * x / y * z / w) AS type
         FROM (SELECT {} FROM (VALUES (12345.6789), (-3.5)))",
        columns.join(", ")
    );
    assert_eq!(
        rows(&sql).await,
        "1.000000000000000000, Decimal128(38, 18); 1.000000000000000000, Decimal128(38, 18)"
    );
}

/// `CREATE VIEW` coerces types before any rewrite, so that a view needs the parser's decimals for `0.1`; the quotients
/// of integers are ours all the same.
#[tokio::test]
async fn views_and_tables_made_of_quotients_are_exact() {
    let ctx = decimal_session();
    for sql in [
        "CREATE VIEW ratio AS SELECT column1 AS a, column1 / column2 AS r, column1 * 0.1 AS tenth
            FROM (VALUES (2, 3), (1, 8))",
        "CREATE TABLE kept AS SELECT r * 3 AS triple, tenth + tenth AS fifth FROM ratio",
    ] {
        ctx.sql(sql).await.unwrap().collect().await.unwrap();
    }
    for (sql, expected) in [
        ("SELECT r, r + 1 FROM ratio ORDER BY r", "0.1250000000, 1.1250000000; 0.6666666667, 1.6666666667"),
        ("SELECT sum(tenth * 3) AS x FROM ratio", "0.9"),
        ("SELECT a FROM ratio WHERE tenth * 3 = 0.6", "2"),
        ("SELECT triple, fifth FROM kept ORDER BY triple", "0.3750000000, 0.2; 2.0000000001, 0.4"),
    ] {
        assert_eq!(rows_in(&ctx, sql).await.unwrap(), expected, "{sql}");
    }
    let plain = session();
    let view = "CREATE VIEW ratio AS SELECT column1 / column2 AS r FROM (VALUES (2, 3), (1, 8))";
    plain.sql(view).await.unwrap().collect().await.unwrap();
    assert_eq!(rows_in(&plain, "SELECT max(r) + 0.1 FROM ratio").await.unwrap(), "0.7666666667");
}

#[tokio::test]
async fn parameters_are_operands_like_others() {
    let rate = ScalarValue::Decimal128(Some(15), 2, 2);
    for ctx in [session(), decimal_session()] {
        let frame =
            ctx.sql("SELECT column1 * $rate AS x, $rate / 3 AS y FROM (VALUES (10), (20))").await.unwrap();
        let params = ParamValues::from(vec![("rate", rate.clone())]);
        let batches = frame.with_param_values(params).unwrap().collect().await.unwrap();
        assert_eq!(batches[0].column(0).data_type(), &DataType::Decimal128(23, 2));
        assert_eq!(rows_in(&ctx, "SELECT 1").await.unwrap(), "1");
        ctx.sql("PREPARE share(DECIMAL(18,4)) AS SELECT $1 / 3 AS x").await.unwrap().collect().await.unwrap();
        assert_eq!(rows_in(&ctx, "EXECUTE share(2.0)").await.unwrap(), "0.6666666667");
    }
}

#[tokio::test]
async fn data_frames_are_exact_too() {
    let ctx = session();
    let frame = ctx.sql("SELECT column1 AS a, column2 AS b FROM (VALUES (2, 3))").await.unwrap();
    let frame =
        frame.select(vec![(col("a") / col("b")).alias("r"), (col("a") * lit(0.1)).alias("t")]).unwrap();
    let batches = frame.collect().await.unwrap();
    let types: Vec<_> = batches[0].columns().iter().map(|column| column.data_type().clone()).collect();
    assert_eq!(types, [DataType::Decimal128(30, 10), DataType::Decimal128(22, 1)]);
}

#[tokio::test]
async fn encoded_columns_are_read_as_their_values() {
    for (sql, expected) in [
        ("arrow_cast(12, 'Dictionary(Int8, Int64)') / 5", "2.4000000000"),
        (
            "arrow_cast(1.25, 'Dictionary(Int8, Decimal128(9, 2))') * arrow_cast(2, 'Dictionary(Int16, Int32)')",
            "2.50",
        ),
        ("arrow_cast(1.25, 'Decimal32(9, 2)') * arrow_cast(1.25, 'Decimal64(18, 2)')", "1.5625"),
        ("arrow_cast(arrow_cast(12000, 'Decimal128(5, -3)'), 'Decimal128(5, -3)') + 1", "12001"),
    ] {
        assert_eq!(rows_in_both(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn doubles_keep_datafusions_plan() {
    let sql = "EXPLAIN SELECT arrow_cast(column1, 'Float64') * 0.15 + arrow_cast(column1, 'Float64') FROM (VALUES (1))";
    let plan = rows(sql).await;
    assert!(plan.contains(" * Float64(0.15) + "), "{plan}");
    assert!(!plan.contains("checked_"), "{plan}");
}

/// One operand has 39 digits once both have the same scale, and the sum has 38.
#[tokio::test]
async fn only_a_result_of_too_many_digits_overflows() {
    let sql = "SELECT CAST('17500000000000000000000000000000000000' AS DECIMAL(38,0)) + CAST('-9900000000000000000000000000000000000.0' AS DECIMAL(38,1)) AS x";
    assert_eq!(rows(sql).await, "7600000000000000000000000000000000000.0");
}
