//! `tables`, `functions` and `sample`.

use insta::assert_snapshot;

use crate::{env::Environment, outcome::names};

#[test]
fn tables_are_listed_with_their_columns_and_why() {
    let environment = Environment::with_tables();
    environment.write("codes.csv", "code,since,empty\n007,03/04/2026,\n008,05/06/2026,\n");
    environment.run(&["query", "SELECT 1 AS x, 2.50 AS y", "-o", "numbers.parquet"]).done();
    let tables = ["--table", "sales=sales.csv", "--table", "codes=codes.csv", "--table", "n=numbers.parquet"];
    let run = |arguments: &[&str]| environment.transcript(&[&tables[..], arguments].concat());
    // The size of a Parquet file is another with each version of its library.
    let listed = run(&["tables", "--format", "csv"])
        .lines()
        .filter(|line| !line.starts_with("n,"))
        .collect::<Vec<_>>()
        .join("\n");
    assert_snapshot!([listed, run(&["tables", "-v"]), environment.transcript(&["tables"])].join("\n"));
}

#[test]
fn functions_are_found_by_pattern_and_documented_by_name() {
    let environment = Environment::new();
    let listed = environment.run(&["functions", "--format", "csv"]).done();
    // What a function does is said in its own file; here it is only found.
    let columns = |line: &str| line.split(',').take(2).collect::<Vec<_>>().join(",");
    let listed: Vec<_> = listed.stdout().lines().filter(|line| line.contains(',')).map(columns).collect();
    assert!(listed.iter().any(|line| line == "customer_success_margin,aggregate"), "{listed:?}");
    assert!(listed.iter().any(|line| line == "allocate,window"), "{listed:?}");
    assert!(!listed.iter().any(|line| line.starts_with("checked_")), "{listed:?}");
    let found = environment.run(&["functions", "SUPPORT", "--format", "csv"]).done();
    let found: Vec<_> = found.stdout().lines().skip(1).map(columns).collect();
    assert_eq!(found, ["support_margin,aggregate", "support_margin_pct,aggregate"]);
    let runs: [&[&str]; 2] = [&["functions", "frobnicate"], &["functions", "customer_succes_margins"]];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
    let all = environment.run(&["functions", "--all", "--format", "csv"]).done();
    assert!(all.stdout().lines().any(|line| line.starts_with("date_trunc,scalar,")), "{}", all.stdout());
}

#[test]
fn every_own_function_has_a_page() {
    let environment = Environment::new();
    let listed = environment.run(&["functions", "--format", "csv"]).done();
    let functions: Vec<_> =
        listed.stdout().lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(functions.len() > 15, "{functions:?}");
    for function in
        functions.iter().filter(|function| function.chars().all(|c| c.is_alphanumeric() || c == '_'))
    {
        let page = environment.run(&["functions", function]).done();
        assert!(page.stdout().starts_with(&format!("## {function}\n\n")), "{}", page.stdout());
        assert!(page.stdout().contains("```sql\n"), "{function} is shown without SQL");
    }
}

#[test]
fn a_sample_is_the_same_company_every_time() {
    let environment = Environment::new();
    let write = |directory: &str, seed: &str| {
        let arguments = [
            "sample", directory, "--scale", "0.001", "--months", "3", "--format", "csv", "--seed", seed,
            "--only", "tables",
        ];
        environment.run(&arguments).done().stderr
    };
    let told = write("one", "1");
    write("two", "1");
    write("three", "2");
    let files = names(&environment.work().join("one"));
    assert_eq!(files.len(), told.lines().count(), "{told}");
    let read = |directory: &str, file: &str| {
        std::fs::read(environment.work().join(directory).join(file)).expect("the sample is there")
    };
    for file in &files {
        assert!(read("one", file) == read("two", file), "{file} differs with the same seed");
    }
    assert!(files.iter().any(|file| read("one", file) != read("three", file)), "the seed changes nothing");
    let query = "SELECT count(*) > 500 AS enough FROM 'one/revenue.csv'";
    assert_eq!(environment.run(&["query", query, "--format", "csv"]).done().stdout(), "enough\ntrue\n");
}

#[test]
fn a_sample_that_cannot_be_written_is_told() {
    let environment = Environment::new();
    environment.write("file", "");
    let runs: [&[&str]; 3] =
        [&["sample", "out", "--format", "xlsx"], &["sample", "file"], &["sample", "out", "--scale", "large"]];
    assert_snapshot!(runs.map(|arguments| environment.transcript(arguments)).join("\n"));
}
