//! What a project file gives, and what each mistake in it is answered with.

mod feeds;
mod health;
mod mistakes;
mod valuation;

use std::{fs, path::Path};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{AllocationMethod, FILE_NAME, MatchRule, Project, Recognition, parse};
use crate::{error::Error, query::Text};

/// A file that has every key.
const EVERYTHING: &str = r#"
[project]
name = "acme"
currency = "USD"
fiscal_year_starts = 4
time_zone = "Europe/Prague"
as_of = 2025-12-31
future_days_max = 30

[sources.erp]
connector = "syspro"
ar_customer = "exports/ArCustomer.csv"
ar_trn_detail = ["exports/2024/*.parquet", "exports/2025/*.parquet"]
options = { customer = "billed", rate = 0.10, days = 3, since = 2025-01-01, codes = ["01", "2"], net = true }

[sources.desk]
connector = "hubspot"
tickets = "exports/tickets*.csv"

[customers]
master = "erp"
crosswalk = "crosswalk.csv"
match = ["tax_id", "domain"]

[[pools]]
name = "it"
where = "department = 'IT'"
feeds = { support = 60.5, success = "39.5" }

[[pools]]
name = "support"
where = "category LIKE 'support.%'"
driver = "handle_minutes"
[pools.capacity_minutes]
2025-07 = 4000
2025-01 = 3750.5

[[pools]]
name = "success"
where = "category LIKE 'success.%'"
driver = "revenue"
capacity_minutes = 100

[allocation]
method = "step_down"

[margins]
service = ["support"]

[ledger]
recognition = "service_period"

[fx]
rates = "rates.csv"

[[controls]]
source = "erp"
month = "2025-03"
what = "revenue"
amount = 184220.15

[[controls]]
source = "erp"
month = "2025-03"
what = "support.salaries"
amount = "-0.0001"

[views]
zebra = "sql/zebra.sql"
customers = "sql/customers.sql"
"#;

fn parse(content: &str) -> Result<Project, Error> {
    parse::project(Path::new(FILE_NAME).to_owned(), Text::new(FILE_NAME, content))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_key_is_read_in_the_order_of_the_file() {
    let project = parse(EVERYTHING).unwrap();
    assert_eq!((project.name.as_str(), project.currency.as_str()), ("acme", "USD"));
    assert_eq!((project.fiscal_year_starts, project.time_zone.as_str()), (4, "Europe/Prague"));
    assert_eq!((project.as_of, project.future_days_max), (Some(day("2025-12-31")), 30));

    let names: Vec<_> = project.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["erp", "desk"]);
    let erp = project.source("erp").unwrap();
    assert_eq!(erp.connector.value, "syspro");
    let tables: Vec<_> = erp.tables.iter().map(|table| (table.table.as_str(), table.paths.len())).collect();
    assert_eq!(tables, [("ar_customer", 1), ("ar_trn_detail", 2)]);
    let options: Vec<_> = erp
        .options
        .iter()
        .map(|option| (option.name.as_str(), option.texts.join(" "), option.is_list))
        .collect();
    let expected = [
        ("customer", "billed", false),
        ("rate", "0.10", false),
        ("days", "3", false),
        ("since", "2025-01-01", false),
        ("codes", "01 2", true),
        ("net", "true", false),
    ];
    assert_eq!(options, expected.map(|(name, text, is_list)| (name, text.to_owned(), is_list)));

    let master = project.customers.master.as_ref().map(|master| master.value.as_str());
    assert_eq!(master, Some("erp"));
    assert_eq!(project.customers.crosswalk.as_ref().unwrap().value, "crosswalk.csv");
    assert_eq!(project.customers.matchers, [MatchRule::TaxId, MatchRule::Domain]);
    assert_eq!(project.allocation_method, AllocationMethod::StepDown);
    assert_eq!(project.service, ["support"]);
    assert_eq!(project.recognition, Recognition::ServicePeriod);
    assert_eq!(project.rates.as_ref().unwrap().value, "rates.csv");
    let views: Vec<_> = project.views.iter().map(|view| (view.name.as_str(), view.path.as_str())).collect();
    assert_eq!(views, [("zebra", "sql/zebra.sql"), ("customers", "sql/customers.sql")]);
}

#[test]
fn numbers_are_exactly_those_of_the_file() {
    let project = parse(EVERYTHING).unwrap();
    let amounts: Vec<_> = project.controls.iter().map(|control| control.amount.to_string()).collect();
    assert_eq!(amounts, ["184220.15", "-0.0001"]);
    assert_eq!(project.controls[0].month, Some(day("2025-03-01")));
    let weights: Vec<_> = project.pools[0].feeds.iter().map(|feed| feed.weight.to_string()).collect();
    assert_eq!(weights, ["60.5", "39.5"]);
    // A double would make 0.1000000000000000055 of it, and drop the last digits of the other.
    let content = EVERYTHING.replace("184220.15", "12345678901234567890.1");
    assert_eq!(parse(&content).unwrap().controls[0].amount.to_string(), "12345678901234567890.1");
}

