//! The exact text of the formats that are text.

use arrow::{
    array::{
        Decimal32Array, Decimal64Array, Decimal256Array, DurationSecondArray, Float32Array, Int8Array,
        IntervalMonthDayNanoArray, LargeStringArray, MapBuilder, NullArray, StringBuilder,
        Time64MicrosecondArray, UInt64Array,
    },
    datatypes::{IntervalMonthDayNano, i256},
};

use super::*;

#[test]
fn csv_quotes_what_needs_it_and_tells_null_from_empty() {
    let expected = r#"customer,segment,revenue,tickets,score,active,since,seen,seen_at,hash,tags,point
ACME,smb,1234.5000,3,0.1,true,2026-01-01,2026-01-01 10:00:00,2026-01-01 12:00:00+02:00,00ff,"[1, NULL]",{x: p}
"a,""b""
c|d	e",,-5.0000,,NaN,false,1969-12-31,2026-01-01 10:00:00.123,2026-01-01 12:00:00.123+02:00,,,{x: NULL}
"",ent,0.0000,-9223372036854775808,-1e300,,,,,"",[],{x: }
,smb,,0,,true,1970-01-01,1970-01-01 00:00:00,1970-01-01 02:00:00+02:00,10,[-3],{x: q}
顧客 <i>&amp;,ent,8507059173023461586584365185794205.2863,9223372036854775807,inf,false,9999-12-31,1969-12-31 23:59:59.999999,1970-01-01 01:59:59.999999+02:00,,,{x: r}
=1+1,,-0.0001,-7,2.0,,1900-01-01,1970-01-01 00:00:00.000001,1970-01-01 02:00:00.000001+02:00,01,[7],{x: NULL}
"#;
    assert_eq!(text_of(Format::Csv, &company(), &Style::default()), expected);
}

#[test]
fn texts_that_begin_like_a_formula_get_an_apostrophe_if_asked_for() {
    let texts: StringArray =
        ["=1+1", "+1", "-x", "@a", "\tb", "\rc", "a=1", "'=1"].map(Some).into_iter().collect();
    let keys: arrow::array::DictionaryArray<arrow::datatypes::Int8Type> = vec!["=1"; 8].into_iter().collect();
    let numbers = Int64Array::from_iter_values(-4..4);
    let rows = batch(vec![("=t", Arc::new(texts)), ("k", Arc::new(keys)), ("n", Arc::new(numbers))]);
    let style = Style { formulas_as_text: true, ..Style::default() };
    assert_eq!(
        text_of(Format::Csv, &rows, &style),
        "'=t,k,n\n'=1+1,'=1,-4\n'+1,'=1,-3\n'-x,'=1,-2\n'@a,'=1,-1\n'\tb,'=1,0\n\"'\rc\",'=1,1\na=1,'=1,2\n'=1,'=1,3\n"
    );
    assert_eq!(text_of(Format::Csv, &rows, &Style::default()).lines().nth(1), Some("=1+1,=1,-4"));
}

#[test]
fn tsv_quotes_tabs_and_leaves_commas() {
    let rows = batch(vec![
        ("a\tb", Arc::new(StringArray::from(vec![Some("x\ty"), Some("x,y"), None]))),
        ("c", Arc::new(StringArray::from(vec![Some("\r"), Some(""), Some("z")]))),
    ]);
    assert_eq!(
        text_of(Format::Tsv, &rows, &Style::default()),
        "\"a\tb\"\tc\n\"x\ty\"\t\"\r\"\nx,y\t\"\"\n\tz\n"
    );
}

#[test]
fn a_null_alone_on_its_line_does_not_leave_the_line_blank() {
    let rows = batch(vec![("a", Arc::new(Int64Array::from(vec![Some(1), None])))]);
    assert_eq!(text_of(Format::Csv, &rows, &Style::default()), "a\n1\n\"\"\n");
}

