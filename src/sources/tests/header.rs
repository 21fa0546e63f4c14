//! The beginning of files, for proposing a project.

use std::sync::Arc;

use arrow::array::StringArray;

use super::{
    parquet::{ids, parquet},
    *,
};

impl Files {
    async fn headers(&self, name: &str) -> String {
        let path = self.path(name).display().to_string();
        let headers =
            self.sources.header(&path).await.unwrap_or_else(|error| panic!("{}", self.shown(&error)));
        let shown = headers.iter().map(|header| {
            let sheet = header.sheet.as_deref().unwrap_or("-");
            let rows: Vec<_> = header.rows.iter().take(2).map(|row| row.join("|")).collect();
            format!(
                "{} {:?} {sheet} {:?} {} / {} rows: {}",
                header.path,
                header.format,
                header.delimiter,
                header.columns.join("|"),
                header.rows.len(),
                rows.join(" ")
            )
        });
        self.without_directory(&shown.collect::<Vec<_>>().join("\n"))
    }
}

#[tokio::test]
async fn every_format_shows_its_columns_and_first_rows() {
    let many: String = (0..40_000).map(|row| format!("{row};Acme {row};1,5\n")).collect();
    let latin = encoding_rs::WINDOWS_1252.encode("ville;co\u{fb}t\nGen\u{e8}ve;1\n").0.into_owned();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, header) in [("Sales", "amount"), ("Empty", ""), ("Costs", "account")] {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a name");
        if !header.is_empty() {
            sheet.write_string(0, 0, header).expect("writes");
            sheet.write_number(1, 0, 1.5).expect("writes");
        }
    }
    let files = Files::new()
        .with("h/a.csv", format!("id;name;amount\n{many}"))
        .with("h/b.csv.gz", gzip("1,x\n2,y\n"))
        .with("h/c.csv", latin)
        .with("h/d.json", "[{\"id\":1,\"tags\":[1, 2]},{\"name\":\"x\\ny\",\"id\":null}]")
        .with(
            "h/e.parquet",
            parquet(vec![ids(vec![1, 2]), ("name", Arc::new(StringArray::from(vec![Some("x"), None])))]),
        )
        .with("h/f.xlsx", workbook.save_to_buffer().expect("saves"));
    insta::assert_snapshot!(files.headers("h").await, @r"
    h/a.csv Csv - Some(';') id|name|amount / 20 rows: 0|Acme 0|1,5 1|Acme 1|1,5
    h/b.csv.gz Csv - Some(',') column_1|column_2 / 2 rows: 1|x 2|y
    h/c.csv Csv - Some(';') ville|coût / 1 rows: Genève|1
    h/d.json Json - None id|tags|name / 2 rows: 1|[1,2]| ||x
    y
    h/e.parquet Parquet - None id|name / 2 rows: 1|x 2|
    h/f.xlsx Xlsx Sales None amount / 1 rows: 1.5
    h/f.xlsx Xlsx Costs None account / 1 rows: 1.5
    ");
}
