//! CSV files: what is found, what is warned of, what is refused.

use super::*;
use crate::sources::Compression;

const SALES: &str = "\
customer,amount,posted_on,note
00123,10.50,2025-01-31,first
00124,-3.125,2025-02-01,\"two, quoted\"
,,,
";

#[tokio::test]
async fn types_come_from_the_whole_file() {
    let files = Files::new().with("sales.csv", SALES);
    let source = files.open("sales.csv").await;
    assert_eq!(columns(&source), ["customer TEXT", "amount DECIMAL(5,3)", "posted_on DATE", "note TEXT"]);
    assert_eq!(source.description.columns[0].reason, "line 2 has `00123`, a leading zero");
    assert_eq!(source.description.rows, Some(3));
    assert_eq!(source.warnings, []);
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----------+--------+------------+-------------+
    | customer | amount | posted_on  | note        |
    +----------+--------+------------+-------------+
    |          |        |            |             |
    | 00123    | 10.500 | 2025-01-31 | first       |
    | 00124    | -3.125 | 2025-02-01 | two, quoted |
    +----------+--------+------------+-------------+
    ");
}

#[tokio::test]
async fn every_compression_reads_the_same_and_names_do_not_matter() {
    let bzip2 = {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(SALES.as_bytes()).expect("compresses");
        encoder.finish().expect("compresses")
    };
    let xz = {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
        encoder.write_all(SALES.as_bytes()).expect("compresses");
        encoder.finish().expect("compresses")
    };
    let zstd = zstd::encode_all(SALES.as_bytes(), 1).expect("compresses");
    let files = Files::new()
        .with("plain.csv", SALES)
        .with("a.csv.gz", gzip(SALES))
        .with("a.csv.bz2", bzip2)
        .with("a.csv.xz", xz)
        .with("a.csv.zst", zstd)
        .with("really_gzip.csv", gzip(SALES));
    let plain = files.open("plain.csv").await;
    let expected = files.rows(&plain).await;
    for name in ["a.csv.gz", "a.csv.bz2", "a.csv.xz", "a.csv.zst", "really_gzip.csv"] {
        let source = files.open(name).await;
        assert_eq!(columns(&source), columns(&plain), "{name}");
        assert_eq!(files.rows(&source).await, expected, "{name}");
        assert_ne!(source.description.text.as_ref().expect("text").compression, Compression::None, "{name}");
    }
}

#[tokio::test]
async fn every_encoding_reads_the_same() {
    let text = "město;částka\nKolín;1\nPísek;2\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
    let latin = encoding_rs::WINDOWS_1252.encode("ville;co\u{fb}t\nGen\u{e8}ve;1\n").0.into_owned();
    let files = Files::new()
        .with("plain.csv", text)
        .with("marked.csv", format!("\u{feff}{text}"))
        .with("little.csv", utf16(u16::to_le_bytes))
        .with("big.csv", [vec![0xfe, 0xff], utf16(u16::to_be_bytes)].concat())
        .with("latin.csv", latin);
    let plain = files.open("plain.csv").await;
    let expected = files.rows(&plain).await;
    for (name, encoding) in [("marked.csv", "UTF-8"), ("little.csv", "UTF-16LE"), ("big.csv", "UTF-16BE")] {
        let source = files.open(name).await;
        assert_eq!(files.rows(&source).await, expected, "{name}");
        assert_eq!(source.description.text.as_ref().expect("text").encoding, encoding);
    }
    let latin = files.open("latin.csv").await;
    assert_eq!(columns(&latin), ["ville TEXT", "co\u{fb}t BIGINT"]);
    assert!(files.rows(&latin).await.contains("Gen\u{e8}ve"));
    assert!(warnings(&latin)[0].contains("windows-1252"), "{:?}", latin.warnings);

    // A late byte that is not UTF-8 is found too, and a named encoding is believed.
    let late = [format!("a\n{}", "x\n".repeat(300_000)).into_bytes(), vec![0xe8, b'\n']].concat();
    let files = files.with("late.csv", late);
    let options = SourceOptions { encoding: Some("iso-8859-2".to_owned()), ..SourceOptions::default() };
    let source = files.open_with("late.csv", &options).await.expect("opens");
    let frame = files.context.read_table(source.provider).expect("a table");
    let count = frame
        .filter(datafusion::prelude::col("a").eq(datafusion::prelude::lit("č")))
        .expect("filters")
        .count()
        .await;
    assert_eq!(count.expect("counts"), 1);
}

