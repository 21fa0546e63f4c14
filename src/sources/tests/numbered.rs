//! Rows with their places: the same values as the table, the line of each, and the original text.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, StringArray};

use super::{
    parquet::{ids, parquet},
    *,
};

impl Files {
    async fn numbered(&self, name: &str) -> Source {
        let options =
            SourceOptions { relative_to: Some(self.directory.path().to_owned()), ..SourceOptions::default() };
        let path = self.path(name).display().to_string();
        self.sources
            .numbered(&self.context.state(), &[path], &options)
            .await
            .unwrap_or_else(|error| panic!("{}", self.shown(&error)))
    }

    async fn sorted(&self, source: &Source, columns: &str) -> String {
        self.context.deregister_table("numbered").expect("deregisters");
        self.context.register_table("numbered", source.provider.clone()).expect("registers");
        let sql = format!("SELECT {columns} FROM numbered ORDER BY source_file, source_line");
        let batches = self.context.sql(&sql).await.expect("plans").collect().await.expect("reads");
        pretty_format_batches(&batches).expect("formats").to_string()
    }
}

#[tokio::test]
async fn csv_rows_have_their_lines_and_exact_texts() {
    let files = Files::new()
        .with("v/a.csv", "id,amount,note\r\n1,1.50,\"x\r\ny\"\r\n\r\n2,.5,\"say \"\"hi\"\"\"\r\n")
        .with("v/b.csv", "id,amount,note\n3,,\n");
    let source = files.numbered("v/*.csv").await;
    let table = files.open("v/*.csv").await;
    assert_eq!(columns(&source)[..3], columns(&table)[..]);
    assert_eq!(columns(&source)[3..], ["source_file TEXT", "source_line BIGINT", "raw_row TEXT"]);
    insta::assert_snapshot!(files.sorted(&source, "id, amount, source_file, source_line, raw_row").await, @r#"
    +----+--------+-------------+-------------+----------------------------------------------+
    | id | amount | source_file | source_line | raw_row                                      |
    +----+--------+-------------+-------------+----------------------------------------------+
    | 1  | 1.50   | v/a.csv     | 2           | {"id":"1","amount":"1.50","note":"x\r\ny"}   |
    | 2  | 0.50   | v/a.csv     | 5           | {"id":"2","amount":".5","note":"say \"hi\""} |
    | 3  |        | v/b.csv     | 2           | {"id":"3","amount":"","note":""}             |
    +----+--------+-------------+-------------+----------------------------------------------+
    "#);
}

#[tokio::test]
async fn every_encoding_and_compression_is_numbered() {
    let text = "název;částka\nKolín;1\n\nPísek;2\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files = Files::new().with("u.csv", utf16).with("z.csv.gz", gzip(text));
    for name in ["u.csv", "z.csv.gz"] {
        let source = files.numbered(name).await;
        let rows = files.sorted(&source, "\"název\", source_line").await;
        assert!(
            rows.contains("| Kolín | 2           |") && rows.contains("| Písek | 4           |"),
            "{rows}"
        );
    }
}

#[tokio::test]
async fn json_rows_have_lines_or_elements() {
    let files = Files::new()
        .with("l.ndjson", "{\"id\": 1, \"n\": 1e1}\n\n{\"n\": \"x\", \"id\": 2, \"in\": {\"a\": [1]}}\n")
        .with("e.json", "[{\"id\":1},{\"id\":2}]");
    let lines = files.numbered("l.ndjson").await;
    insta::assert_snapshot!(files.sorted(&lines, "id, n, source_line, raw_row").await, @r#"
    +----+-----+-------------+---------------------------------+
    | id | n   | source_line | raw_row                         |
    +----+-----+-------------+---------------------------------+
    | 1  | 1e1 | 1           | {"id":1,"n":1e1}                |
    | 2  | x   | 3           | {"n":"x","id":2,"in":{"a":[1]}} |
    +----+-----+-------------+---------------------------------+
    "#);
    let elements = files.numbered("e.json").await;
    insta::assert_snapshot!(files.sorted(&elements, "*").await, @r#"
    +----+-------------+-------------+----------+
    | id | source_file | source_line | raw_row  |
    +----+-------------+-------------+----------+
    | 1  | e.json      | 1           | {"id":1} |
    | 2  | e.json      | 2           | {"id":2} |
    +----+-------------+-------------+----------+
    "#);
}

#[tokio::test]
async fn parquet_rows_are_counted_in_each_file() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("x"), None]));
    let files = Files::new()
        .with(
            "p/m=1/a.parquet",
            parquet(vec![("id", Arc::new(Int32Array::from(vec![7, 8]))), ("note", texts)]),
        )
        .with("p/m=2/b.parquet", parquet(vec![ids(vec![9])]));
    let source = files.numbered("p").await;
    assert_eq!(columns(&source)[..3], columns(&files.open("p").await)[..]);
    insta::assert_snapshot!(files.sorted(&source, "*").await, @r#"
    +----+------+---+-----------------+-------------+------------------------+
    | id | note | m | source_file     | source_line | raw_row                |
    +----+------+---+-----------------+-------------+------------------------+
    | 7  | x    | 1 | p/m=1/a.parquet | 1           | {"id":"7","note":"x"}  |
    | 8  |      | 1 | p/m=1/a.parquet | 2           | {"id":"8","note":null} |
    | 9  |      | 2 | p/m=2/b.parquet | 1           | {"id":"9"}             |
    +----+------+---+-----------------+-------------+------------------------+
    "#);
}

#[tokio::test]
async fn more_rows_than_one_batch_are_the_rows_of_the_table() {
    let text: String =
        (0..5000).map(|row| format!("{row},{}.25,2025-01-{:02}\n", row * 7, row % 28 + 1)).collect();
    let files = Files::new()
        .with("w/a.csv", format!("id,amount,day\n{text}"))
        .with("w/b.csv", "id,amount,day\n5000,1.00,2025-01-01\n");
    let numbered = files.numbered("w/*.csv").await;
    files.context.register_table("n", numbered.provider).expect("registers");
    files.context.register_table("t", files.open("w/*.csv").await.provider).expect("registers");
    let sql = "SELECT count(*) AS c, count(DISTINCT source_line) AS l FROM n JOIN t ON n.id = t.id AND n.amount = t.amount AND n.day = t.day WHERE source_line = n.id + 2 OR n.id = 5000";
    let batches = files.context.sql(sql).await.expect("plans").collect().await.expect("runs");
    let shown = pretty_format_batches(&batches).expect("formats").to_string();
    assert!(shown.contains("| 5001 | 5000 |"), "{shown}");
    let one =
        files.context.sql("SELECT id FROM n LIMIT 1").await.expect("plans").collect().await.expect("runs");
    assert_eq!(one.iter().map(arrow::array::RecordBatch::num_rows).sum::<usize>(), 1);
}
