//! Each format from the command line: headers of empty results, scales, headings, and a workbook that opens.

use calamine::{Data, Reader, Xlsx, open_workbook};
use insta::assert_snapshot;

use crate::env::Environment;

const TEXT_FORMATS: [&str; 8] = ["table", "expanded", "csv", "tsv", "json", "ndjson", "markdown", "html"];

#[test]
fn decimals_keep_their_scale_and_columns_their_text() {
    let environment = Environment::with_tables();
    let query = "SELECT customer, sum(amount), sum(amount) / 2, sum(cost) * -1, 1, NULL AS nothing FROM sales \
        GROUP BY customer ORDER BY customer LIMIT 2";
    let transcripts = TEXT_FORMATS.map(|format| {
        let arguments = ["--table", "sales=sales.csv", "query", query, "--format", format];
        let outcome = environment.run(&arguments).done();
        environment.tell(&arguments[4..], &outcome)
    });
    assert_snapshot!(transcripts.join("\n"));
}

#[test]
fn an_empty_result_keeps_its_header() {
    let environment = Environment::with_tables();
    let query = "SELECT customer, amount FROM 'sales.csv' WHERE amount > 1000";
    let transcripts = TEXT_FORMATS.map(|format| {
        let arguments = ["query", query, "--format", format];
        environment.tell(&arguments[2..], &environment.run(&arguments).done())
    });
    assert_snapshot!(transcripts.join("\n"));
    for file in ["empty.parquet", "empty.arrow"] {
        environment.run(&["query", query, "-o", file]).done();
    }
    let read = environment.run(&["query", "SELECT * FROM 'empty.parquet'", "--format", "csv"]).done();
    assert_eq!(read.stdout(), "customer,amount\n");
    assert!(
        std::fs::read(environment.work().join("empty.arrow")).expect("it is there").starts_with(b"ARROW1")
    );
}

#[test]
fn parquet_keeps_the_types() {
    let environment = Environment::with_tables();
    let query = "SELECT customer, amount, quantity, sold_on FROM 'sales.csv' LIMIT 1";
    environment.run(&["query", query, "-o", "out.parquet"]).done();
    let described = environment.run(&["--table", "t=out.parquet", "tables", "-v", "--format", "csv"]).done();
    let types: Vec<_> =
        described.stdout().lines().skip(1).map(|line| line.splitn(3, ',').nth(2).unwrap_or("")).collect();
    assert!(types[0].starts_with("TEXT"), "{types:?}");
    assert!(types[1].contains("DECIMAL(5,2)") || types[1].contains("DECIMAL(5, 2)"), "{types:?}");
    assert!(types[3].starts_with("DATE"), "{types:?}");
}

#[test]
fn a_workbook_opens_with_typed_cells() {
    let environment = Environment::with_tables();
    environment.run(&["query", "SELECT customer, amount FROM 'sales.csv' LIMIT 2", "-o", "out.xlsx"]).done();
    let mut workbook: Xlsx<_> = open_workbook(environment.work().join("out.xlsx")).expect("it is a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("it has a sheet").expect("the sheet is whole");
    let rows: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(rows[0], [text("customer"), text("amount")]);
    assert_eq!(rows[1], [text("C1"), Data::Float(100.0)]);
    assert_eq!(rows[2], [text("C1"), Data::Float(50.5)]);
}

#[test]
fn a_batch_writes_each_format_by_query() {
    let environment = Environment::new();
    std::fs::create_dir(environment.work().join("queries")).expect("the environment can be written");
    environment.write("queries/one.sql", "SELECT 1 AS x");
    environment.write("queries/two.sql", "SELECT 2 AS y");
    for (format, extension) in
        [("parquet", "parquet"), ("xlsx", "xlsx"), ("markdown", "md"), ("table", "txt")]
    {
        let directory = format!("out-{format}");
        environment.run(&["run", "queries", "-o", &directory, "--format", format]).done();
        let expected = [format!("one.{extension}"), format!("two.{extension}")];
        assert_eq!(crate::outcome::names(&environment.work().join(&directory)), expected);
    }
}