#[test]
fn capacities_hold_from_their_month_and_stand_in_order() {
    let project = parse(EVERYTHING).unwrap();
    let capacities: Vec<_> =
        project.pools[1].capacities.iter().map(|capacity| (capacity.valid_from, capacity.minutes)).collect();
    let expected =
        [(Some(day("2025-01-01")), Decimal::new(37505, 1)), (Some(day("2025-07-01")), Decimal::from(4000))];
    assert_eq!(capacities, expected);
    assert_eq!(project.pools[2].capacities[0].valid_from, None);
}

#[test]
fn places_are_those_of_names_and_values() {
    let project = parse(EVERYTHING).unwrap();
    let found = |span: std::ops::Range<usize>| {
        let place = project.place(span);
        place.text[place.span.clone()].to_owned()
    };
    let erp = &project.sources[0];
    assert_eq!(found(erp.span.clone()), "erp");
    assert_eq!(found(erp.connector.span.clone()), "\"syspro\"");
    assert_eq!(found(erp.tables[0].span.clone()), "ar_customer");
    assert_eq!(found(erp.options[1].value_span.clone()), "0.10");
    assert_eq!(found(project.pools[1].span.clone()), "[[pools]]");
    assert_eq!(found(project.pools[0].feeds[0].span.clone()), "support");
    assert_eq!(found(project.pools[0].condition.span.clone()), "\"department = 'IT'\"");
    assert_eq!(found(project.controls[1].span.clone()), "[[controls]]");
    assert_eq!(found(project.views[0].path_span.clone()), "\"sql/zebra.sql\"");
}

#[test]
fn what_is_left_out_has_its_default() {
    let project = parse("[project]\ncurrency = \"CZK\"\n").unwrap();
    assert_eq!((project.fiscal_year_starts, project.future_days_max), (1, 400));
    assert_eq!((project.time_zone.as_str(), project.as_of), ("UTC", None));
    assert_eq!(project.service, ["support", "success"]);
    assert_eq!(project.recognition, Recognition::Posted);
    assert_eq!(project.allocation_method, AllocationMethod::Direct);
    assert!(project.sources.is_empty() && project.pools.is_empty() && project.customers.matchers.is_empty());
    let current = std::env::current_dir().unwrap();
    assert_eq!(project.name, current.file_name().unwrap().to_string_lossy());
}

#[test]
fn a_project_is_found_from_below_and_its_paths_count_from_it() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    assert!(Project::find(&deep).unwrap().is_none());
    fs::write(directory.path().join(FILE_NAME), EVERYTHING).unwrap();
    let project = Project::find(&deep).unwrap().expect("it is two directories above");
    assert_eq!(project.file, directory.path().join(FILE_NAME));
    assert_eq!(project.directory, directory.path());
    assert_eq!(project.resolve("exports/*.csv"), directory.path().join("exports/*.csv"));
    assert_eq!(project.resolve("/exports/x.csv"), Path::new("/exports/x.csv"));
    assert_eq!(
        Project::load(directory.path()).unwrap().file,
        project.file,
        "a directory stands for its file"
    );
    // The nearest one counts.
    fs::write(deep.join(FILE_NAME), "[project]\ncurrency = \"EUR\"\n").unwrap();
    assert_eq!(Project::find(&deep).unwrap().unwrap().currency, "EUR");
}

#[test]
fn paths_of_a_project_in_the_current_directory_stay_short() {
    let project = parse(EVERYTHING).unwrap();
    assert_eq!(project.directory, Path::new("."));
    assert_eq!(project.resolve("exports/x.csv"), Path::new("exports/x.csv"));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let error = Project::load(directory.path()).unwrap_err();
    assert!(error.message().ends_with("marginql.toml`: no such file or directory"), "{error}");
    fs::write(directory.path().join(FILE_NAME), b"[project]\nname = \"\xe9\"\n").unwrap();
    let error = Project::load(directory.path()).unwrap_err();
    assert!(error.message().ends_with("marginql.toml` is not UTF-8 text in line 2"), "{error}");
}

#[test]
fn the_example_of_the_documentation_is_a_project() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/project.md")).unwrap();
    let examples: Vec<_> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples.iter().filter(|example| example.contains("[project]")) {
        parse(example).unwrap();
    }
}

#[test]
fn the_day_is_that_of_the_clock_of_the_project() {
    let evening = chrono::DateTime::from_timestamp(1_767_222_000, 0).unwrap();
    let on = |zone: &str| {
        let text = format!("[project]\ncurrency = \"EUR\"\ntime_zone = \"{zone}\"\n");
        parse(&text).unwrap().day_of(evening).to_string()
    };
    assert_eq!(on("UTC"), "2025-12-31");
    assert_eq!(on("Europe/Prague"), "2026-01-01");
    assert_eq!(on("-05:00"), "2025-12-31");
}