#[tokio::test]
async fn dates_that_can_be_read_in_one_way_are_dates() {
    let text = "id;day;at;named;utc;both\n1;01/02/2026;1.3.2026 9:05;5-Feb-2025;2026-01-31T23:05Z;03/04/2026\n2;13/02/2026;31.3.2026 21:05:07;\"Jan 5, 2025\";2026-01-31 23:05 +02:00;04/03/2026\n";
    let files = Files::new().with("d.csv", text);
    let source = files.open("d.csv").await;
    assert_eq!(
        columns(&source),
        [
            "id BIGINT",
            "day DATE",
            "at TIMESTAMP(6)",
            "named DATE",
            "utc TIMESTAMP(6) WITH TIME ZONE",
            "both TEXT"
        ]
    );
    insta::assert_snapshot!(files.rows(&source).await, @r#"
    +----+------------+---------------------+------------+----------------------+------------+
    | id | day        | at                  | named      | utc                  | both       |
    +----+------------+---------------------+------------+----------------------+------------+
    | 1  | 2026-02-01 | 2026-03-01T09:05:00 | 2025-02-05 | 2026-01-31T23:05:00Z | 03/04/2026 |
    | 2  | 2026-02-13 | 2026-03-31T21:05:07 | 2025-01-05 | 2026-01-31T21:05:00Z | 04/03/2026 |
    +----+------------+---------------------+------------+----------------------+------------+
    "#);
    let options = |format| {
        let mut options = SourceOptions::default();
        options.set("date_format", format).map(|_| options)
    };
    let month_first =
        files.open_with("d.csv", &options("month_first").expect("a format")).await.expect("opens");
    assert_eq!(columns(&month_first)[1], "day TEXT", "what the user says does not fit");
    assert_eq!(columns(&month_first)[5], "both DATE");
    let pattern = files.open_with("d.csv", &options("%d/%m/%Y").expect("a format")).await.expect("opens");
    assert_eq!([&columns(&pattern)[1], &columns(&pattern)[5]], ["day DATE", "both DATE"]);
    insta::assert_snapshot!(files.rows(&pattern).await, @r#"
    +----+------------+---------------------+------------+----------------------+------------+
    | id | day        | at                  | named      | utc                  | both       |
    +----+------------+---------------------+------------+----------------------+------------+
    | 1  | 2026-02-01 | 2026-03-01T09:05:00 | 2025-02-05 | 2026-01-31T23:05:00Z | 2026-04-03 |
    | 2  | 2026-02-13 | 2026-03-31T21:05:07 | 2025-01-05 | 2026-01-31T21:05:00Z | 2026-03-04 |
    +----+------------+---------------------+------------+----------------------+------------+
    "#);
    for wrong in ["%d", "dmy", "%Q"] {
        assert!(options(wrong).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn dates_of_unknown_order_stay_text_and_the_warning_converts_them() {
    let files =
        Files::new().with("d.csv", "id,day,Both Ways\n1,13/04/26,03/04/2026\n2,01/02/26,04/03/2026\n");
    let source = files.open("d.csv").await;
    assert_eq!(columns(&source), ["id BIGINT", "day TEXT", "Both Ways TEXT"]);
    insta::assert_snapshot!(warnings(&source).join("\n"), @r#"
    `day` holds dates such as `13/04/26`; only day before month fits every row; it stays text / write to_date(day, '%d/%m/%y'), or say it for the file: OPTIONS ('date_format' '%d/%m/%y')
    `Both Ways` holds dates such as `03/04/2026`, which can be day and month or month and day; it stays text / write to_date("Both Ways", '%d/%m/%Y') for day before month, to_date("Both Ways", '%m/%d/%Y') for month before day; or say it for the file: OPTIONS ('date_format' 'day_first')
    "#);
    files.context.register_table("d", source.provider.clone()).expect("registers");
    let sql =
        "SELECT to_date(day, '%d/%m/%y') AS a, to_date(\"Both Ways\", '%m/%d/%Y') AS b FROM d WHERE id = 1";
    let batches = files.context.sql(sql).await.expect("plans").collect().await.expect("runs");
    let shown = pretty_format_batches(&batches).expect("formats").to_string();
    assert!(shown.contains("| 2026-04-13 | 2026-03-04 |"), "{shown}");
}

#[tokio::test]
async fn odd_columns_come_with_advice() {
    let files = Files::new().with("m.csv", "amount,amount,,padded\n\"$1,234.50\",2,,\" 5\"\n(12.00),3,,6\n");
    let source = files.open("m.csv").await;
    assert_eq!(columns(&source), ["amount TEXT", "amount_2 BIGINT", "column_3 TEXT", "padded TEXT"]);
    insta::assert_snapshot!(files.without_directory(&warnings(&source).join("\n")), @r"
    `m.csv`: the header has `amount` more than once; column 2 is called `amount_2` / 
    `m.csv`: column 3 has no name in the header; it is called `column_3` / 
    `amount` holds amounts such as `$1,234.50`; it stays text / write money(amount)
    `padded` has white space around values such as ` 5`; it stays text / write CAST(trim(padded) AS …)
    ");
}

#[tokio::test]
async fn a_missing_header_is_noticed() {
    let files = Files::new().with("n.csv", "1,2.50\n2,3.75\n");
    let source = files.open("n.csv").await;
    assert_eq!(columns(&source), ["column_1 BIGINT", "column_2 DECIMAL(3,2)"]);
    assert_eq!(source.description.rows, Some(2));
    assert!(warnings(&source)[0].contains("has no header"));
    let options = SourceOptions { header: Some(true), ..SourceOptions::default() };
    assert_eq!(
        columns(&files.open_with("n.csv", &options).await.expect("opens")),
        ["1 BIGINT", "2.50 DECIMAL(3,2)"]
    );
}

#[tokio::test]
async fn line_breaks_in_values_survive_parallel_reading() {
    let body: String = (0..500).map(|row| format!("{row},\"first\r\nsecond {row}\"\r\n")).collect();
    let files = Files::new().with("b.csv", format!("id,text\r\n{body}"));
    let source = files.open("b.csv").await;
    let frame = files.context.read_table(source.provider).expect("a table");
    assert_eq!(frame.count().await.expect("counts"), 500);
}

#[tokio::test]
async fn rows_of_another_length_are_refused_with_file_and_line() {
    let files = Files::new()
        .with("many.csv", "a,b\n1,2\n\"x\ny\",4\n5,6,7\n")
        .with("few.csv", "a,b,c\n1,2,3\n4,5\n")
        .with("windows.csv", "a,b\r\n1,2\r\n\r\n\"x\r\ny\",4\r\n5,6,7\r\n")
        .with("code.csv", "a,b\r\n1,2\r\n3,007\r\n")
        .with("quote.csv", "a,b\n1,x\n2,\"y\n3,z\n")
        .with("cut.csv.gz", &gzip(&SALES.repeat(500))[..200]);
    insta::assert_snapshot!(files.error("many.csv").await, @r"
    `many.csv` line 5 has 3 fields, but line 1 has 2
    the row is `5,6,7`
    put a value that contains `,` in quotes; if fields are separated by something else, give OPTIONS ('delimiter' ';')
    ");
    let endless = Files::new().with("endless.csv", format!("a,b\n1,\"x\n{}", "2,y\n".repeat(2_000_000)));
    insta::assert_snapshot!(endless.error("endless.csv").await, @r"
    `endless.csv` has a row longer than 3 MiB after line 1
    a quote is opened there and never closed; close it, or double a quote that belongs to the value
    ");
    assert!(files.error("windows.csv").await.starts_with("`windows.csv` line 6 has 3 fields"));
    assert_eq!(
        files.open("code.csv").await.description.columns[1].reason,
        "line 3 has `007`, a leading zero"
    );
    insta::assert_snapshot!(files.error("few.csv").await, @r"
    `few.csv` line 3 has 2 fields, but line 1 has 3
    the row is `4,5`
    fields are separated by `,`; empty ones must be there too, and the file may be truncated
    ");
    insta::assert_snapshot!(files.error("quote.csv").await, @r#"
    `quote.csv` line 3: a `"` is opened in this row and never closed
    close the quote, or double a quote that belongs to the value; the file may also be truncated
    "#);
    insta::assert_snapshot!(files.error("cut.csv.gz").await, @r"
    `cut.csv.gz` is truncated: its gzip data ends too early
    copy or export the file again
    ");
}

#[tokio::test]
async fn files_that_are_not_text_or_not_there_are_named() {
    let files = Files::new()
        .with("book.csv", b"PK\x03\x04....")
        .with("real.csv", b"PAR1....")
        .with("void.csv", "")
        .with("data", "a b\n");
    fs::create_dir(files.path("nothing")).expect("creates");
    insta::assert_snapshot!(
        [
            files.error("book.csv").await,
            files.error("real.csv").await,
            files.error("void.csv").await,
            files.error("data").await,
            files.error("reel.csv").await,
            files.error("nothing").await,
            files.error("*.tsv").await,
        ].join("\n"), @r"
    `book.csv` is not a text file: it looks like an Excel workbook or another zip archive
    rename it to .xlsx, or unpack the archive
    `real.csv` is truncated: it begins like Parquet, but its end, where the columns are described, is missing
    copy or export the file again; whoever writes it may not be finished
    `void.csv` is empty: it has no header and no row
    export the file again, or leave it out
    the name of `data` does not say what it holds
    rename it to .csv, .json, .xlsx or .parquet, or write CREATE EXTERNAL TABLE … STORED AS CSV
    cannot read `reel.csv`: no such file or directory
    did you mean `real.csv`?
    the directory `nothing` holds no data file that can be read
    files are recognised by their names: .parquet, .csv, .tsv, .json, .ndjson, .jsonl, .xlsx, .xls, .ods, and compressed .csv.gz and the like; names beginning with `.` or `_` are left out
    no file matches `*.tsv`
    check the pattern; relative paths start at the current directory
    ");
}

#[tokio::test]
async fn several_files_are_one_table_with_wider_types() {
    let files = Files::new()
        .with("x/a.csv", "id,amount,code\n1,10,5\n")
        .with("x/b.csv", "id,amount,code\n2,10.25,x\n")
        .with("x/c.csv", "")
        .with("y/a.csv", "id,amount\n1,2\n")
        .with("y/b.csv", "amount,id\n3,4\n")
        .with("z/a.csv", "id,n\n1,2\n")
        .with("z/b.csv.gz", gzip("id,n\n3,4\n"));
    let source = files.open("x").await;
    assert_eq!(columns(&source), ["id BIGINT", "amount DECIMAL(4,2)", "code TEXT"]);
    insta::assert_snapshot!(files.without_directory(&source.description.columns[2].reason), @"`x/a.csv` line 2 has `5`, but `x/b.csv` line 2 has `x`");
    assert!(warnings(&source)[0].contains("is empty and was left out"));
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+--------+------+
    | id | amount | code |
    +----+--------+------+
    | 1  | 10.00  | 5    |
    | 2  | 10.25  | x    |
    +----+--------+------+
    ");
    insta::assert_snapshot!(files.error("y/*.csv").await, @r"
    files of one table differ in their columns: `y/a.csv` has id, amount, `y/b.csv` has amount, id
    make a table of each, and join them with UNION ALL, naming the columns
    ");
    // Files of different compression are read through copies.
    insta::assert_snapshot!(files.rows(&files.open("z").await).await, @r"
    +----+---+
    | id | n |
    +----+---+
    | 1  | 2 |
    | 3  | 4 |
    +----+---+
    ");
}

#[tokio::test]
async fn hive_directories_are_columns_and_subsets_stay_subsets() {
    let files = Files::new()
        .with("h/month=2025-01/day=2025-01-05/n=1/a.csv", "id\n1\n")
        .with("h/month=2025-02/day=2025-02-05/n=2/a.csv", "id\n2\n")
        .with("h/month=2025-02/day=2025-02-06/n=3/b%20c.csv", "id\n3\n");
    let source = files.open("h").await;
    assert_eq!(columns(&source), ["id BIGINT", "month TEXT", "day DATE", "n BIGINT"]);
    let all = files.rows(&source).await;
    assert_eq!(all.lines().count(), 7, "{all}");
    let some = files.open("h/month=*/day=*/n=*/a.csv").await;
    insta::assert_snapshot!(files.rows(&some).await, @r"
    +----+---------+------------+---+
    | id | month   | day        | n |
    +----+---------+------------+---+
    | 1  | 2025-01 | 2025-01-05 | 1 |
    | 2  | 2025-02 | 2025-02-05 | 2 |
    +----+---------+------------+---+
    ");
    let files = files.with("h/month=2025-01/_SUCCESS.csv", "x").with("e/when=a%2Fb/x.csv", "id\n1\n");
    assert_eq!(files.rows(&files.open("h").await).await, all, "marker files are left out");
    assert!(files.rows(&files.open("e").await).await.contains("| a/b "));
}

#[tokio::test]
async fn what_was_found_is_remembered_until_the_file_changes() {
    let files = Files::new().with("c.csv", "id,n\n1,2\n");
    files.open("c.csv").await;
    let typing = files.state().join("typing");
    let entry = fs::read_dir(&typing).expect("a cache").next().expect("one entry").expect("an entry").path();
    let text = fs::read_to_string(&entry).expect("reads");
    // Proof that the cache is what is read: it says something else than the file.
    fs::write(&entry, text.replace("\"rows\": 1", "\"rows\": 77")).expect("writes");
    let state = files.context.state();
    let path = files.path("c.csv").display().to_string();
    let cached = files.fresh_sources().open(&state, &path, &SourceOptions::default()).await.expect("opens");
    assert_eq!(cached.description.rows, Some(77));
    fs::write(&path, "id,n\n1,2\n3,4.5\n").expect("writes");
    let changed = files.fresh_sources().open(&state, &path, &SourceOptions::default()).await.expect("opens");
    assert_eq!(changed.description.rows, Some(2));
    assert_eq!(columns(&changed), ["id BIGINT", "n DECIMAL(2,1)"]);
}

#[tokio::test]
async fn what_stands_around_the_table_is_left_out_and_told() {
    let files = Files::new()
        .with(
            "report.csv",
            "Acme Ltd\nSales, by customer\n\nid,name,amount\n1,A,10.25\n2,B,5.25\n\nprinted on 31 March\n",
        )
        .with("padded.csv", "Sales;;\n;;\nid;name;amount\n1;A;1,5\n2;B;2,5\n;;\nchecked by X;;\n")
        .with(
            "comments.csv",
            "# by A, on B, for C, D\nid,name,amount\n1,A,10.25\n# half, way, through, it\n2,B,5.25\n\u{1a}",
        )
        .with("separator.csv", "sep=|\r\nid|name|amount\r\n1|A|10.25\r\n");
    for (name, rows, told) in [
        (
            "report.csv",
            2,
            vec!["line 4", "`Acme Ltd`, `Sales by customer`", "line 8", "`printed on 31 March`"],
        ),
        ("padded.csv", 2, vec!["line 3", "`Sales`", "line 6", "`checked by X`"]),
        ("comments.csv", 2, vec!["2 lines that begin with `#`", "`# by A, on B, for C, D`"]),
        ("separator.csv", 1, vec![]),
    ] {
        let source = files.open(name).await;
        assert_eq!(source.description.rows, Some(rows), "{name}");
        let all = warnings(&source).join("\n");
        for part in &told {
            assert!(all.contains(part), "{name}: no {part} in {all}");
        }
        assert!(!told.is_empty() || source.warnings.is_empty(), "{name}: {all}");
        let names: Vec<_> =
            source.provider.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["id", "name", "amount"], "{name}");
        let frame = files.context.read_table(source.provider).expect("a table");
        assert_eq!(frame.count().await.expect("counts") as u64, rows, "{name}");
    }
}

#[tokio::test]
async fn rows_that_do_not_fit_are_no_notes() {
    for (text, line) in [
        ("id,name,amount\n1,A,10.25\n2,B\n", 3),
        ("id,name,amount\n1,A,10.25\ncut", 3),
        ("id,name,amount\n1,A\n\n2,B,5.25\n", 2),
        ("id,name,amount\n1,A,10.25\n\nnote\n2,B,5.25\n", 4),
        ("id,name\n1,A\n2,B,5.25\n", 3),
    ] {
        let files = Files::new().with("a.csv", text);
        let error = files.open_with("a.csv", &SourceOptions::default()).await.expect_err(text);
        assert!(error.message().contains(&format!("line {line} has")), "{text}: {error}");
    }
}

#[tokio::test]
async fn quotes_are_read_as_the_file_writes_them() {
    let late = format!("id,name\n{}9,\"x \\\"y\\\", z\"\n", "1,a\n".repeat(100_000));
    let files = Files::new()
        .with("escaped.csv", "id,name\n1,\"x \\\"y\\\", z\"\n2,\"\\\\\"\n")
        .with("spaced.csv", "id, name\n1, \"x, y\"\n2, \"z\"\n")
        .with("late.csv", late);
    let escaped = files.open("escaped.csv").await;
    let rows = files.rows(&escaped).await;
    assert!(rows.contains("x \"y\", z") && rows.contains("| \\ "), "{rows}");
    let spaced = files.open("spaced.csv").await;
    assert_eq!(columns(&spaced), ["id BIGINT", "name TEXT"]);
    assert!(files.rows(&spaced).await.contains("| x, y |"));
    let late = files.open("late.csv").await;
    assert_eq!(late.description.rows, Some(100_001));
    assert!(warnings(&late).iter().any(|warning| warning.contains("quotes within values")));
}

#[tokio::test]
async fn letters_that_cannot_be_decoded_are_counted() {
    let damaged =
        [b"id,name\n1,M\xc3\xbcller\n2,K\xff\n3,K\xc3\xb6ln\n4,\xfe\n5,Gr\xc3\xb6\xc3\x9fe\n".as_slice()]
            .concat();
    let files = Files::new().with("damaged.csv", damaged).with("marked.csv", "\u{feff}1,2.50\n2,3.50\n");
    let source = files.open("damaged.csv").await;
    let all = warnings(&source).join("\n");
    assert!(all.contains("2 rows have letters that are not UTF-8, the first on line 3"), "{all}");
    assert!(files.rows(&source).await.contains("M\u{fc}ller"));
    // A byte order mark before values is no part of the first one.
    let marked = files.open("marked.csv").await;
    assert_eq!(columns(&marked), ["column_1 BIGINT", "column_2 DECIMAL(3,2)"]);
    assert!(files.rows(&marked).await.contains("| 1        | 2.50"));
}

#[tokio::test]
async fn a_file_that_was_downloaded_twice_is_told() {
    let files = Files::new()
        .with("jan.csv", "id,amount\n1,2.50\n")
        .with("jan (1).csv", "id,amount\n1,2.50\n")
        .with("feb.csv", "id,amount\n2,3.50\n");
    let source = files.open("*.csv").await;
    assert_eq!(
        files.without_directory(&warnings(&source).join("")),
        "`jan.csv` has the same content as `jan (1).csv`: its rows count twice / remove one of them, if it is one export that was downloaded twice"
    );
    let only_headers = Files::new().with("a.csv", "id,amount\n").with("b.csv", "id,amount\n");
    assert_eq!(warnings(&only_headers.open("*.csv").await), [""; 0]);
}
