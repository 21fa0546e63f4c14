//! Files that are not what their names say, archives of one file, pages and pipes.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

const TEXT: &str = "customer;amount\nAcme;10.50\nBeta;20.25\n";

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("begins");
        writer.write_all(content).expect("writes");
    }
    writer.finish().expect("ends").into_inner()
}

fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, (customer, amount)) in (1..).zip([("Acme", 10.5), ("Beta", 20.25)]) {
        sheet.write_string(row, 0, customer).expect("writes");
        sheet.write_number(row, 1, amount).expect("writes");
    }
    sheet.write_string(0, 0, "customer").expect("writes");
    sheet.write_string(0, 1, "amount").expect("writes");
    workbook.save_to_buffer().expect("saves")
}

const PAGE: &str = "<html><head><meta charset=windows-1250></head><body><table><caption>Sales</caption><tr><th>customer</th><th>amount</th></tr><tr><td>Acme</td><td>10.50</td></tr><tr><td>Beta</td><td>20.25</td></tr></table></body></html>";

#[tokio::test]
async fn the_content_decides_where_the_name_is_wrong_or_silent() {
    let files = Files::new()
        .with("tab.xls", TEXT.replace(';', "\t"))
        .with("text.xlsx", TEXT)
        .with("page.xls", PAGE)
        .with("page.csv", PAGE)
        .with("book.csv", workbook())
        .with("export.dat", TEXT)
        .with("one.zip", archive(&[("__MACOSX/x", b"x"), ("out/sales.csv", TEXT.as_bytes())]))
        .with("book.zip", archive(&[("sales.xlsx", &workbook())]))
        .with(
            "names.json.zip",
            archive(&[(
                "x.json",
                br#"[{"customer":"Acme","amount":10.50},{"customer":"Beta","amount":20.25}]"#,
            )]),
        );
    let names = [
        "tab.xls",
        "text.xlsx",
        "page.xls",
        "page.csv",
        "book.csv",
        "export.dat",
        "one.zip",
        "book.zip",
        "names.json.zip",
    ];
    let mut told = Vec::new();
    for name in names {
        let source = files.open(name).await;
        assert_eq!(columns(&source), ["customer TEXT", "amount DECIMAL(4,2)"], "{name}");
        assert_eq!(source.description.rows, Some(2), "{name}");
        let rows = files.rows(&source).await;
        assert!(rows.contains("10.50") && rows.contains("20.25"), "{name} {rows}");
        told.push(format!("{name}: {}", files.without_directory(&warnings(&source).join("; "))));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    tab.xls: `tab.xls` is text with delimiters in spite of its name, and was read as that / to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …
    text.xlsx: `text.xlsx` is text with delimiters in spite of its name, and was read as that / to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …
    page.xls: `page.xls` is an HTML page in spite of its name, and was read as that / to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …
    page.csv: `page.csv` is an HTML page in spite of its name, and was read as that / to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …
    book.csv: `book.csv` is a workbook in spite of its name, and was read as that / to make that sure, rename it, or name its format: CREATE EXTERNAL TABLE … STORED AS …
    export.dat: 
    one.zip: 
    book.zip: 
    names.json.zip:
    "#);
}

#[tokio::test]
async fn what_is_no_table_in_any_form_is_said() {
    let damaged = {
        let mut bytes = archive(&[("a.csv", TEXT.repeat(100).as_bytes())]);
        let middle = bytes.len() / 3;
        bytes[middle] ^= 0xff;
        bytes
    };
    let files = Files::new()
        .with("several.zip", archive(&[("a.csv", b"a"), ("b.csv", b"b"), ("c/d.csv", b"c")]))
        .with("none.zip", archive(&[]))
        .with("damaged.zip", damaged)
        .with("error.csv", "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>")
        .with("old.xls", r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>"#);
    let mut errors = Vec::new();
    for name in ["several.zip", "none.zip", "damaged.zip", "error.csv", "old.xls"] {
        errors.push(files.error(name).await);
    }
    insta::assert_snapshot!(errors.join("\n"), @r#"
    `several.zip` is a zip archive of 3 files: `a.csv`, `b.csv`, `c/d.csv`
    unpack it, and read the files; an archive of one file is read as it is
    `none.zip` is a zip archive without a file in it
    export the file again
    `damaged.zip` is damaged: `a.csv` cannot be unpacked from it
    copy or export the file again
    `error.csv` is an HTML page without a table
    it may be an error page that was saved as data; export the file again
    `old.xls` is a workbook in the XML of Excel 2003, which is not read
    open it in a spreadsheet program and save it as .xlsx, or export it as CSV
    "#);
}

#[tokio::test]
async fn an_archive_is_unpacked_anew_when_it_changes() {
    let files = Files::new().with("one.zip", archive(&[("sales.csv", TEXT.as_bytes())]));
    assert_eq!(files.open("one.zip").await.description.rows, Some(2));
    let files = files.with("one.zip", archive(&[("sales.csv", b"customer;amount\nAcme;1.00\n")]));
    assert_eq!(files.open("one.zip").await.description.rows, Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_read_once_and_stays_for_the_session() {
    let files = Files::new();
    let path = files.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("runs");
    assert!(made.success());
    let writer = std::thread::spawn(move || fs::write(path, TEXT).expect("writes"));
    for _ in 0..2 {
        let source = files.open("pipe").await;
        assert_eq!(columns(&source), ["customer TEXT", "amount DECIMAL(4,2)"]);
        assert_eq!(source.description.rows, Some(2));
    }
    writer.join().expect("ends");
}
