//! No money row can be lost, doubled or changed unnoticed: the reconciliation says by how much, and where.
//!
//! One row of each file with money is taken, always the same; all files are changed at once, each in another document
//! or account, so that every finding has one cause.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::company::Company;

type Row = BTreeMap<String, String>;

/// A file with money, and where a change of one of its rows is found.
struct File {
    path: &'static str,
    /// The column with the money.
    column: &'static str,
    /// Which of its rows may be taken: money that counts, in a document that no other file's row has.
    fits: fn(&Row) -> bool,
    find: fn(&Row) -> Place,
    /// The table in which a second row of the same key is quarantined; without it, the row counts twice.
    keyed: Option<(&'static str, &'static str)>,
}

/// A row of the reconciliation, and what becomes of its difference.
struct Place {
    source: &'static str,
    month: String,
    what: &'static str,
    document: String,
    if_deleted: Decimal,
    if_raised_by_one: Decimal,
}

fn decimal(row: &Row, column: &str) -> Decimal {
    row[column].parse().unwrap_or_else(|error| panic!("`{}`: {error}", row[column]))
}

fn month(date: &str) -> String {
    format!("{}-01", &date[..7])
}

fn is_even(text: &str) -> bool {
    text.bytes().last().is_some_and(|byte| byte % 2 == 0)
}

fn is_invoice(row: &Row) -> bool {
    row["DocumentType"] == "I"
        && row["InvoiceDate"].starts_with("2025-0")
        && row["InvoiceDate"] != "2025-02-30"
}

const NOTHING: &str = "NULL";

