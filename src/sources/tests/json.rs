//! JSON files in all their forms.

use super::*;

const LINES: &str = r#"{"id":1,"amount":10.50,"day":"2025-01-31","tags":["a","b"],"who":{"name":"Zo\u00eb","vip":true}}
{"id":2,"amount":-3,"day":null,"tags":[],"who":{"name":"x"}}
{"id":3}
"#;

#[tokio::test]
async fn lines_and_arrays_read_the_same() {
    let pretty = "\u{feff}[\n".to_owned()
        + &LINES.trim().replace('\n', ",\n").replace(",\"amount\"", ",\n  \"amount\"")
        + "\n]\n";
    let files = Files::new()
        .with("a.ndjson", LINES)
        .with("a.json", &pretty)
        .with("a.jsonl.gz", gzip(LINES))
        .with("a.json.gz", gzip(&pretty))
        .with("spread.json", LINES.replace(",\"amount\"", ",\n\"amount\""));
    let lines = files.open("a.ndjson").await;
    assert_eq!(
        columns(&lines),
        ["id BIGINT", "amount DECIMAL(4,2)", "day DATE", "tags TEXT[]", "who STRUCT(name TEXT, vip BOOLEAN)"]
    );
    let expected = files.rows(&lines).await;
    insta::assert_snapshot!(expected, @r"
    +----+--------+------------+--------+------------------------+
    | id | amount | day        | tags   | who                    |
    +----+--------+------------+--------+------------------------+
    | 1  | 10.50  | 2025-01-31 | [a, b] | {name: Zoë, vip: true} |
    | 2  | -3.00  |            | []     | {name: x, vip: }       |
    | 3  |        |            |        |                        |
    +----+--------+------------+--------+------------------------+
    ");
    for name in ["a.json", "a.jsonl.gz", "a.json.gz", "spread.json"] {
        let source = files.open(name).await;
        assert_eq!(columns(&source), columns(&lines), "{name}");
        assert_eq!(files.rows(&source).await, expected, "{name}");
        assert_eq!(source.description.rows, Some(3), "{name}");
    }
}

#[tokio::test]
async fn values_without_one_type_are_text_and_nothing_is_lost() {
    let files = Files::new().with(
        "m.json",
        r#"[{"id":1,"mixed":1.50,"small":1e-7,"huge":123456789012345678901234567890123456789.5,"quoted":"12.50","any":{"a":[1]}},
            {"id":2,"mixed":"x","small":12.5,"huge":1,"quoted":"","any":"text"}]"#,
    );
    let source = files.open("m.json").await;
    assert_eq!(
        columns(&source),
        ["id BIGINT", "mixed TEXT", "small DECIMAL(9,7)", "huge TEXT", "quoted TEXT", "any TEXT"]
    );
    insta::assert_snapshot!(files.rows(&source).await, @r#"
    +----+-------+------------+-------------------------------------------+--------+-----------+
    | id | mixed | small      | huge                                      | quoted | any       |
    +----+-------+------------+-------------------------------------------+--------+-----------+
    | 1  | 1.50  | 0.0000001  | 123456789012345678901234567890123456789.5 | 12.50  | {"a":[1]} |
    | 2  | x     | 12.5000000 | 1                                         |        | text      |
    +----+-------+------------+-------------------------------------------+--------+-----------+
    "#);
    assert_eq!(
        source.description.columns[1].reason,
        "line 1 has `1.50`, a number, but line 2 has `x`, a string"
    );
}

#[tokio::test]
async fn times_and_large_numbers_are_exact() {
    let files = Files::new().with(
        "t.ndjson",
        r#"{"id":1,"at":"2025-01-31T10:00:00.25+02:00","n":9223372036854775807,"big":12345678901234567890123.45,"ok":true}
{"id":2,"at":"2025-01-31 10:00:00Z","n":-9223372036854775808,"big":-1,"ok":false}
"#,
    );
    let source = files.open("t.ndjson").await;
    assert_eq!(
        columns(&source),
        ["id BIGINT", "at TIMESTAMP(6) WITH TIME ZONE", "n BIGINT", "big DECIMAL(25,2)", "ok BOOLEAN"]
    );
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+--------------------------+----------------------+----------------------------+-------+
    | id | at                       | n                    | big                        | ok    |
    +----+--------------------------+----------------------+----------------------------+-------+
    | 1  | 2025-01-31T08:00:00.250Z | 9223372036854775807  | 12345678901234567890123.45 | true  |
    | 2  | 2025-01-31T10:00:00Z     | -9223372036854775808 | -1.00                      | false |
    +----+--------------------------+----------------------+----------------------------+-------+
    ");
}

#[tokio::test]
async fn lines_with_values_of_another_form_are_copied() {
    let lines =
        "{\"id\":1,\"n\":1.50e1,\"m\":true}\n{\"id\":2,\"n\":25e-4,\"m\":[1, 2]}\n{\"id\":3,\"n\":-1E2}\n";
    let files = Files::new().with("e.ndjson", lines);
    let source = files.open("e.ndjson").await;
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+-----------+-------+
    | id | n         | m     |
    +----+-----------+-------+
    | 1  | 15.0000   | true  |
    | 2  | 0.0025    | [1,2] |
    | 3  | -100.0000 |       |
    +----+-----------+-------+
    ");
    // Nothing but exponents: the reader's own way with them is not relied on.
    let files = files.with("f.ndjson", "{\"n\":1.25e-7}\n{\"n\":0.5}\n{\"n\":120e-2}\n{\"n\":0.0e1}\n");
    let source = files.open("f.ndjson").await;
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +-------------+
    | n           |
    +-------------+
    | 0.000000000 |
    | 0.000000125 |
    | 0.500000000 |
    | 1.200000000 |
    +-------------+
    ");
}

#[tokio::test]
async fn several_files_are_read_by_name() {
    let files = Files::new()
        .with("d/a.ndjson", "{\"id\":1,\"n\":1}\n")
        .with("d/b.ndjson", "{\"n\":\"x\",\"id\":2,\"more\":true}\n")
        .with("d/c.json", "[{\"id\":3}]");
    let source = files.open("d").await;
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+---+------+
    | id | n | more |
    +----+---+------+
    | 1  | 1 |      |
    | 2  | x | true |
    | 3  |   |      |
    +----+---+------+
    ");
}

#[tokio::test]
async fn invalid_files_are_refused_with_file_and_line() {
    let files = Files::new()
        .with("cut.json", "[{\"a\":1},\n{\"a\":")
        .with("scalars.ndjson", "{\"a\":1}\n2\n")
        .with("trail.json", "[{\"a\":1},]")
        .with("void.json", "  ");
    let errors = [
        files.error("cut.json").await,
        files.error("scalars.ndjson").await,
        files.error("trail.json").await,
        files.error("void.json").await,
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    `cut.json` line 2: the text ends where a value should be
    the file is not valid JSON; it may be truncated
    `scalars.ndjson` line 2: a row must be an object, `{…}`
    values alone have no names for columns: write them as {"name": value}
    `trail.json` line 1: a row must be an object, `{…}`
    the file is not valid JSON; it may be truncated
    `void.json` is empty
    export the file again, or leave it out
    "#);
}

#[tokio::test]
async fn what_an_interface_wraps_around_the_rows_is_no_row() {
    let files = Files::new()
        .with("list.json", r#"{"object": "list", "data": [{"id": 1, "at": "2026-05-27 10:05"}, {"id": 2, "at": "2026-05-28 11:00"}], "has_more": false}"#)
        .with("flexi.json", r#"{"winstrom": {"@version": "1.0", "adresar": [{"kod": "A", "od": "2026-05-27+02:00"}]}}"#)
        .with("one.json", r#"{"id": 1, "lines": [{"a": 1}]}"#);
    let list = files.open("list.json").await;
    assert_eq!(columns(&list), ["id BIGINT", "at TIMESTAMP(6)"]);
    insta::assert_snapshot!(files.rows(&list).await, @r#"
    +----+---------------------+
    | id | at                  |
    +----+---------------------+
    | 1  | 2026-05-27T10:05:00 |
    | 2  | 2026-05-28T11:00:00 |
    +----+---------------------+
    "#);
    assert_eq!(
        files.without_directory(&warnings(&list).join("")),
        "`list.json`: the rows are the elements of `data`; what stands beside them was left out: `object`, `has_more` / "
    );
    let flexi = files.open("flexi.json").await;
    assert_eq!(
        (columns(&flexi), warnings(&flexi)),
        (vec!["kod TEXT".to_owned(), "od DATE".to_owned()], Vec::new())
    );
    assert_eq!(columns(&files.open("one.json").await), ["id BIGINT", "lines STRUCT(a BIGINT)[]"]);
}

#[tokio::test]
async fn json_that_says_two_things_or_nothing_is_refused() {
    let files = Files::new()
        .with("twice.json", "[{\"a\": 1},\n {\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}]")
        .with("none.json", "[]")
        .with("no-data.json", r#"{"data": []}"#);
    let mut errors = Vec::new();
    for name in ["twice.json", "none.json", "no-data.json"] {
        errors.push(files.error(name).await);
    }
    insta::assert_snapshot!(errors.join("\n"), @r#"
    `twice.json` line 2: the key `c` stands twice in one object
    rename one of them where the file is written
    `none.json` has no rows, and so no columns
    leave it out, or read it in a project, where it is an empty table
    `no-data.json` has no rows, and so no columns
    leave it out, or read it in a project, where it is an empty table
    "#);
    let options = SourceOptions { empty_is_table: true, ..SourceOptions::default() };
    let empty = files.open_with("none.json", &options).await.expect("opens");
    assert_eq!((columns(&empty), empty.description.rows), (Vec::new(), Some(0)));
}
