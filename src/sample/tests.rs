//! What a sample promises: the same bytes for the same options, money that ties, and what is planted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    path::Path,
    sync::LazyLock,
};

use arrow::csv::WriterBuilder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rust_decimal::{Decimal, RoundingStrategy};

use super::*;

type Row = HashMap<String, String>;

fn options(scale: &str, months: u32, format: SampleFormat) -> SampleOptions {
    SampleOptions {
        scale: scale.parse().unwrap(),
        months,
        format,
        part: SamplePart::Tables,
        ..SampleOptions::default()
    }
}

fn written(options: &SampleOptions) -> BTreeMap<String, Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), options).unwrap();
    contents(directory.path())
}

fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

/// The rows of the tables of one small sample, as text.
static SAMPLE: LazyLock<HashMap<String, Vec<Row>>> = LazyLock::new(|| {
    let files = written(&options("0.02", 24, SampleFormat::Csv));
    files
        .into_iter()
        .map(|(name, bytes)| {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            (name.trim_end_matches(".csv").to_owned(), reader.deserialize().map(Result::unwrap).collect())
        })
        .collect()
});

fn table(name: &str) -> &'static [Row] {
    &SAMPLE[name]
}

fn decimal(row: &Row, column: &str) -> Decimal {
    row[column].parse().unwrap()
}

