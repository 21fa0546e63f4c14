//! Files that are missing, unreadable, truncated, empty, or not what they seem.

use insta::assert_snapshot;

use crate::env::Environment;

fn read(environment: &Environment, file: &str) -> String {
    environment.transcript(&["query", &format!("SELECT * FROM '{file}'")])
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_reason() {
    let environment = Environment::new();
    environment.run(&["query", "SELECT 1 AS x, 'text' AS y", "-o", "whole.parquet"]).done();
    let whole = std::fs::read(environment.work().join("whole.parquet")).expect("the file is there");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(environment.work().join(name), bytes).expect("the environment can be written");
    };
    write("truncated.parquet", &whole[..whole.len() / 2]);
    write("text.parquet", b"customer,amount\nC1,100.00\n");
    write("empty.parquet", b"");
    write("empty.csv", b"");
    write("broken.csv.gz", b"\x1f\x8b\x08\x00 this is no deflate stream");
    write("broken.json", b"{\"a\": 1\n");
    write("what.xyz", b"what");
    std::fs::create_dir(environment.work().join("folder")).expect("the environment can be written");
    let files = [
        "nothing.parquet",
        "nothing/*.csv",
        "truncated.parquet",
        "text.parquet",
        "empty.parquet",
        "empty.csv",
        "broken.csv.gz",
        "broken.json",
        "what.xyz",
        "folder",
    ];
    let mut transcripts: Vec<_> = files.iter().map(|file| read(&environment, file)).collect();
    transcripts.push(environment.transcript(&["--table", "sales=nothing.csv", "tables"]));
    transcripts.push(environment.transcript(&["--table", "sales=truncated.parquet", "tables"]));
    transcripts.push(environment.transcript(&["--table", "nothing.csv", "tables"]));
    assert_snapshot!(transcripts.join("\n"));
}

#[test]
fn a_csv_row_with_too_many_fields_is_told_with_file_and_line() {
    let environment = Environment::new();
    environment.write("many.csv", "customer,amount\nC1,100.00\nC2,1,000.00\nC3,5.00\n");
    environment.write("few.csv", "customer,amount,cost\nC1,100.00,1\nC2,1\n");
    environment.write("quote.csv", "customer,note\nC1,\"line one\nline two\"\nC2,a,b\n");
    environment.write("twice.csv", "customer,customer\nC1,C2\n");
    let files = ["many.csv", "few.csv", "quote.csv", "twice.csv"];
    assert_snapshot!(files.map(|file| read(&environment, file)).join("\n"));
}

#[test]
fn a_warning_says_how_to_convert_and_quiet_silences_it() {
    let environment = Environment::new();
    environment.write("dates.csv", "customer,sold_on\nC1,03/04/2026\nC2,05/06/2026\n");
    let query = "SELECT count(*) AS n FROM 'dates.csv'";
    assert_snapshot!(
        [environment.transcript(&["query", query]), environment.transcript(&["query", query, "--quiet"])]
            .join("\n")
    );
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told_so() {
    use std::os::unix::fs::PermissionsExt;
    let environment = Environment::new();
    environment.write("secret.csv", "a\n1\n");
    let path = environment.work().join("secret.csv");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("it is ours");
    // The superuser reads everything; there is nothing to see then.
    if std::fs::read(&path).is_ok() {
        return;
    }
    let outcome = environment.run(&["query", "SELECT * FROM 'secret.csv'"]);
    assert!(outcome.stderr.contains("permission denied"), "{}", outcome.stderr);
    assert_eq!(outcome.code, Some(1));
}
