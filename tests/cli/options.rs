//! Wrong usage, help and version.

use insta::assert_snapshot;

use crate::env::Environment;

fn transcripts(runs: &[&[&str]]) -> String {
    let environment = Environment::new();
    runs.iter().map(|arguments| environment.transcript(arguments)).collect::<Vec<_>>().join("\n")
}

#[test]
fn help_is_an_answer() {
    assert_snapshot!(transcripts(&[&["--help"]]));
    assert_snapshot!("commands", transcripts(&[&["query", "-h"], &["run", "-h"], &["sample", "-h"]]));
}

#[test]
fn the_version_is_the_package() {
    let outcome = Environment::new().run(&["--version"]).done();
    assert_eq!(outcome.stdout(), concat!("marginql ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_ends_with_2() {
    assert_snapshot!(transcripts(&[
        &["qury", "SELECT 1"],
        &["query"],
        &["query", "SELECT 1", "--formt", "csv"],
        &["query", "SELECT 1", "--format", "parqet"],
        &["query", "SELECT 1", "--format", "orc"],
        &["query", "SELECT 1", "--set", "execution.batch_sise=1"],
        &["query", "SELECT 1", "--set", "execution.batch_size=many"],
        &["query", "SELECT 1", "--set", "nothing"],
        &["query", "SELECT 1", "--color", "sometimes"],
        &["query", "SELECT 1", "--table", "sales"],
        &["query", "SELECT 1", "-o", "out"],
        &["query", "SELECT 1", "-o", "out.xyz"],
    ]));
}

#[test]
fn colours_are_asked_for_and_change_no_text() {
    let environment = Environment::new();
    let run = |color: &str| environment.run(&["query", "SELECT nothing", "--color", color]).stderr;
    let (plain, colored) = (run("never"), run("always"));
    assert!(colored.contains("\u{1b}["), "{colored:?}");
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    assert_eq!(run("auto"), plain, "without a terminal there is no colour");
    assert_eq!(without_escapes(&colored), plain);
}

/// The text without `ESC [ … m`.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest)).collect::<String>()
}
