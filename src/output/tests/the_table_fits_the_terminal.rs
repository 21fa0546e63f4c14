//! The table for people: its look, and what gives way when it is too wide or too long.

use super::*;

fn shown(rows: &RecordBatch, style: &Style) -> (String, Summary) {
    let (bytes, summary) = render(Format::Table, &rows.schema(), std::slice::from_ref(rows), style);
    (String::from_utf8(bytes).unwrap(), summary)
}

fn margins() -> RecordBatch {
    batch(vec![
        (
            "customer",
            Arc::new(StringArray::from(vec![Some("ACME"), Some("顧客 Ltd"), None, Some("two\nlines")])),
        ),
        ("margin", money(vec![Some(12_345_000), Some(-50_000), None, Some(0)], 4)),
        (
            "note",
            Arc::new(StringArray::from(vec![
                "",
                "\x1b[31mred",
                "👩\u{200d}👩\u{200d}👧",
                "a rather long remark about this",
            ])),
        ),
    ])
}

#[test]
fn numbers_stand_to_the_right_and_wide_characters_count_double() {
    let expected = "\
╭───────────┬───────────┬─────────────────────────────────╮
│ customer  │    margin │ note                            │
├───────────┼───────────┼─────────────────────────────────┤
│ ACME      │ 1234.5000 │                                 │
│ 顧客 Ltd  │   -5.0000 │ ␛[31mred                        │
│ NULL      │      NULL │ 👩\u{200d}👩\u{200d}👧                              │
│ two↵lines │    0.0000 │ a rather long remark about this │
╰───────────┴───────────┴─────────────────────────────────╯
";
    let (table, summary) = shown(&margins(), &Style::default());
    assert_eq!(table, expected);
    let widths: Vec<_> = table.lines().map(unicode_width::UnicodeWidthStr::width).collect();
    assert!(widths.iter().all(|width| *width == 59), "{widths:?}\n{table}");
    assert_eq!(summary, Summary { rows: 4, rows_shown: 4, ..Summary::default() });
}

#[test]
fn texts_are_cut_and_numbers_are_not() {
    let style = Style { width: Some(45), ..Style::default() };
    let (table, summary) = shown(&margins(), &style);
    assert!(table.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) == 45), "{table}");
    assert!(table.contains("│ 1234.5000 │") && table.contains("a rather long re…"), "{table}");
    assert!(summary.columns_hidden.is_empty());
}

#[test]
fn columns_that_do_not_fit_are_named() {
    let style = Style { width: Some(70), ..Style::default() };
    let (table, summary) = shown(&company(), &style);
    assert!(table.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 70), "{table}");
    assert!(table.contains("│ … │"));
    let hidden: Vec<_> = summary.columns_hidden.iter().map(String::as_str).collect();
    assert_eq!(hidden, ["revenue", "tickets", "score", "active", "since", "seen", "seen_at", "hash"]);
}

#[test]
fn a_wide_terminal_shows_what_no_terminal_shows() {
    let style = Style { width: Some(59), ..Style::default() };
    assert_eq!(shown(&margins(), &style), shown(&margins(), &Style::default()));
}

#[test]
fn rows_beyond_the_limit_are_counted_but_not_shown() {
    let style = Style { rows_max: Some(2), ..Style::default() };
    let (table, summary) = shown(&margins(), &style);
    assert_eq!(table.lines().count(), 6);
    assert!(!table.contains("remark") && !table.contains("NULL"));
    assert_eq!((summary.rows, summary.rows_shown), (4, 2));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let plain = shown(&margins(), &Style::default()).0;
    let mut colored = shown(&margins(), &Style { color: true, ..Style::default() }).0;
    assert!(colored.contains("\x1b[31m-5.0000\x1b[0m") && colored.contains("\x1b[2mNULL\x1b[0m"));
    for escape in ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m"] {
        colored = colored.replace(escape, "");
    }
    assert_eq!(colored, plain);
}

#[test]
fn a_later_portion_that_is_wider_opens_a_new_box() {
    let rows = many(20_500);
    let (table, summary) = shown(&rows, &Style::default());
    assert_eq!(summary.rows_shown, 20_500);
    let boxes: Vec<&str> = table.split_inclusive('╯').collect();
    assert!(boxes.len() >= 2 && table.matches('╭').count() == table.matches('╯').count());
    for one in table.split('╭').skip(1) {
        let widths: Vec<_> = one.lines().skip(1).map(unicode_width::UnicodeWidthStr::width).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]));
        assert!(one.lines().nth(1).unwrap().contains("customer"));
    }
}