#[test]
fn json_numbers_keep_every_digit_and_their_scale() {
    let rows = batch(vec![
        ("m", money(vec![Some(110), None], 2)),
        ("m", money(vec![Some(-1), Some(i128::MAX / 2)], 38)),
        ("f", Arc::new(Float64Array::from(vec![f64::NAN, 1e300]))),
        ("t", Arc::new(StringArray::from(vec![Some("\"\n"), None]))),
    ]);
    let lines = "{\"m\":1.10,\"m\":-0.00000000000000000000000000000000000001,\"f\":null,\"t\":\"\\\"\\n\"}\n\
                 {\"m\":null,\"m\":0.85070591730234615865843651857942052863,\"f\":1.0e300,\"t\":null}\n";
    assert_eq!(text_of(Format::Ndjson, &rows, &Style::default()), lines);
    let array = format!("[\n{}\n]\n", lines.trim_end().replace('\n', ",\n"));
    assert_eq!(text_of(Format::Json, &rows, &Style::default()), array);
}

#[test]
fn json_is_read_by_a_json_reader() {
    let text = text_of(Format::Json, &company(), &Style::default());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(
        rows[1],
        serde_json::json!({
            "customer": "a,\"b\"\nc|d\te", "segment": null, "revenue": -5.0, "tickets": null, "score": null,
            "active": false, "since": "1969-12-31", "seen": "2026-01-01T10:00:00.123",
            "seen_at": "2026-01-01T12:00:00.123+02:00", "hash": null, "tags": null, "point": {"x": null},
        })
    );
    assert_eq!(rows[0]["hash"], "00ff");
    assert_eq!(rows[0]["tags"], serde_json::json!([1, null]));
    let lines = text_of(Format::Ndjson, &company(), &Style::default());
    assert!(lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).eq(rows));
}

#[test]
fn a_null_among_a_dictionarys_values_is_a_null() {
    let values = StringArray::from(vec![Some("smb"), None]);
    let segment = DictionaryArray::<Int32Type>::new(vec![0, 1].into(), Arc::new(values));
    let rows = batch(vec![("s", Arc::new(segment))]);
    assert_eq!(text_of(Format::Ndjson, &rows, &Style::default()), "{\"s\":\"smb\"}\n{\"s\":null}\n");
    assert_eq!(
        text_of(Format::Markdown, &rows, &Style::default()),
        "| s    |\n| ---- |\n| smb  |\n| NULL |\n"
    );
}

/// Types that are rare in a result, but that a result may have.
fn rare() -> RecordBatch {
    let mut map = MapBuilder::new(None, arrow::array::Int32Builder::new(), StringBuilder::new());
    map.keys().append_value(1);
    map.values().append_value("one");
    map.append(true).unwrap();
    let interval = IntervalMonthDayNano::new(1, 2, 3_000_000_000);
    batch(vec![
        ("d32", Arc::new(Decimal32Array::from(vec![-105]).with_precision_and_scale(9, 2).unwrap())),
        ("d64", Arc::new(Decimal64Array::from(vec![7]).with_precision_and_scale(18, 0).unwrap())),
        (
            "d256",
            Arc::new(
                Decimal256Array::from(vec![i256::from_i128(5)]).with_precision_and_scale(76, 40).unwrap(),
            ),
        ),
        ("negative_scale", money(vec![Some(12)], -3)),
        ("i8", Arc::new(Int8Array::from(vec![-128]))),
        ("u64", Arc::new(UInt64Array::from(vec![u64::MAX]))),
        ("f32", Arc::new(Float32Array::from(vec![0.1]))),
        ("time", Arc::new(Time64MicrosecondArray::from(vec![36_000_500_000]))),
        ("duration", Arc::new(DurationSecondArray::from(vec![90_061]))),
        ("interval", Arc::new(IntervalMonthDayNanoArray::from(vec![interval]))),
        ("text", Arc::new(LargeStringArray::from(vec!["t"]))),
        ("nothing", Arc::new(NullArray::new(1))),
        ("map", Arc::new(map.finish())),
    ])
}

