//! `+ - * /` in every place of a query: golden values, names, guards and messages.

use datafusion::{
    arrow::datatypes::DataType,
    common::{ParamValues, ScalarValue},
    prelude::{col, lit},
};

use crate::session::{decimal_session, failure, rows, rows_in, session};

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
        assert_eq!(rows(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
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
        assert_eq!(rows(&format!("SELECT {sql} AS x")).await, expected, "{sql}");
    }
}
