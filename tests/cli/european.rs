//! The exports of a company whose systems write as Central Europe does: semicolons, decimal commas, the day first, and
//! Windows-1250. `init` must make the same ledger of them as of the plain ones, with nothing said by hand.

use std::{fs, path::Path};

use encoding_rs::WINDOWS_1250;
use marginql::sample::{SampleOptions, SamplePart, write};

use crate::env::Environment;

/// `-12.50` as `-12,50`, `2025-04-01 09:30:00` as `01.04.2025 09:30:00`; instants with an offset and all else as it is.
fn european(value: &str) -> String {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, decimals)) = value.split_once('.')
        && digits(whole.trim_start_matches('-'))
        && digits(decimals)
    {
        return format!("{whole},{decimals}");
    }
    let (date, time) = value.split_once(' ').unwrap_or((value, ""));
    match date.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 && [year, month, day].into_iter().all(digits) => {
            format!("{day}.{month}.{year} {time}").trim_end().to_owned()
        }
        _ => value.to_owned(),
    }
}

/// A file of the sample, rewritten.
fn rewrite(path: &Path) {
    let text = fs::read(path).expect("the file can be read");
    let is_semicolons = text.iter().take_while(|byte| **byte != b'\n').any(|byte| *byte == b';');
    let delimiter = if is_semicolons { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(&text[..]);
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(Vec::new());
    for (place, record) in reader.records().enumerate() {
        let record = record.expect("the sample is well formed");
        let values = record.iter().map(|value| if place == 0 { value.to_owned() } else { european(value) });
        writer.write_record(values).expect("memory can be written");
    }
    let text = String::from_utf8(writer.into_inner().expect("memory can be written")).expect("it is text");
    // A letter that the encoding does not have is a question mark, as such programs write it.
    let known = |letter: char| !WINDOWS_1250.encode(letter.encode_utf8(&mut [0; 4])).2;
    let text: String = text.chars().map(|letter| if known(letter) { letter } else { '?' }).collect();
    let (bytes, ..) = WINDOWS_1250.encode(&text);
    fs::write(path, bytes).expect("the file can be written");
}

fn each_csv(directory: &Path, change: &impl Fn(&Path)) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            each_csv(&path, change);
        } else if path.extension().is_some_and(|extension| extension == "csv") {
            change(&path);
        }
    }
}

/// What `init` makes of the exports: the ledger, the first sentence of `check`, and the project file.
fn company(change: impl Fn(&Path)) -> [String; 3] {
    let environment = Environment::new();
    let options = SampleOptions {
        scale: "0.001".parse().expect("a constant number"),
        months: 2,
        part: SamplePart::Exports,
        ..SampleOptions::default()
    };
    write(&environment.work(), &options).expect("a sample can be written");
    let exports = environment.work().join("exports");
    for own in ["marginql.toml", "crosswalk.csv"] {
        fs::remove_file(exports.join(own)).expect("the sample has it");
    }
    each_csv(&exports, &change);
    let run = |arguments: &[&str]| {
        let output = environment.command().current_dir(&exports).args(arguments).output().expect("it runs");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    run(&["init"]);
    let ledger = run(&[
        "query",
        "--format",
        "csv",
        "SELECT source, month, category, count(*) AS entries, sum(revenue) AS revenue, sum(service_cost) AS service, \
         sum(acquisition_cost + cogs + overhead) AS other FROM ledger GROUP BY source, month, category ORDER BY source, month, category",
    ]);
    let check = run(&["check"]);
    let ties = check.lines().find(|line| line.contains("ties")).unwrap_or(&check).to_owned();
    [ledger, ties, fs::read_to_string(exports.join("marginql.toml")).expect("init wrote it")]
}

#[test]
fn european_exports_of_every_connector_become_the_same_ledger() {
    let plain = company(|_| {});
    let european = company(rewrite);
    assert!(plain[0].lines().count() > 20, "{}", plain[0]);
    assert_eq!(european[0], plain[0]);
    assert_eq!(european[1], "The money ties: what is compared agrees.");
    assert_eq!(european[1], plain[1]);
    // The books, the billing and the rates.
    assert_eq!(european[2].matches("decimal_comma = true").count(), 3, "{}", european[2]);
    assert!(!plain[2].contains("decimal_comma"), "{}", plain[2]);
}