const FILES: [File; 10] = [
    File {
        path: "syspro/ArTrnDetail.csv",
        column: "NetSalesValue",
        fits: |row| {
            is_invoice(row)
                && row["CostValue"] == "0.00"
                && row["TransactionGlCode"] == "4100"
                && is_even(&row["Invoice"])
        },
        find: |row| Place {
            source: "erp",
            month: month(&row["InvoiceDate"]),
            what: "control: revenue",
            document: NOTHING.to_owned(),
            if_deleted: -decimal(row, "NetSalesValue"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("erp", "ar_trn_detail")),
    },
    File {
        path: "syspro/ArInvoice.csv",
        column: "OrigTaxableAmt",
        fits: |row| is_invoice(row) && !is_even(&row["Invoice"]),
        find: |row| Place {
            source: "erp",
            month: month(&row["InvoiceDate"]),
            what: "invoice lines with tax = invoices",
            document: row["Invoice"].clone(),
            if_deleted: decimal(row, "OrigTaxableAmt"),
            if_raised_by_one: -Decimal::ONE,
        },
        keyed: None,
    },
    File {
        path: "syspro/GenJournalDetail.csv",
        column: "EntryValue",
        fits: |row| row["GlCode"].starts_with("6800"),
        find: |row| Place {
            source: "erp",
            month: month(&row["EntryDate"]),
            what: "control: costs",
            document: NOTHING.to_owned(),
            if_deleted: -decimal(row, "EntryValue"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("erp", "gen_journal_detail")),
    },
    File {
        path: "syspro/GenJournalDetail.csv",
        column: "EntryValue",
        fits: |row| row["GlCode"].starts_with("4200"),
        // Revenue is a credit, which is negative in the journal.
        find: |row| Place {
            source: "erp",
            month: month(&row["EntryDate"]),
            what: "sub-ledger = general ledger",
            document: "4200".to_owned(),
            if_deleted: -decimal(row, "EntryValue"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("erp", "gen_journal_detail")),
    },
    File {
        path: "flexi/faktura-vydana.csv",
        column: "sumZklCelkem",
        fits: |row| {
            row["typDokl"] == "code:FAKTURA"
                && row["kod"].starts_with("VF2025010")
                && row["bezPolozek"] == "false"
                && row["storno"] == "false"
        },
        find: |row| Place {
            source: "flexi",
            month: month(&row["datVyst"]),
            what: "control: revenue",
            document: NOTHING.to_owned(),
            if_deleted: -decimal(row, "sumZklCelkem"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("flexi", "faktura_vydana")),
    },
    File {
        path: "flexi/faktura-vydana-polozka.csv",
        column: "sumZkl",
        fits: |row| {
            row["typPolozkyK"] == "typPolozky.katalog"
                && row["doklFak"].starts_with("34000")
                && row["doklFak"].len() == 8
        },
        find: |row| Place {
            source: "flexi",
            month: day_of(&row["doklFak"]).0,
            what: "invoice lines = invoice headers",
            document: day_of(&row["doklFak"]).1,
            if_deleted: -decimal(row, "sumZkl"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("flexi", "faktura_vydana_polozka")),
    },
    File {
        path: "flexi/ucetni-denik.csv",
        column: "sumTuz",
        fits: |row| row["mdUcet"] == "code:518900" && row["vatItem"] == "false",
        find: |row| Place {
            source: "flexi",
            month: month(&row["datUcto"]),
            what: "control: costs",
            document: NOTHING.to_owned(),
            if_deleted: -decimal(row, "sumTuz"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("flexi", "ucetni_denik")),
    },
    File {
        path: "flexi/ucetni-denik.csv",
        column: "sumTuz",
        fits: |row| row["dalUcet"].starts_with("code:602") && row["doklad"].starts_with("VF2025012"),
        find: |row| Place {
            source: "flexi",
            month: month(&row["datUcto"]),
            what: "invoices = revenue accounts of the journal",
            document: row["doklad"].clone(),
            if_deleted: decimal(row, "sumTuz"),
            if_raised_by_one: -Decimal::ONE,
        },
        keyed: Some(("flexi", "ucetni_denik")),
    },
    File {
        path: "flexi/mzda.csv",
        column: "hrubaMzda",
        fits: |_| true,
        find: |row| Place {
            source: "flexi",
            month: format!("{}-{:0>2}-01", row["rok"], row["mesic"]),
            what: "payroll = payroll accounts of the journal",
            document: NOTHING.to_owned(),
            if_deleted: -(decimal(row, "hrubaMzda")
                + decimal(row, "socPojFirma")
                + decimal(row, "zdravPojFirma")),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: None,
    },
    File {
        path: "flexi/smlouva-polozka.csv",
        column: "cenaCelkem",
        fits: |row| row["frekFakt"] == "1",
        find: |row| Place {
            source: "flexi",
            month: month(&row["platiOdData"]),
            what: "control: subscriptions",
            document: NOTHING.to_owned(),
            if_deleted: -decimal(row, "cenaCelkem"),
            if_raised_by_one: Decimal::ONE,
        },
        keyed: Some(("flexi", "smlouva_polozka")),
    },
];

/// The month and the number of a Flexi document in February, of its id: the day since the sample began, and a counter.
fn day_of(id: &str) -> (String, String) {
    let (day, number) = (&id[..2], &id[2..]);
    let day: u32 = day.parse().expect("an id begins with its day");
    ("2025-02-01".to_owned(), format!("VF202502{:02}-{number}", day - 31))
}

#[derive(Clone, Copy, PartialEq)]
enum Change {
    Delete,
    Duplicate,
    Raise,
}

/// A file with its rows, to be changed and written again.
struct Rows {
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
}

impl Rows {
    fn read(path: &std::path::Path) -> Self {
        let mut reader = csv::Reader::from_path(path).expect("the file is there");
        let header = reader.headers().expect("the file has a header").clone();
        let records = reader.records().map(|record| record.expect("the file is CSV")).collect();
        Self { header, records }
    }

    fn row(&self, position: usize) -> Row {
        let cells = self.header.iter().zip(&self.records[position]);
        cells.map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    }

    /// A row that fits and stands once; always the same one.
    fn position(&self, file: &File) -> usize {
        let fitting: Vec<usize> = (0..self.records.len())
            .filter(|position| (file.fits)(&self.row(*position)))
            .filter(|position| {
                self.records.iter().filter(|row| **row == self.records[*position]).count() == 1
            })
            .collect();
        assert!(!fitting.is_empty(), "{} has no row to change", file.path);
        // Some row in the middle, which is neither the first nor the last of anything.
        fitting[fitting.len() * 7 / 13]
    }

    /// Makes the change; the line that a doubled row got.
    fn change(&mut self, position: usize, column: &str, change: Change) -> usize {
        match change {
            Change::Delete => {
                self.records.remove(position);
            }
            Change::Duplicate => self.records.push(self.records[position].clone()),
            Change::Raise => {
                let place = self.header.iter().position(|name| name == column).expect("the column is there");
                let raised = decimal(&self.row(position), column) + Decimal::ONE;
                let cells = self.records[position].iter().enumerate();
                let raised = raised.to_string();
                self.records[position] =
                    cells.map(|(index, cell)| if index == place { raised.as_str() } else { cell }).collect();
            }
        }
        self.records.len() + 1
    }

    fn write(&self, path: &std::path::Path) {
        let mut writer = csv::Writer::from_path(path).expect("the file can be written");
        writer.write_record(&self.header).expect("the file can be written");
        for record in &self.records {
            writer.write_record(record).expect("the file can be written");
        }
        writer.flush().expect("the file can be written");
    }
}

fn differences(view: &str) -> String {
    format!(
        "SELECT source, month, what, document, CAST(found - expected AS DECIMAL(18,4)) FROM {view} WHERE found <> expected"
    )
}

/// Changes a row of every file, and looks for what must be found.
fn changed(change: Change) {
    let company = Company::new();
    let mut expected = Vec::new();
    for file in &FILES {
        let path = company.path("exports").join(file.path);
        let mut rows = Rows::read(&path);
        let position = rows.position(file);
        let row = rows.row(position);
        let line = rows.change(position, file.column, change);
        rows.write(&path);
        expected.push((file, row, line));
    }
    let answers = company.ask(&[
        // The two parts of `reconciliation` that look at the exports; to plan the third one, the ledger, takes long.
        differences("reconciliation_documents"),
        differences("reconciliation_controls"),
        "SELECT source, table_name, line, reason, amount FROM quarantine".to_owned(),
    ]);
    let told = [&answers[0][..], &answers[1][..]].concat();
    for (file, row, line) in expected {
        let place = (file.find)(&row);
        let difference = match change {
            Change::Delete => place.if_deleted,
            Change::Duplicate => -place.if_deleted,
            Change::Raise => place.if_raised_by_one,
        };
        let (found, wanted) = match (change, file.keyed) {
            (Change::Duplicate, Some((source, table))) => {
                let amount = format!("{:.4}", decimal(&row, file.column));
                (
                    &answers[2],
                    vec![
                        source.to_owned(),
                        table.to_owned(),
                        line.to_string(),
                        "repeated natural key".to_owned(),
                        amount,
                    ],
                )
            }
            _ => {
                let difference = format!("{difference:.4}");
                let what = place.what.to_owned();
                (&told, vec![place.source.to_owned(), place.month, what, place.document, difference])
            }
        };
        assert!(found.contains(&wanted), "{}: {row:?}\nis not told as {wanted:?}\nbut {found:#?}", file.path);
    }
}

#[test]
fn a_row_that_is_missing_is_missed() {
    changed(Change::Delete);
}

#[test]
fn a_row_that_stands_twice_is_told() {
    changed(Change::Duplicate);
}

#[test]
fn an_amount_that_was_changed_is_told() {
    changed(Change::Raise);
}

/// A file, its column with the money, the total that the project has of it, and which rows count nowhere.
type Uncounted = (&'static str, &'static str, [&'static str; 2], fn(&Row) -> bool);

const UNCOUNTED: [Uncounted; 4] = [
    ("syspro/ArTrnDetail.csv", "NetSalesValue", ["erp", "control: ar_trn_detail.net_sales_value"], |row| {
        row["InvoiceDate"].starts_with("2080")
    }),
    (
        "flexi/faktura-vydana.csv",
        "sumZklCelkem",
        ["flexi", "control: faktura_vydana.sum_zkl_celkem"],
        |row| row["storno"] == "true",
    ),
    ("flexi/ucetni-denik.csv", "sumTuz", ["flexi", "control: ucetni_denik.sum_tuz"], |row| {
        row["vatItem"] == "true"
    }),
    ("flexi/mzda.csv", "socPojFirma", ["flexi", "control: mzda.soc_poj_firma"], |_| true),
];

#[test]
fn rows_that_never_count_are_missed_too() {
    for change in [Change::Delete, Change::Duplicate, Change::Raise] {
        let company = Company::new();
        let mut expected = Vec::new();
        for (path, column, [source, what], fits) in UNCOUNTED {
            let path = company.path("exports").join(path);
            let mut rows = Rows::read(&path);
            let position = (0..rows.records.len()).find(|position| fits(&rows.row(*position)));
            let position = position.expect("the file has a row that does not count");
            let amount = decimal(&rows.row(position), column);
            rows.change(position, column, change);
            rows.write(&path);
            let difference = match change {
                Change::Delete => -amount,
                Change::Duplicate => amount,
                Change::Raise => Decimal::ONE,
            };
            expected.push(
                [source, NOTHING, what, NOTHING, &format!("{difference:.4}")].map(str::to_owned).to_vec(),
            );
        }
        let answers = company.ask(&[differences("reconciliation_controls")]);
        for wanted in expected {
            assert!(answers[0].contains(&wanted), "{wanted:?} is not in {:#?}", answers[0]);
        }
    }
}
