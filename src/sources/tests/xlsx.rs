//! Workbooks: sheets become tables by way of CSV.

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook, Worksheet};

use super::*;

/// A workbook of sheets that the test fills.
/// Fills a sheet.
type Fill<'a> = &'a dyn Fn(&mut Worksheet);

fn workbook(sheets: &[(&str, Fill<'_>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, fill) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).expect("a name");
        fill(sheet);
    }
    workbook.save_to_buffer().expect("saves")
}

fn row(sheet: &mut Worksheet, row: u32, texts: &[&str]) {
    for (text, column) in texts.iter().zip(0..) {
        sheet.write_string(row, column, *text).expect("writes");
    }
}

fn sales(sheet: &mut Worksheet) {
    let day = CellFormat::new().set_num_format("yyyy-mm-dd");
    let moment = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm");
    row(sheet, 0, &["id", "amount", "day", "at", "paid", "code"]);
    for (index, amount) in [(1_u32, 0.1 + 0.2), (2, 1234.5), (3, -7.25)] {
        let date = ExcelDateTime::parse_from_str(&format!("2025-01-0{index}")).expect("a date");
        let at = ExcelDateTime::parse_from_str(&format!("2025-01-0{index}T{:02}:30:00", index * 8 % 24))
            .expect("a time");
        sheet.write_number(index, 0, f64::from(index)).expect("writes");
        sheet.write_number(index, 1, amount).expect("writes");
        sheet.write_datetime_with_format(index, 2, &date, &day).expect("writes");
        if index < 3 {
            sheet.write_datetime_with_format(index, 3, &at, &moment).expect("writes");
        } else {
            sheet.write_datetime_with_format(index, 3, &date, &moment).expect("writes");
        }
        sheet.write_boolean(index, 4, index == 1).expect("writes");
        sheet.write_string(index, 5, format!("00{index}")).expect("writes");
    }
}

#[tokio::test]
async fn cells_are_typed_as_in_csv() {
    let files = Files::new().with("s.xlsx", workbook(&[("Sales", &sales)]));
    let source = files.open("s.xlsx").await;
    assert_eq!(
        columns(&source),
        ["id BIGINT", "amount DECIMAL(6,2)", "day DATE", "at TIMESTAMP(6)", "paid BOOLEAN", "code TEXT"]
    );
    assert_eq!(warnings(&source), [""; 0]);
    assert_eq!(source.description.format, Format::Xlsx);
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+---------+------------+---------------------+-------+------+
    | id | amount  | day        | at                  | paid  | code |
    +----+---------+------------+---------------------+-------+------+
    | 1  | 0.30    | 2025-01-01 | 2025-01-01T08:30:00 | true  | 001  |
    | 2  | 1234.50 | 2025-01-02 | 2025-01-02T16:30:00 | false | 002  |
    | 3  | -7.25   | 2025-01-03 | 2025-01-03T00:00:00 | false | 003  |
    +----+---------+------------+---------------------+-------+------+
    ");
}

#[tokio::test]
async fn the_first_sheet_with_values_is_read_and_others_by_name() {
    let costs = |sheet: &mut Worksheet| row(sheet, 0, &["account", "owner"]);
    let files =
        Files::new().with("b.xlsx", workbook(&[("Empty", &|_| ()), ("Sales", &sales), ("Costs", &costs)]));
    let source = files.open("b.xlsx").await;
    assert_eq!(source.description.rows, Some(3));
    let by_name = SourceOptions { sheet: Some("costs".to_owned()), ..SourceOptions::default() };
    assert_eq!(
        columns(&files.open_with("b.xlsx", &by_name).await.expect("opens")),
        ["account TEXT", "owner TEXT"]
    );
    let absent = SourceOptions { sheet: Some("Cost".to_owned()), ..SourceOptions::default() };
    let error = files.shown(&files.open_with("b.xlsx", &absent).await.expect_err("must fail"));
    let shown = files.without_directory(&format!("{}\n{error}", warnings(&source).join("\n")));
    insta::assert_snapshot!(shown, @r"
    of `b.xlsx` only the sheet `Sales` is read; it also has `Costs` / to read another, name it: CREATE EXTERNAL TABLE … STORED AS XLSX OPTIONS ('sheet' '…'), or `book.xlsx#Sheet` in a project
    `b.xlsx` has no sheet `Cost`
    it has: `Empty`, `Sales`, `Costs`
    ");
}

#[tokio::test]
async fn titles_blank_rows_and_errors_lose_nothing() {
    let fill = |sheet: &mut Worksheet| {
        row(sheet, 0, &["Revenue 2025"]);
        row(sheet, 2, &["", "customer", "amount", "note"]);
        row(sheet, 4, &["", "Acme", "", "one\ntwo"]);
        sheet.write_number(4, 2, 10.5).expect("writes");
        sheet.merge_range(5, 1, 5, 2, "Beta", &CellFormat::new()).expect("merges");
        row(sheet, 9, &["", "Gamma"]);
        sheet.write_formula(9, 2, Formula::new("NA()").set_result("#N/A")).expect("writes");
    };
    let files = Files::new().with("t.xlsx", workbook(&[("T", &fill)]));
    let source = files.open("t.xlsx").await;
    assert_eq!(columns(&source), ["customer TEXT", "amount TEXT", "note TEXT"]);
    let reason = &source.description.columns[1].reason;
    let shown = format!("{}\n{reason}\n{}", warnings(&source).join("\n"), files.rows(&source).await);
    insta::assert_snapshot!(files.without_directory(&shown), @r"
    `t.xlsx`: the header is in row 3 of the sheet `T`; what stands above it was left out: `Revenue 2025` / if the table begins above, say so: CREATE EXTERNAL TABLE … STORED AS XLSX OPTIONS ('header' 'true')
    the sheet `T` of `t.xlsx` has `#N/A` in cell C10; such cells stay text / mend the formulas, or convert the column in the query: TRY_CAST(… AS DECIMAL(18,2))
    line 5 has `10.5`, but line 10 has `#N/A`
    +----------+--------+------+
    | customer | amount | note |
    +----------+--------+------+
    | Acme     | 10.5   | one  |
    |          |        | two  |
    | Beta     |        |      |
    | Gamma    | #N/A   |      |
    +----------+--------+------+
    ");

    let paths = [files.path("t.xlsx").display().to_string()];
    let numbered = files.sources.numbered(&files.context.state(), &paths, &SourceOptions::default()).await;
    let frame = files.context.read_table(numbered.expect("opens").provider).expect("a table");
    let batches =
        frame.select_columns(&["customer", "source_line", "raw_row"]).expect("columns").collect().await;
    insta::assert_snapshot!(pretty_format_batches(&batches.expect("reads")).expect("formats"), @r##"
    +----------+-------------+-------------------------------------------------------+
    | customer | source_line | raw_row                                               |
    +----------+-------------+-------------------------------------------------------+
    | Acme     | 5           | {"customer":"Acme","amount":"10.5","note":"one\ntwo"} |
    | Beta     | 6           | {"customer":"Beta","amount":"","note":""}             |
    | Gamma    | 10          | {"customer":"Gamma","amount":"#N/A","note":""}        |
    +----------+-------------+-------------------------------------------------------+
    "##);
}

#[tokio::test]
async fn workbooks_are_tables_in_sql() {
    let costs = |sheet: &mut Worksheet| row(sheet, 0, &["account", "owner"]);
    let files = Files::new()
        .with("in/b.xlsx", workbook(&[("Sales", &sales), ("Costs", &costs)]))
        .with("in/~$b.xlsx", "open in a spreadsheet program");
    let run = async |sql: &str| {
        let sql = sql.replace("{}", &files.directory.path().display().to_string());
        let batches = files.context.sql(&sql).await?.collect().await?;
        Ok::<_, datafusion::error::DataFusionError>(pretty_format_batches(&batches)?.to_string())
    };
    assert!(run("SELECT sum(amount) FROM '{}/in/b.xlsx'").await.expect("runs").contains("1227.55"));
    assert!(run("SELECT count(*) FROM '{}/in/*.xlsx'").await.expect("runs").contains("| 3 "));
    let create = "CREATE EXTERNAL TABLE c STORED AS XLSX LOCATION '{}/in/b.xlsx' OPTIONS ('sheet' 'Costs', 'header' 'false')";
    run(create).await.expect("creates");
    assert!(run("SELECT column_1 FROM c").await.expect("runs").contains("account"));
    let wrong = "CREATE EXTERNAL TABLE d STORED AS XLSX LOCATION '{}/in/b.xlsx' OPTIONS ('delimiter' ';')";
    assert!(run(wrong).await.is_err());
}

#[tokio::test]
async fn several_workbooks_are_one_table_with_their_names() {
    let files = Files::new()
        .with("w/m=1/a.xlsx", workbook(&[("S", &sales)]))
        .with("w/m=2/a.xlsx", workbook(&[("S", &sales)]));
    let options = SourceOptions {
        source_file: true,
        relative_to: Some(files.directory.path().to_owned()),
        ..SourceOptions::default()
    };
    let source =
        files.open_with("w", &options).await.unwrap_or_else(|error| panic!("{}", files.shown(&error)));
    assert_eq!(columns(&source)[6..], ["m BIGINT", "source_file TEXT"]);
    assert_eq!(source.description.rows, Some(6));
    let rows = files.rows(&source).await;
    assert!(rows.contains("w/m=1/a.xlsx") && rows.contains("w/m=2/a.xlsx"), "{rows}");
    let paths = [files.path("w").display().to_string()];
    assert_eq!(files.sources.identity(&paths, &options).await.expect("finds"), source.identity());
}

#[tokio::test]
async fn a_workbook_that_changes_is_read_anew() {
    let files = Files::new().with("c.xlsx", workbook(&[("S", &sales)]));
    let before = files.open("c.xlsx").await;
    let fill = |sheet: &mut Worksheet| row(sheet, 0, &["name", "city"]);
    let files = files.with("c.xlsx", workbook(&[("S", &fill)]));
    let frame = files.context.read_table(before.provider).expect("a table");
    let error = frame.collect().await.expect_err("must fail").to_string();
    assert!(error.contains("has changed since"), "{error}");
    assert_eq!(columns(&files.open("c.xlsx").await), ["name TEXT", "city TEXT"]);
}

#[tokio::test]
async fn what_is_no_workbook_is_said() {
    let whole = workbook(&[("S", &sales)]);
    let files = Files::new()
        .with("cut.xlsx", &whole[..whole.len() / 2])
        .with("void.xlsx", "")
        .with("text.xlsx", "no table\n")
        .with("blank.xlsx", workbook(&[("S", &|_| ())]))
        .with("old.xls", [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 2000]].concat());
    let mut errors = Vec::new();
    for name in ["cut.xlsx", "void.xlsx", "text.xlsx", "blank.xlsx", "old.xls"] {
        errors.push(files.error(name).await);
    }
    insta::assert_snapshot!(errors.join("\n"), @r"
    `cut.xlsx` is damaged: it cannot be read as a workbook (Xlsx error: Zip error: invalid Zip archive: Could not find EOCD)
    copy or export the file again; if a spreadsheet program opens it, save it there under a new name
    `void.xlsx` is empty: it has 0 bytes
    export the file again, or leave it out
    `text.xlsx` is not an Excel workbook: it looks like text
    export the file again
    no sheet of `blank.xlsx` holds a value
    export the file again, or leave it out
    `old.xls` is damaged: it cannot be read as a workbook (Xls error: Cfb error: Invalid sector shift, expecting 0x09 or 0x0C found 0)
    copy or export the file again; if a spreadsheet program opens it, save it there under a new name
    ");
}

/// A workbook of which one part is another text.
fn edited(workbook: &[u8], part: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).expect("an archive");
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a part");
        let name = member.name().expect("a name").into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut member, &mut content).expect("reads");
        if name == part {
            content = edit(std::str::from_utf8(&content).expect("text")).into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("begins");
        writer.write_all(&content).expect("writes");
    }
    writer.finish().expect("ends").into_inner()
}

#[tokio::test]
async fn texts_that_stand_where_values_do_are_read() {
    let names = |sheet: &mut Worksheet| {
        row(sheet, 0, &["customer", "name"]);
        sheet.write_string(1, 0, "A1").expect("writes");
        sheet.write_number(1, 1, 7).expect("writes");
    };
    let odd = edited(&workbook(&[("S", &names)]), "xl/worksheets/sheet1.xml", |text| {
        text.replace(r#"<c r="B2"><v>7</v>"#, r#"<c r="B2" t="inlineStr"><v>Acme</v>"#)
    });
    let files = Files::new().with("odd.xlsx", odd);
    let source = files.open("odd.xlsx").await;
    assert_eq!(columns(&source), ["customer TEXT", "name TEXT"]);
    assert!(files.rows(&source).await.contains("| A1       | Acme |"));
    assert!(source.description.files[0].path.ends_with("odd.xlsx"));
}

#[tokio::test]
async fn codes_keep_the_zeros_that_the_cell_shows_and_formulas_without_a_value_are_told() {
    let codes = |sheet: &mut Worksheet| {
        let code = CellFormat::new().set_num_format("0000000");
        row(sheet, 0, &["customer", "total"]);
        for (index, number) in [(1, 123.0), (2, 12.0)] {
            sheet.write_number_with_format(index, 0, number, &code).expect("writes");
            sheet.write_formula(index, 1, Formula::new("=1+1")).expect("writes");
        }
        sheet.write_formula(3, 1, Formula::new("=2+2").set_result("4")).expect("writes");
    };
    // As programs write them that compute nothing.
    let without_values = edited(&workbook(&[("S", &codes)]), "xl/worksheets/sheet1.xml", |text| {
        text.replace("</f><v>0</v>", "</f>")
    });
    let files = Files::new().with("codes.xlsx", without_values);
    let source = files.open("codes.xlsx").await;
    insta::assert_snapshot!(files.rows(&source).await, @r#"
    +----------+-------+
    | customer | total |
    +----------+-------+
    |          | 4     |
    | 0000012  |       |
    | 0000123  |       |
    +----------+-------+
    "#);
    insta::assert_snapshot!(files.without_directory(&warnings(&source).join("\n")), @r#"
    the sheet `S` of `codes.xlsx` has 2 formulas without a saved value, the first in cell B2; they are read as empty / open it in a spreadsheet program and save it there: then the values are saved too
    "#);
}

#[tokio::test]
async fn names_in_two_rows_are_joined_and_rows_keep_their_places() {
    let years = |sheet: &mut Worksheet| {
        row(sheet, 0, &["Margins of the year"]);
        for (column, year) in [(1, "2025"), (3, "2026")] {
            sheet.merge_range(2, column, 2, column + 1, year, &CellFormat::new()).expect("merges");
        }
        row(sheet, 3, &["Customer", "Revenue", "Cost", "Revenue", "Cost"]);
        for (line, customer) in [(4, "ACME"), (6, "BOLT")] {
            row(sheet, line, &[customer]);
            for column in 1..5 {
                sheet.write_number(line, column, f64::from(line) + f64::from(column) / 10.0).expect("writes");
            }
        }
    };
    let files = Files::new().with("m.xlsx", workbook(&[("Margins", &years)]));
    let source = files.open("m.xlsx").await;
    assert_eq!(
        columns(&source),
        [
            "Customer TEXT",
            "2025 Revenue DECIMAL(2,1)",
            "2025 Cost DECIMAL(2,1)",
            "2026 Revenue DECIMAL(2,1)",
            "2026 Cost DECIMAL(2,1)"
        ]
    );
    let warnings = warnings(&source);
    assert!(
        warnings[0]
            .contains("stand in rows 3 and 4 of the sheet `Margins`; they are joined, as in `2025 Revenue`")
    );
    assert!(warnings[1].contains("what stands above it was left out: `Margins of the year`"));
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----------+--------------+-----------+--------------+-----------+
    | Customer | 2025 Revenue | 2025 Cost | 2026 Revenue | 2026 Cost |
    +----------+--------------+-----------+--------------+-----------+
    | ACME     | 4.1          | 4.2       | 4.3          | 4.4       |
    | BOLT     | 6.1          | 6.2       | 6.3          | 6.4       |
    +----------+--------------+-----------+--------------+-----------+
    ");
    let path = files.path("m.xlsx").display().to_string();
    let header = files.sources.header(&path).await.expect("reads");
    assert_eq!(header[0].columns[1], "2025 Revenue");
    assert_eq!(header[0].rows[0][0], "ACME");
}
