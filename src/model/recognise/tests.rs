//! What the files of the sample, and of every project below `tests/model`, are taken for.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::sources::Sources;

/// Files that are taken for something else, and why that is right.
const EXCEPTIONS: [(&str, &str, &str); 12] = [
    (
        "generic/currencies_and_rates_are_read_however_they_are_written/rates.csv",
        "rates.rates",
        "it is as good a list of rates for `[fx]`",
    ),
    (
        "generic/exports_without_rows_are_empty_tables/interactions.ndjson",
        "unknown, nearest nothing",
        "it is empty",
    ),
    ("generic/exports_without_rows_are_empty_tables/revenue.json", "unknown, nearest nothing", "it is empty"),
    ("generic/exports_without_rows_are_empty_tables/surveys.json", "unknown, nearest nothing", "it is empty"),
    (
        "generic/a_connector_of_the_project/deals.csv",
        "hubspot.deals",
        "its project has a connector of its own, which is not among those asked here",
    ),
    (
        "drift/any_export_of_conversations_and_messages/replies.csv",
        "unknown, nearest drift.messages",
        "its project says what two of its headers mean",
    ),
    (
        "generic/columns_are_renamed_in_the_project/sales.csv",
        "unknown, nearest nothing",
        "its project says what its headers mean",
    ),
    ("generic/columns_are_renamed_in_the_project/spend.csv", "unknown, nearest nothing", "the same"),
    (
        "generic/rates_are_for_one_unit/rates.csv",
        "rates.rates",
        "a list of rates is the project's own, with the same meaning",
    ),
    (
        "flexi-gl/signed_amounts_of_either_sign/credits.csv",
        "perhaps flexi-gl.journal",
        "a day, an account and an amount are the headers of many tables, and its name is none of a journal",
    ),
    ("flexi-gl/signed_amounts_of_either_sign/debits.csv", "perhaps flexi-gl.journal", "the same"),
    (
        "hubspot/a_missing_close_date_column_is_an_error/tickets.csv",
        "unknown, nearest hubspot.tickets",
        "a column is missing without which it cannot be read",
    ),
];

fn recogniser() -> Recogniser {
    let connectors = Connector::shipped_names();
    let connectors = connectors.iter().map(|name| Connector::shipped(name).expect("it is shipped"));
    Recogniser::new(&connectors.collect::<Vec<_>>())
}

/// The files that a project names, and the tables they are.
fn named(project: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(project).expect("the project can be read");
    let document: toml::Table = text.parse().expect("it is TOML");
    let mut named = BTreeMap::new();
    let mut add = |value: &toml::Value, name: &str| {
        let paths = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for path in paths.iter().filter_map(toml::Value::as_str) {
            named.insert(path.to_owned(), name.to_owned());
        }
    };
    let sources = document["sources"].as_table().expect("a project has sources");
    for source in sources.values().filter_map(toml::Value::as_table) {
        let connector = source["connector"].as_str().expect("a name");
        let tables =
            source.iter().filter(|(key, _)| !["connector", "options", "columns"].contains(&key.as_str()));
        tables.for_each(|(table, paths)| add(paths, &format!("{connector}.{table}")));
    }
    for (section, key) in [("customers", "crosswalk"), ("fx", "rates")] {
        if let Some(path) = document.get(section).and_then(|section| section.get(key)) {
            add(path, &format!("{key}.{key}"));
        }
    }
    named
}

async fn beginnings(directory: &Path, paths: impl Iterator<Item = &String>) -> Vec<Beginning> {
    let sources = Sources::new(None);
    let mut files = Vec::new();
    for path in paths {
        let headers = sources.header(&directory.join(path).display().to_string()).await;
        let header = headers.expect("the file can be read").remove(0);
        files.push(Beginning {
            path: path.clone(),
            columns: header.columns,
            rows: header.rows,
            ..Beginning::default()
        });
    }
    files
}

fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Known { best, .. } => best.name(),
        Verdict::Doubtful { best, .. } => format!("perhaps {}", best.name()),
        Verdict::Unknown(Some(nearest)) => format!("unknown, nearest {}", nearest.name()),
        Verdict::Unknown(None) => "unknown, nearest nothing".to_owned(),
    }
}

fn projects(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            projects(&path, found);
        } else if path.ends_with("marginql.toml") {
            found.push(path);
        }
    }
}

