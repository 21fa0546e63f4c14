//! The same query gives the same bytes, however the engine cuts the work.

use crate::env::Environment;

const FORMATS: [&str; 11] =
    ["table", "expanded", "csv", "tsv", "json", "ndjson", "markdown", "html", "parquet", "xlsx", "arrow"];

const WAYS: [&[&str]; 4] = [
    &["--threads", "1", "--set", "execution.batch_size=8192"],
    &["--threads", "8", "--set", "execution.batch_size=8192"],
    &["--threads", "1", "--set", "execution.batch_size=1"],
    &["--threads", "8", "--set", "execution.batch_size=1"],
];

#[test]
fn every_format_gives_the_same_bytes_for_any_threads_and_batches() {
    let environment = Environment::new();
    let rows = "SELECT 'C' || (v % 7) AS customer, CAST(v AS DECIMAL(18,4)) / 8 AS amount, v % 3 AS quantity \
        FROM generate_series(1, 400) AS t(v)";
    environment.run(&["query", rows, "-o", "sales.parquet"]).done();
    let query = "SELECT customer, quantity, sum(amount) AS revenue, avg(amount) AS average, \
        customer_success_margin_pct(amount, quantity) AS margin_pct, \
        allocate(1000, sum(amount)) OVER (ORDER BY customer, quantity) AS share \
        FROM 'sales.parquet' GROUP BY customer, quantity ORDER BY customer, quantity";
    for format in FORMATS {
        let mut results = WAYS.map(|options| {
            let arguments = [options, &["query", query, "--format", format]].concat();
            environment.run(&arguments).done().stdout
        });
        if format == "xlsx" {
            results.iter_mut().for_each(|bytes| *bytes = without_times(bytes));
        }
        for (result, way) in results.iter().zip(WAYS) {
            assert!(!result.is_empty());
            assert!(*result == results[0], "{format} with {way:?} differs from {:?}", WAYS[0]);
        }
    }
}

/// A workbook holds the time it was made; its cells are what must be the same.
fn without_times(bytes: &[u8]) -> Vec<u8> {
    use calamine::{Reader, Xlsx};
    let mut workbook = Xlsx::new(std::io::Cursor::new(bytes)).expect("it is a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("it has a sheet").expect("the sheet is whole");
    format!("{:?}", sheet.rows().collect::<Vec<_>>()).into_bytes()
}

#[test]
fn rows_without_order_keep_the_order_of_their_files() {
    let environment = Environment::new();
    for part in 1..=4 {
        let query = format!("SELECT v + {part} * 1000 AS v FROM generate_series(1, 500) AS t(v)");
        environment.run(&["query", &query, "-o", &format!("part-{part}.parquet")]).done();
    }
    let results = WAYS.map(|options| {
        let arguments = [options, &["query", "SELECT v FROM 'part-*.parquet'", "--format", "csv"]].concat();
        environment.run(&arguments).done().stdout
    });
    assert!(results.iter().all(|result| *result == results[0]));
    assert_eq!(results[0].split(|byte| *byte == b'\n').nth(501), Some(&b"2001"[..]));
}
