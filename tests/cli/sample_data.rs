//! The saved queries of the sample company: each result is pinned.

use insta::assert_snapshot;

use crate::{
    env::Environment,
    outcome::{names, repository},
};

fn queries() -> Vec<String> {
    names(&repository().join("sample_data/queries"))
        .into_iter()
        .filter(|name| name.ends_with(".sql"))
        .collect()
}

#[test]
fn the_whole_folder_runs_from_the_repository() {
    let outcome = Environment::new().run_in_repository(&["run", "sample_data/queries"]).done();
    let tables = outcome.stdout().matches('╭').count();
    assert_eq!(tables, queries().len(), "each query gives one table");
    assert_snapshot!(outcome.stderr);
}

#[test]
fn every_result_is_pinned() {
    let queries = queries();
    assert!(queries.len() >= 8, "{queries:?}");
    let environment = Environment::new();
    let out = environment.work().join("out");
    let arguments =
        ["run", "sample_data/queries", "-o", out.to_str().expect("a plain path"), "--format", "csv"];
    environment.run_in_repository(&arguments).done();
    for query in queries {
        let stem = query.trim_end_matches(".sql");
        let rows =
            std::fs::read_to_string(out.join(format!("{stem}.csv"))).expect("each query writes its file");
        assert_snapshot!(stem, rows);
    }
}

#[test]
fn csv_and_parquet_are_the_same_company() {
    let environment = Environment::new();
    let query = |format: &str| {
        let tables = ["customers", "revenue", "costs", "interactions"];
        let tables = tables.map(|table| format!("{table}=sample_data/{format}/{table}.{format}"));
        let mut arguments = vec!["run", "sample_data/queries/customer_margin.sql", "--format", "csv", "-q"];
        for table in &tables {
            arguments.extend(["--table", table]);
        }
        environment.run_in_repository(&arguments).done().stdout
    };
    assert!(query("csv") == query("parquet"));
}

#[test]
fn every_result_on_the_exports_is_pinned() {
    let folder = "sample_data/exports/queries";
    let environment = Environment::new();
    let out = environment.work().join("out");
    let arguments = ["run", folder, "-o", out.to_str().expect("a plain path"), "--format", "csv"];
    environment.run_in_repository(&arguments).done();
    let queries = names(&repository().join(folder));
    assert_eq!(queries.len(), 10);
    for query in queries {
        let stem = query.trim_end_matches(".sql");
        let rows =
            std::fs::read_to_string(out.join(format!("{stem}.csv"))).expect("each query writes its file");
        assert_snapshot!(format!("exports_{stem}"), rows);
    }
}