#[tokio::test]
async fn every_file_of_a_test_project_is_what_its_project_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model");
    let mut found = Vec::new();
    projects(&root, &mut found);
    let (recogniser, mut wrong, mut files_all) = (recogniser(), Vec::new(), 0);
    for project in found {
        let directory = project.parent().expect("a directory");
        let expected = named(&project);
        let files = beginnings(directory, expected.keys()).await;
        for (file, verdict) in files.iter().zip(recogniser.recognise(&files)) {
            files_all += 1;
            let path =
                directory.strip_prefix(&root).expect("it is below").join(&file.path).display().to_string();
            let exception = EXCEPTIONS.iter().find(|(exception, ..)| *exception == path);
            let wanted = exception.map_or(expected[&file.path].as_str(), |(_, taken, _)| *taken);
            let told = told(&verdict);
            if told != wanted {
                wrong.push(format!("{path}: {told} for {wanted}"));
            }
        }
    }
    assert!(files_all > 400, "only {files_all} files");
    assert!(wrong.is_empty(), "{} of {files_all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_file_of_the_sample_is_what_its_project_says() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = crate::sample::SampleOptions {
        scale: "0.001".parse().expect("a number"),
        seed: 1,
        months: 2,
        format: crate::sample::SampleFormat::Csv,
        part: crate::sample::SamplePart::Exports,
        credits: crate::sample::CreditSign::Negative,
    };
    crate::sample::write(directory.path(), &options).expect("it is written");
    let exports = directory.path().join("exports");
    let expected = named(&exports.join("marginql.toml"));
    let recogniser = recogniser();
    let files = beginnings(&exports, expected.keys()).await;
    let told_as = |files: &[Beginning]| {
        let verdicts = recogniser.recognise(files);
        let pairs = files.iter().zip(&verdicts).map(|(file, verdict)| (file.path.clone(), told(verdict)));
        pairs.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(told_as(&files), expected);
    // Without directories, the names of the vendors are gone.
    let flat = |path: &String| path.replace('/', "-");
    let files: Vec<_> = files.into_iter().map(|file| Beginning { path: flat(&file.path), ..file }).collect();
    let mut expected: BTreeMap<_, _> =
        expected.into_iter().map(|(path, table)| (flat(&path), table)).collect();
    let mut told = told_as(&files);
    // Both vendors' lists of accounts are two columns, account and category; only the directory tells them apart.
    for map in [&mut expected, &mut told] {
        map.remove("syspro-accounts.csv");
    }
    assert_eq!(told, expected);
}

fn file(path: &str, columns: &[&str], rows: &[&[&str]]) -> Beginning {
    Beginning {
        path: path.to_owned(),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        rows: rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect(),
        ..Beginning::default()
    }
}

#[test]
fn headers_in_another_language_and_shape_are_the_same() {
    let files = [
        file("1.csv", &["ID de registro", "Nombre del ticket", "Fecha de creación", "Fecha de cierre"], &[]),
        file(
            "2.csv",
            &[
                "TRN YEAR",
                "trn_month",
                "Invoice",
                "Invoice Date",
                "customer",
                "Net Sales Value",
                "Document-Type",
            ],
            &[],
        ),
    ];
    let names: Vec<_> = recogniser().recognise(&files).iter().map(told).collect();
    assert_eq!(names, ["hubspot.tickets", "syspro.ar_trn_detail"]);
}

#[test]
fn what_could_be_two_tables_names_both() {
    let columns = ["customer_key", "posted_on", "category", "amount", "document"];
    let verdicts = recogniser().recognise(&[file("x.csv", &columns, &[])]);
    let [Verdict::Doubtful { best, other: Some(other), sure_pct }] = &verdicts[..] else {
        panic!("{verdicts:?}")
    };
    let mut both = [best.name(), other.name()];
    both.sort();
    assert_eq!(both, ["generic.costs", "generic.revenue"]);
    assert!(*sure_pct < 75, "{sure_pct}");
}

#[test]
fn values_that_a_column_cannot_hold_count_against_a_table() {
    let columns = ["id", "contactId", "status", "createdAt"];
    let score = |value: &str| {
        let file = file("x.csv", &columns, &[&["1", "2", "open", value]]);
        let candidates = recogniser().candidates(&file);
        let found = candidates.iter().find(|one| one.name() == "drift.conversations").map(|one| one.score);
        found.expect("a table")
    };
    assert!(score("1735747980000") > score("Prague"));
}

#[test]
fn other_headers_are_no_table() {
    let verdicts =
        recogniser().recognise(&[file("x.csv", &["Temperature", "Wind"], &[]), file("y.csv", &[], &[])]);
    assert_eq!(verdicts, [Verdict::Unknown(None), Verdict::Unknown(None)]);
}

#[test]
fn headers_that_many_tables_have_are_not_enough() {
    let people: [(&str, &[&str]); 6] = [
        ("role.csv", &["id", "name", "requires_billing_write", "_fivetran_deleted"]),
        ("team.csv", &["id", "name"]),
        ("deal_pipeline.csv", &["pipeline_id", "label", "active", "display_order"]),
        (
            "notes.csv",
            &["engagement_id", "property_hs_createdate", "property_hs_timestamp", "property_hs_body"],
        ),
        (
            "charges.csv",
            &["id", "created", "amount", "currency", "status", "customer_id", "failure_code", "captured"],
        ),
        ("x.csv", &["id", "name", "type"]),
    ];
    let files: Vec<_> = people.iter().map(|(path, columns)| file(path, columns, &[])).collect();
    for (file, verdict) in files.iter().zip(recogniser().recognise(&files)) {
        assert!(!matches!(verdict, Verdict::Known { .. }), "{}: {verdict:?}", file.path);
    }
    // Called as the vendor calls it, the same is known.
    let named = recogniser().recognise(&[file("companies.csv", &["id", "name"], &[])]);
    assert_eq!(told(&named[0]), "hubspot.companies");
}
