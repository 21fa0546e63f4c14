//! The column `source_file`: which file a row is from.

use super::{
    parquet::{ids, parquet},
    *,
};

fn with_source_file() -> SourceOptions {
    SourceOptions { source_file: true, ..SourceOptions::default() }
}

impl Files {
    async fn with_file_column(&self, name: &str, table: &str) -> Source {
        let options =
            SourceOptions { relative_to: Some(self.directory.path().to_owned()), ..with_source_file() };
        let source =
            self.open_with(name, &options).await.unwrap_or_else(|error| panic!("{}", self.shown(&error)));
        self.context.register_table(table, source.provider.clone()).expect("registers");
        source
    }

    async fn select(&self, sql: &str) -> String {
        let batches = self.context.sql(sql).await.expect("plans").collect().await.expect("runs");
        pretty_format_batches(&batches).expect("formats").to_string()
    }
}

#[tokio::test]
async fn rows_say_which_file_they_are_from() {
    let files = Files::new()
        .with("in/a b.csv", "id,n\n1,10\n2,20\n")
        .with("in/100%.csv", "id,n\n3,30\n")
        .with("in/2025.csv", "id,n\n4,40\n")
        .with("c.json", "[{\"id\":5}]");
    let source = files.with_file_column("in/*.csv", "t").await;
    assert_eq!(columns(&source), ["id BIGINT", "n BIGINT", "source_file TEXT"]);
    insta::assert_snapshot!(files.select("SELECT source_file, sum(n) FROM t GROUP BY 1 ORDER BY 1").await, @r"
    +-------------+----------+
    | source_file | sum(t.n) |
    +-------------+----------+
    | in/100%.csv | 30       |
    | in/2025.csv | 40       |
    | in/a b.csv  | 30       |
    +-------------+----------+
    ");
    // A value that stands in the directory's name as it is, and values that do not.
    for name in ["in/a b.csv", "in/100%.csv", "in/2025.csv"] {
        let count = files.select(&format!("SELECT count(*) AS c FROM t WHERE source_file = '{name}'")).await;
        let expected = if name == "in/a b.csv" { "| 2 |" } else { "| 1 |" };
        assert!(count.contains(expected), "{name}\n{count}");
    }
    assert!(files.select("SELECT count(*) AS c FROM t WHERE n > 10").await.contains("| 3 |"));
    files.with_file_column("c.json", "j").await;
    assert!(files.select("SELECT * FROM j").await.contains("| 5  | c.json"));
}

#[tokio::test]
async fn the_file_column_comes_after_those_of_directories() {
    let files = Files::new().with("h/m=1/a.csv", "id\n1\n").with("h/m=2/a.csv", "id\n2\n");
    let source = files.with_file_column("h", "h").await;
    assert_eq!(columns(&source), ["id BIGINT", "m BIGINT", "source_file TEXT"]);
    insta::assert_snapshot!(files.select("SELECT * FROM h ORDER BY id").await, @r"
    +----+---+-------------+
    | id | m | source_file |
    +----+---+-------------+
    | 1  | 1 | h/m=1/a.csv |
    | 2  | 2 | h/m=2/a.csv |
    +----+---+-------------+
    ");
    assert!(files.select("SELECT id FROM h WHERE m = 2 AND source_file LIKE 'h/%'").await.contains("| 2  |"));
}

#[tokio::test]
async fn parquet_keeps_its_statistics_and_pruning() {
    let files = Files::new()
        .with("p/a.parquet", parquet(vec![ids(vec![1, 2])]))
        .with("p/b.parquet", parquet(vec![ids(vec![30])]));
    files.with_file_column("p", "p").await;
    assert!(files.select("SELECT max(source_file) AS f FROM p WHERE id > 5").await.contains("p/b.parquet"));
    let count = files.select("EXPLAIN SELECT count(*), max(id) FROM p").await;
    assert!(count.contains("PlaceholderRowExec"), "counted from statistics: {count}");
    let plan = files.select("EXPLAIN SELECT id FROM p WHERE id > 5 AND source_file = 'p/b.parquet'").await;
    assert!(plan.contains("pruning_predicate") && plan.contains("projection=[id]"), "{plan}");
    assert!(!plan.contains("a.parquet"), "{plan}");
}

#[tokio::test]
async fn a_column_of_that_name_is_refused() {
    let files = Files::new().with("a.csv", "id,source_file\n1,x\n");
    let error = files.open_with("a.csv", &with_source_file()).await.expect_err("must fail");
    insta::assert_snapshot!(files.shown(&error), @r"
    `a.csv` has a column `source_file`, which marginql adds itself
    rename the column in the file
    ");
}