#[test]
fn rare_types_are_spelled_too() {
    assert_eq!(
        text_of(Format::Csv, &rare(), &Style::default()).lines().nth(1).unwrap(),
        "-1.05,7,0.0000000000000000000000000000000000000005,12000,-128,18446744073709551615,0.1,10:00:00.500,\
         1 days 1 hours 1 mins 1 secs,1 mons 2 days 3.000000000 secs,t,,{1: one}"
    );
    assert_eq!(
        text_of(Format::Ndjson, &rare(), &Style::default()).trim_end(),
        "{\"d32\":-1.05,\"d64\":7,\"d256\":0.0000000000000000000000000000000000000005,\"negative_scale\":12000,\
         \"i8\":-128,\"u64\":18446744073709551615,\"f32\":0.1,\"time\":\"10:00:00.500\",\"duration\":\"PT90061S\",\
         \"interval\":\"1 mons 2 days 3.000000000 secs\",\"text\":\"t\",\"nothing\":null,\"map\":\"{1: one}\"}"
    );
    for format in
        [Format::Table, Format::Expanded, Format::Markdown, Format::Html, Format::Xlsx, Format::Arrow]
    {
        assert_eq!(render(format, &rare().schema(), &[rare()], &Style::default()).1.rows, 1, "{format}");
    }
}

#[test]
fn markdown_is_one_line_per_row_with_numbers_to_the_right() {
    let rows = company().project(&[0, 2]).unwrap();
    let expected = r"
| customer        |                                 revenue |
| --------------- | --------------------------------------: |
| ACME            |                               1234.5000 |
| a,\x22b\x22<br>c\|d→e |                                 -5.0000 |
|                 |                                  0.0000 |
| NULL            |                                    NULL |
| 顧客 \<i>\&amp; | 8507059173023461586584365185794205.2863 |
| =1+1            |                                 -0.0001 |
"
    .replace(r"\x22", "\"");
    assert_eq!(text_of(Format::Markdown, &rows, &Style::default()), expected.trim_start());
}

#[test]
fn markdown_is_padded_to_its_first_rows_only() {
    let text = text_of(Format::Markdown, &many(9_001), &Style::default());
    let lengths: Vec<_> = text.lines().map(str::len).collect();
    // The heading, the delimiter and a thousand rows are of one length; one late name is longer.
    assert!(lengths[..1_002].iter().all(|length| *length == lengths[0]));
    assert!(lengths[9_002] > lengths[0], "{}", text.lines().next_back().unwrap());
}

#[test]
fn html_escapes_everything_and_loads_nothing() {
    let style = Style { title: Some("P&L <2026>".to_owned()), ..Style::default() };
    let page = text_of(Format::Html, &company(), &style);
    assert!(page.starts_with("<!doctype html>\n"));
    assert!(page.contains("<title>P&amp;L &lt;2026&gt;</title>"));
    assert!(page.contains("<h1>P&amp;L &lt;2026&gt;</h1>"));
    assert!(page.contains("<td>顧客 &lt;i&gt;&amp;amp;</td>"));
    assert!(page.contains("<td class=\"n\">1234.5000</td>"));
    assert!(page.contains("<td class=\"n m\">-5.0000</td>"));
    assert!(page.contains("<td class=\"n u\">NULL</td>"));
    assert!(page.contains("<td class=\"u\">NULL</td>"));
    assert!(!page.contains("<script") && !page.contains("http") && !page.contains("url("));
}

#[test]
fn expanded_shows_whole_values_and_lines_below_their_beginning() {
    let rows = company().project(&[0, 2]).unwrap().slice(1, 3);
    let expected = "\
─[ 1 ]───┬────────
customer │ a,\"b\"
         │ c|d→e
revenue  │ -5.0000
─[ 2 ]───┬───────
customer │
revenue  │ 0.0000
─[ 3 ]───┬─────
customer │ NULL
revenue  │ NULL
";
    assert_eq!(text_of(Format::Expanded, &rows, &Style::default()), expected);
    let style = Style { rows_max: Some(2), ..Style::default() };
    let (bytes, summary) = render(Format::Expanded, &rows.schema(), std::slice::from_ref(&rows), &style);
    assert_eq!((summary.rows, summary.rows_shown), (3, 2));
    assert!(expected.as_bytes().starts_with(&bytes));
}
