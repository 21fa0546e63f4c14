//! The ways in from SQL: a path in FROM, and CREATE EXTERNAL TABLE.

use datafusion::error::DataFusionError;

use super::*;

impl Files {
    async fn sql(&self, sql: &str) -> Result<String, DataFusionError> {
        let sql = sql.replace("{}", &self.directory.path().display().to_string());
        let batches = self.context.sql(&sql).await?.collect().await?;
        Ok(pretty_format_batches(&batches)?.to_string())
    }

    async fn sql_error(&self, sql: &str) -> String {
        let error = self.sql(sql).await.expect_err("must fail");
        let mut source: &(dyn std::error::Error + 'static) = &error;
        loop {
            if let Some(ours) = source.downcast_ref::<Error>() {
                return self.shown(ours);
            }
            match source.source() {
                Some(inner) => source = inner,
                None => return self.without_directory(&error.to_string()),
            }
        }
    }
}

#[tokio::test]
async fn a_path_is_a_table() {
    let files = Files::new().with("a b.csv", "id,n\n1,00\n").with("c.csv.gz", gzip("id\n7\n"));
    let shown = files
        .sql("SELECT a.id, n, c.id AS c FROM '{}/a b.csv' a CROSS JOIN '{}/c.csv.gz' c")
        .await
        .expect("runs");
    assert!(shown.contains("| 1  | 00 | 7 |"), "{shown}");
    assert!(files.sql_error("SELECT * FROM '{}/d.csv'").await.starts_with("cannot read `d.csv`"));
    assert!(files.sql_error("SELECT * FROM nowhere").await.contains("nowhere"));
}

#[tokio::test]
async fn warnings_and_descriptions_of_sql_tables_can_be_asked_for() {
    let files = Files::new().with("d.csv", "day\n03/04/2026\n");
    files.sql("CREATE EXTERNAL TABLE d STORED AS CSV LOCATION '{}/d.csv'").await.expect("creates");
    assert_eq!(files.sources.take_warnings().len(), 1);
    assert_eq!(files.sources.take_warnings().len(), 0);
    let provider = files.context.table_provider("d").await.expect("a table");
    let description = files.sources.description(&provider).expect("described");
    assert_eq!(description.rows, Some(1));
}

#[tokio::test]
async fn a_text_file_that_changed_is_refused_and_a_new_one_is_seen() {
    let files = Files::new().with("s.csv", "id,n\n1,0.25\n").with("h/m=1/a.csv", "id\n1\n");
    let create = |name: &str, path: &str| {
        format!("CREATE OR REPLACE EXTERNAL TABLE {name} STORED AS CSV LOCATION '{{}}/{path}'")
    };
    files.sql(&create("s", "s.csv")).await.expect("creates");
    files.sql(&create("h", "h")).await.expect("creates");
    assert!(files.sql("SELECT count(*) FROM h").await.expect("runs").contains("| 1 "));
    // A digit more than the type has: the reader would cut it.
    // The file is as long as before; only its time tells.
    let files = files.with("s.csv", "id,n\n1,.255\n").with("h/m=2/a.csv", "id\n1\n2\n");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let opened = fs::File::options().write(true).open(files.path("s.csv")).expect("opens");
    opened.set_modified(later).expect("sets the time");
    assert!(files.sql_error("SELECT * FROM s").await.starts_with("`s.csv` has changed since"));
    assert!(
        files.sql("SELECT count(*) FROM h").await.expect("runs").contains("| 1 "),
        "a table is what was opened"
    );
    files.sql(&create("s", "s.csv")).await.expect("creates");
    files.sql(&create("h", "h")).await.expect("creates");
    assert!(files.sql("SELECT n FROM s").await.expect("runs").contains("0.255"));
    assert!(files.sql("SELECT count(*) FROM h").await.expect("runs").contains("| 3 "));
}

#[tokio::test]
async fn declared_columns_win() {
    let files = Files::new().with("e.csv", "007;1,5;2.5\n").with("f.ndjson", "{\"id\":1,\"n\":2.5}\n");
    files
        .sql("CREATE EXTERNAL TABLE e (code INT, half TEXT, amount DECIMAL(18,4)) STORED AS CSV LOCATION '{}/e.csv' OPTIONS ('header' 'false', 'delimiter' ';')")
        .await
        .expect("creates");
    insta::assert_snapshot!(files.sql("SELECT * FROM e").await.expect("runs"), @r"
    +------+------+--------+
    | code | half | amount |
    +------+------+--------+
    | 7    | 1,5  | 2.5000 |
    +------+------+--------+
    ");
    files
        .sql("CREATE EXTERNAL TABLE f (n DECIMAL(18,4)) STORED AS NDJSON LOCATION '{}/f.ndjson'")
        .await
        .expect("creates");
    assert!(files.sql("SELECT * FROM f").await.expect("runs").contains("2.5000"));
}

#[tokio::test]
async fn declarations_that_do_not_fit_are_refused() {
    let files = Files::new().with("g.csv", "id,amount\n1,2.125\n").with("h/m=1/a.csv", "id\n1\n");
    let create = |columns: &str, rest: &str| {
        format!("CREATE EXTERNAL TABLE g {columns} STORED AS CSV LOCATION '{{}}/g.csv' {rest}")
    };
    let errors = [
        files.sql_error(&create("(id INT, amount DECIMAL(10,2))", "")).await,
        files.sql_error(&create("(amount DECIMAL(10,3), id INT)", "")).await,
        files.sql_error(&create("", "OPTIONS ('separator' ';')")).await,
        files.sql_error(&create("", "OPTIONS ('delimiter' '||')")).await,
        files.sql_error("CREATE EXTERNAL TABLE h STORED AS CSV PARTITIONED BY (n) LOCATION '{}/h'").await,
        files.sql_error("CREATE EXTERNAL TABLE h STORED AS CSV LOCATION ('{}/g.csv', '{}/g.csv')").await,
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    column `amount` cannot be read as DECIMAL(10,2): a value has 3 digits after the point, and would be cut to 2
    declare a wider type, or TEXT and convert it in the query
    the declared columns are not those of `g.csv`: declared (amount, id), found (id, amount)
    declare every column of the file, in its order; if it has no header, say so: OPTIONS ('header' 'false')
    unknown option `separator` for a table of CSV files
    the options are `delimiter`, `quote`, `escape`, `comment`, `skip`, `header`, `encoding` and `compression`
    option `delimiter` is `||`
    it is one character, such as `;`, or `\t` for a tab
    the table is declared PARTITIONED BY (n), but its directories give (m)
    directories are named `column=value`, and partition columns are declared in their order
    `g.csv` is named twice: its rows would count twice
    ");
}