fn ids(rows: &'static [Row]) -> HashSet<&'static str> {
    rows.iter().map(|row| row["customer_id"].as_str()).filter(|id| !id.is_empty()).collect()
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_does_not() {
    let options = options("0.002", 3, SampleFormat::Parquet);
    let first = written(&options);
    assert_eq!(first.len(), 7, "{:?}", first.keys());
    assert!(first == written(&options));
    let other = written(&SampleOptions { seed: 43, ..options });
    for (name, bytes) in &first {
        assert!(*bytes != other[name], "{name}");
    }
}

#[test]
fn parquet_and_csv_hold_the_same_rows() {
    let directory = tempfile::tempdir().unwrap();
    let summary = write(directory.path(), &options("0.002", 3, SampleFormat::Parquet)).unwrap();
    let csv = written(&options("0.002", 3, SampleFormat::Csv));
    for table in summary.tables {
        let mut writer =
            WriterBuilder::new().with_timestamp_format("%Y-%m-%dT%H:%M:%S".to_owned()).build(Vec::new());
        let mut rows = 0;
        for batch in parquet(&table.path).build().unwrap() {
            let batch = batch.unwrap();
            rows += batch.num_rows() as u64;
            writer.write(&batch).unwrap();
        }
        assert_eq!(rows, table.rows, "{}", table.name);
        assert!(writer.into_inner() == csv[&format!("{}.csv", table.name)], "{}", table.name);
    }
}

#[test]
fn the_columns_have_the_canonical_types() {
    let directory = tempfile::tempdir().unwrap();
    let summary = write(directory.path(), &options("0.001", 1, SampleFormat::Parquet)).unwrap();
    let columns = summary.tables.iter().map(|table| {
        let schema = parquet(&table.path).schema().clone();
        let fields = schema.fields().iter();
        let fields: Vec<String> =
            fields.map(|field| format!("{} {}", field.name(), field.data_type())).collect();
        format!("{}: {}", table.name, fields.join(", "))
    });
    insta::assert_snapshot!(columns.collect::<Vec<_>>().join("\n"), @r"
    customers: customer_id Utf8, name Utf8, parent_id Utf8, segment Utf8, industry Utf8, region Utf8, country Utf8, plan Utf8, owner Utf8, acquisition_channel Utf8, acquired_on Date32, churned_on Date32, source Utf8
    revenue: customer_id Utf8, posted_on Date32, category Utf8, amount Decimal128(18, 4), product Utf8, document Utf8, document_type Utf8, original_amount Decimal128(18, 4), original_currency Utf8, fx_rate Decimal128(18, 8), service_from Date32, service_to Date32, source Utf8, source_file Utf8
    costs: customer_id Utf8, posted_on Date32, category Utf8, amount Decimal128(18, 4), account Utf8, department Utf8, document Utf8, source Utf8, source_file Utf8
    interactions: interaction_id Utf8, customer_id Utf8, share Decimal128(9, 6), channel Utf8, opened_at Timestamp(µs), first_response_at Timestamp(µs), closed_at Timestamp(µs), handle_minutes Decimal128(18, 4), handle_method Utf8, category Utf8, priority Utf8, agent Utf8, status Utf8, source Utf8
    surveys: customer_id Utf8, respondent Utf8, answered_at Timestamp(µs), kind Utf8, score Int64, scale_max Int64, source Utf8
    usage: customer_id Utf8, user_id Utf8, used_on Date32, feature Utf8, events Int64, source Utf8
    subscriptions: subscription_id Utf8, customer_id Utf8, plan Utf8, started_on Date32, ended_on Date32, mrr Decimal128(18, 4), source Utf8
    ");
}

fn parquet(path: &Path) -> ParquetRecordBatchReaderBuilder<File> {
    ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap()
}

#[test]
fn revenue_has_exactly_as_many_rows_as_the_scale_says() {
    assert_eq!(table("revenue").len(), 20_000);
    assert_eq!(table("customers").len(), 400);
    assert_eq!(table("usage").len(), 30_000);
    assert_eq!(table("interactions").len(), 12_000);
}

#[test]
fn every_amount_is_the_original_times_the_rate() {
    for row in table("revenue") {
        let expected = (decimal(row, "original_amount") * decimal(row, "fx_rate"))
            .round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
        assert_eq!(decimal(row, "amount"), expected, "{row:?}");
    }
}

/// Contracts are written twice, as subscriptions and as invoices; in dollars both must say the same.
#[test]
fn invoiced_subscriptions_tie_to_the_contracts() {
    let mut tied = 0;
    for line in table("revenue") {
        if line["service_from"].is_empty()
            || line["original_currency"] != "USD"
            || line["category"] != "subscription"
        {
            continue;
        }
        let (from, to) = (&line["service_from"], &line["service_to"]);
        let contract = table("subscriptions").iter().find(|item| {
            item["customer_id"] == line["customer_id"]
                && item["plan"] != "Analytics module"
                && item["started_on"] <= *from
                && (item["ended_on"].is_empty() || item["ended_on"] >= *to)
        });
        let contract = contract.unwrap_or_else(|| panic!("no contract covers {line:?}"));
        let months: Decimal = match decimal(line, "amount") / decimal(contract, "mrr") {
            months if [1, 3, 12].contains(&u32::try_from(months).unwrap_or(0)) => months,
            other => panic!("{other} months in {line:?}"),
        };
        let days = day(to) - day(from) + 1;
        assert!((Decimal::from(days) / months - Decimal::from(30)).abs() <= Decimal::TWO, "{line:?}");
        tied += 1;
    }
    assert!(tied > 500, "{tied}");
}

/// Invoices of a customer cover its contract from the first one on without a gap, to its end or the period's.
#[test]
fn service_periods_follow_each_other() {
    let mut periods: BTreeMap<&str, Vec<(i32, i32)>> = BTreeMap::new();
    for line in table("revenue").iter().filter(|line| line["category"] == "subscription") {
        if !line["service_from"].is_empty() {
            let period = (day(&line["service_from"]), day(&line["service_to"]));
            periods.entry(&line["customer_id"]).or_default().push(period);
        }
    }
    let churned: HashMap<&str, &str> = table("customers")
        .iter()
        .map(|row| (row["customer_id"].as_str(), row["churned_on"].as_str()))
        .collect();
    let period_end = calendar::Period::new(24).end;
    for (customer, mut periods) in periods {
        periods.sort_unstable();
        for pair in periods.windows(2) {
            assert_eq!(pair[0].1 + 1, pair[1].0, "{customer}");
        }
        let last = periods.last().unwrap().1;
        match churned[customer] {
            "" => assert!(last >= period_end - 3, "{customer} is billed to the end"),
            churned => assert_eq!(last + 1, day(churned), "{customer} is billed until it leaves"),
        }
    }
}

#[test]
fn credits_are_negative_and_marked() {
    let (credits, invoices): (Vec<&Row>, Vec<&Row>) =
        table("revenue").iter().partition(|row| row["document_type"] == "credit_note");
    assert!(credits.len() > 200, "{}", credits.len());
    assert!(
        credits
            .iter()
            .all(|row| decimal(row, "amount") < Decimal::ZERO && row["document"].starts_with("CRN-"))
    );
    assert!(invoices.iter().all(|row| decimal(row, "amount") > Decimal::ZERO));
}

#[test]
fn some_money_has_no_customer_and_some_amounts_need_four_decimals() {
    let without = |name| table(name).iter().filter(|row| row["customer_id"].is_empty()).count();
    assert!(without("revenue") > 10);
    assert!(without("interactions") > 50);
    let shared: HashSet<&str> = table("costs")
        .iter()
        .filter(|row| row["customer_id"].is_empty())
        .map(|row| row["category"].as_str())
        .collect();
    assert_eq!(shared.len(), 14, "{shared:?}");
    let cent = Decimal::new(1, 2);
    assert!(table("revenue").iter().any(|row| !(decimal(row, "amount") % cent).is_zero()));
}

#[test]
fn every_shared_cost_is_posted_in_every_month() {
    let mut posted: HashSet<(&str, &str)> = HashSet::new();
    for row in table("costs").iter().filter(|row| row["customer_id"].is_empty()) {
        posted.insert((&row["category"], &row["posted_on"][..7]));
    }
    assert_eq!(posted.len(), 14 * 24);
}

#[test]
fn customers_are_skewed_and_some_cost_more_than_they_bring() {
    let mut result: HashMap<&str, (Decimal, Decimal)> = HashMap::new();
    for row in table("revenue") {
        result.entry(&row["customer_id"]).or_default().0 += decimal(row, "amount");
    }
    for row in table("costs").iter().filter(|row| !row["customer_id"].is_empty()) {
        result.entry(&row["customer_id"]).or_default().1 += decimal(row, "amount");
    }
    let mut revenue: Vec<Decimal> = result.values().map(|(revenue, _)| *revenue).collect();
    revenue.sort_unstable_by(|left, right| right.cmp(left));
    let top: Decimal = revenue[..40].iter().sum();
    assert!(top > revenue.iter().sum::<Decimal>() / Decimal::TWO, "a tenth brings more than half");
    let losers = result.values().filter(|(revenue, cost)| cost > revenue).count();
    assert!((20..150).contains(&losers), "{losers}");
}

#[test]
fn some_customers_ask_for_help_but_buy_nothing() {
    let buyers = ids(table("revenue"));
    let callers = ids(table("interactions"));
    assert!(callers.difference(&buyers).count() >= 5);
    let known = ids(table("customers"));
    for name in ["revenue", "costs", "interactions", "surveys", "usage", "subscriptions"] {
        assert!(ids(table(name)).is_subset(&known), "{name}");
    }
}

#[test]
fn the_shares_of_an_interaction_add_to_one() {
    let mut shares: HashMap<&str, Vec<Decimal>> = HashMap::new();
    for row in table("interactions") {
        shares.entry(&row["interaction_id"]).or_default().push(decimal(row, "share"));
    }
    assert!(shares.values().all(|shares| shares.iter().sum::<Decimal>() == Decimal::ONE));
    assert!(shares.values().any(|shares| shares.len() == 2));
    assert!(shares.values().any(|shares| shares.len() == 3));
}

#[test]
fn usage_has_one_row_per_user_day_and_feature() {
    let mut seen = HashSet::new();
    for row in table("usage") {
        assert!(seen.insert((&row["user_id"], &row["used_on"], &row["feature"])), "{row:?}");
    }
}

#[test]
fn some_customers_churn_and_some_names_need_care() {
    let customers = table("customers");
    assert!(customers.iter().filter(|row| !row["churned_on"].is_empty()).count() > 40);
    assert!(customers.iter().filter(|row| !row["parent_id"].is_empty()).count() > 4);
    assert!(customers.iter().any(|row| !row["name"].is_ascii()));
    assert!(customers.iter().any(|row| row["name"].contains(',') || row["name"].contains('"')));
    let segments: HashSet<&str> = customers.iter().map(|row| row["segment"].as_str()).collect();
    assert_eq!(segments.len(), 5);
}

#[test]
fn the_smallest_sample_is_whole_too() {
    let files = written(&options("0.001", 36, SampleFormat::Csv));
    for (name, bytes) in files {
        let rows = csv::Reader::from_reader(bytes.as_slice()).records().map(Result::unwrap).count();
        assert!(rows > 0, "{name}");
    }
}

#[test]
fn large_tables_are_cut_into_files_of_alike_size() {
    let directory = tempfile::tempdir().unwrap();
    let paths = plan::Plan::new(directory.path(), &options("2", 2, SampleFormat::Parquet)).unwrap().paths();
    let count = |start: &str| paths.iter().filter(|path| path.starts_with(start)).count();
    assert_eq!((count("revenue/part-"), count("usage/part-"), count("interactions/part-")), (4, 6, 3));
    assert!(paths.contains(&"customers.parquet".to_owned()));
    assert!(paths.contains(&"revenue/part-000.parquet".to_owned()));
}

#[test]
fn an_earlier_sample_is_replaced_but_never_mixed_with() {
    let directory = tempfile::tempdir().unwrap();
    let options = options("0.001", 1, SampleFormat::Csv);
    write(directory.path(), &options).unwrap();
    let before = contents(directory.path());
    write(directory.path(), &options).unwrap();
    assert!(before == contents(directory.path()), "nothing new, and no temporary file");

    std::fs::create_dir(directory.path().join("revenue")).unwrap();
    let leftover = directory.path().join("revenue").join("part-003.csv");
    std::fs::write(&leftover, "amount\n1\n").unwrap();
    let error = write(directory.path(), &options).unwrap_err();
    assert!(error.message().contains("part-003.csv` is not part of the sample"), "{error}");
    assert_eq!(error.hints().len(), 1);
}

#[test]
fn impossible_options_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |scale: &str, months| {
        let error = write(directory.path(), &options(scale, months, SampleFormat::Csv)).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2);
        format!("{error}; {}", error.hints().join("; "))
    };
    let messages = [
        refused("0", 12),
        refused("-1", 12),
        refused("1001", 12),
        refused("79228162514264337593543950335", 12),
        refused("1", 0),
        refused("1", 37),
        "xlsx".parse::<SampleFormat>().unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r"
    a sample of scale `0` is not possible; choose a scale from 0.001 to 1000; scale 1 is a million rows of revenue
    a sample of scale `-1` is not possible; choose a scale from 0.001 to 1000; scale 1 is a million rows of revenue
    a sample of scale `1001` is not possible; choose a scale from 0.001 to 1000; scale 1 is a million rows of revenue
    a sample of scale `79228162514264337593543950335` is not possible; choose a scale from 0.001 to 1000; scale 1 is a million rows of revenue
    a sample of 0 months is not possible; choose 1 to 36 months
    a sample of 37 months is not possible; choose 1 to 36 months
    a sample cannot be written as `xlsx`
    ");
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let error = write(&file.join("sample"), &options("0.001", 1, SampleFormat::Csv)).unwrap_err();
    assert!(error.message().contains("taken/sample"), "{error}");
}

/// The files in the repository are what everybody gets who makes them anew, on any machine.
///
/// After a change of the generator: `marginql sample --only tables --seed 42 --scale 0.004 --months 12 sample_data/parquet`,
/// and the same with `--format csv` for `sample_data/csv`;
/// `marginql sample --only exports --seed 42 --scale 0.001 --months 12 sample_data` for the exports.
#[test]
fn the_committed_sample_is_what_the_generator_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    for (directory, format) in [("parquet", SampleFormat::Parquet), ("csv", SampleFormat::Csv)] {
        let expected = written(&options("0.004", 12, format));
        let committed = contents(&root.join(directory));
        assert_eq!(expected.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
        for (name, bytes) in expected {
            assert!(
                bytes == committed[&name],
                "sample_data/{directory}/{name} is not what the generator writes"
            );
        }
    }
}

fn day(text: &str) -> i32 {
    let parts: Vec<i32> = text.split('-').map(|part| part.parse().unwrap()).collect();
    calendar::day_of(parts[0], parts[1], parts[2])
}
