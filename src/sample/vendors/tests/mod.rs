//! What the exports promise: that their text, read without the generator, gives the truth and nothing else.

mod desk;
mod erp;
mod flaws;
mod flexi;

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::Path,
    sync::LazyLock,
};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rust_decimal::Decimal;

use crate::sample::{CreditSign, SampleOptions, SamplePart, write};

type Row = HashMap<String, String>;
type Files = BTreeMap<String, Vec<u8>>;

/// The files of a sample, by their path within it.
fn written(options: &SampleOptions) -> Files {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), options).unwrap();
    let mut files = Files::new();
    collect(directory.path(), directory.path(), &mut files);
    files
}

fn collect(root: &Path, directory: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let bytes = match path.extension().and_then(|extension| extension.to_str()) {
                Some("parquet") => text_of(&path),
                _ => std::fs::read(&path).unwrap(),
            };
            files.insert(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"), bytes);
        }
    }
}

/// A Parquet file as CSV, so that all files are read alike.
fn text_of(path: &Path) -> Vec<u8> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let mut writer = arrow::csv::WriterBuilder::new()
        .with_timestamp_format("%Y-%m-%d %H:%M:%S".to_owned())
        .build(Vec::new());
    for batch in reader.build().unwrap() {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.into_inner()
}

fn options(scale: &str, months: u32) -> SampleOptions {
    SampleOptions {
        scale: scale.parse().unwrap(),
        months,
        part: SamplePart::Exports,
        ..SampleOptions::default()
    }
}

/// A small company of a year.
static SAMPLE: LazyLock<Files> = LazyLock::new(|| written(&options("0.01", 12)));

/// The rows of a file, with keys and values as they stand.
fn rows_of(files: &Files, name: &str) -> Vec<Row> {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name} among {:?}", files.keys()));
    let delimiter = if name.ends_with("hubspot/companies.csv") { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
    reader.deserialize().map(Result::unwrap).collect()
}

fn rows(name: &str) -> Vec<Row> {
    rows_of(&SAMPLE, name)
}

/// The rows of a table of the truth that are one source's.
fn truth(table: &str, source: &str) -> Vec<Row> {
    rows(&format!("truth/{table}.parquet")).into_iter().filter(|row| row["source"] == source).collect()
}

/// A list of what does not count, of one table.
fn listed(list: &str, table: &str) -> Vec<Row> {
    rows(&format!("truth/{list}.csv")).into_iter().filter(|row| row["table"] == table).collect()
}

/// Text without the blanks and no-break spaces around it.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\u{a0}'])
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// The sum of what can be read of a column; nothing and what is unreadable count zero.
fn sum<'a>(rows: impl IntoIterator<Item = &'a Row>, column: &str) -> Decimal {
    rows.into_iter().map(|row| row[column].parse::<Decimal>().unwrap_or_default()).sum()
}

/// The rows without exact repetitions.
fn distinct(rows: Vec<Row>) -> Vec<Row> {
    let mut seen = std::collections::HashSet::new();
    rows.into_iter()
        .filter(|row| {
            let mut values: Vec<(&String, &String)> = row.iter().collect();
            values.sort();
            seen.insert(format!("{values:?}"))
        })
        .collect()
}

#[test]
fn the_same_options_give_the_same_exports_and_another_seed_does_not() {
    let options = options("0.002", 3);
    let first = written(&options);
    assert!(first == written(&options));
    let other = written(&SampleOptions { seed: 43, ..options });
    for name in ["exports/syspro/ArTrnDetail.csv", "exports/drift/messages.csv", "exports/marginql.toml"] {
        assert!(first[name] != other[name], "{name}");
    }
}

#[test]
fn the_tables_are_the_same_with_and_without_the_exports() {
    let whole = written(&SampleOptions { part: SamplePart::Everything, ..options("0.002", 3) });
    let mut parts = written(&SampleOptions { part: SamplePart::Tables, ..options("0.002", 3) });
    assert_eq!(parts.len(), 7);
    parts.extend(written(&options("0.002", 3)));
    assert!(whole == parts);
}

/// The truth is one, however the books store credit notes.
#[test]
fn positive_credit_notes_change_the_books_and_not_the_truth() {
    let negative = &*SAMPLE;
    let positive = written(&SampleOptions { credits: CreditSign::Positive, ..options("0.01", 12) });
    for (name, bytes) in negative {
        let holds_credits = [
            "ArTrnDetail.csv",
            "ArInvoice.csv",
            "faktura-vydana.csv",
            "faktura-vydana-polozka.csv",
            "marginql.toml",
        ];
        let differs = holds_credits.iter().any(|file| name.ends_with(&format!("/{file}")));
        assert_eq!(*bytes != positive[name], differs, "{name}");
    }
    let lines = rows_of(&positive, "exports/syspro/ArTrnDetail.csv");
    assert!(sum(lines.iter().filter(|line| line["DocumentType"] == "C"), "NetSalesValue") > Decimal::ZERO);
}

#[test]
fn control_totals_are_the_sums_of_the_truth() {
    let text = String::from_utf8(SAMPLE["exports/marginql.toml"].clone()).unwrap();
    let project: toml::Table = text.parse().unwrap();
    let controls = project["controls"].as_array().unwrap();
    assert!(controls.len() >= 12 * 5, "{}", controls.len());
    for control in controls {
        let field = |name: &str| control[name].as_str().unwrap();
        if control.get("month").is_none() {
            continue;
        }
        let rows = truth(field("what"), field("source"));
        let (day, amount) = match field("what") {
            "subscriptions" => ("started_on", "local_mrr"),
            _ => ("posted_on", "local_amount"),
        };
        let month = rows.iter().filter(|row| row[day].starts_with(field("month")));
        assert_eq!(sum(month, amount), decimal(field("amount")), "{control}");
    }
}

#[test]
fn totals_of_files_are_the_sums_of_all_their_rows() {
    let text = String::from_utf8(SAMPLE["exports/marginql.toml"].clone()).unwrap();
    let project: toml::Table = text.parse().unwrap();
    let controls = project["controls"].as_array().unwrap();
    let totals: Vec<_> = controls.iter().filter(|control| control.get("month").is_none()).collect();
    assert_eq!(totals.len(), 13);
    for (what, file, column) in [
        ("ar_trn_detail.net_sales_value", "exports/syspro/ArTrnDetail.csv", "NetSalesValue"),
        ("gen_journal_detail.entry_value", "exports/syspro/GenJournalDetail.csv", "EntryValue"),
        ("ucetni_denik.sum_tuz", "exports/flexi/ucetni-denik.csv", "sumTuz"),
        ("mzda.hruba_mzda", "exports/flexi/mzda.csv", "hrubaMzda"),
    ] {
        let control = totals.iter().find(|control| control["what"].as_str() == Some(what)).unwrap();
        let rows = rows_of(&SAMPLE, file);
        let amounts = rows.iter().filter_map(|row| row[column].trim().parse::<Decimal>().ok());
        assert_eq!(amounts.sum::<Decimal>(), decimal(control["amount"].as_str().unwrap()), "{what}");
    }
}

#[test]
fn every_path_of_the_project_file_is_a_file() {
    let text = String::from_utf8(SAMPLE["exports/marginql.toml"].clone()).unwrap();
    let project: toml::Table = text.parse().unwrap();
    let mut paths = 0;
    for (_, source) in project["sources"].as_table().unwrap() {
        for (key, value) in source.as_table().unwrap() {
            if let (false, Some(path)) = (key == "connector", value.as_str()) {
                assert!(SAMPLE.contains_key(&format!("exports/{path}")), "{path}");
                paths += 1;
            }
        }
    }
    assert_eq!(paths, 30);
}

#[test]
fn long_lists_of_lines_are_cut_into_files() {
    let directory = tempfile::tempdir().unwrap();
    let plan = crate::sample::plan::Plan::new(directory.path(), &options("2", 2)).unwrap();
    let paths = plan.paths();
    let parts = paths.iter().filter(|path| path.starts_with("exports/syspro/ArTrnDetail/part-"));
    assert_eq!(parts.count(), 4);
}

/// After a change of the generator: `marginql sample --only exports --seed 42 --scale 0.001 --months 12 sample_data`.
#[test]
fn the_committed_exports_are_what_the_generator_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let mut committed = Files::new();
    for part in ["exports", "truth"] {
        collect(&root, &root.join(part), &mut committed);
    }
    // The saved queries are written by hand.
    committed.retain(|name, _| !name.starts_with("exports/queries/"));
    let expected = written(&options("0.001", 12));
    assert_eq!(expected.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, bytes) in expected {
        assert!(bytes == committed[&name], "sample_data/{name} is not what the generator writes");
    }
}
