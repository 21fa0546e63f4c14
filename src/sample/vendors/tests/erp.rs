//! SYSPRO: lines against truth, headers and journal.

use std::collections::{BTreeMap, HashMap};

use super::*;

fn lines() -> Vec<Row> {
    rows("exports/syspro/ArTrnDetail.csv")
}

#[test]
fn sales_lines_are_the_truth_and_what_is_quarantined() {
    let (lines, truth, quarantined) =
        (lines(), truth("revenue", "erp"), listed("quarantine", "ar_trn_detail"));
    assert_eq!(lines.len(), truth.len() + quarantined.len());
    assert_eq!(sum(&lines, "NetSalesValue"), sum(&truth, "amount") + sum(&quarantined, "amount"));
    for (letters, name) in [("Ii", "invoice"), ("C", "credit_note"), ("D", "debit_note")] {
        let readable = distinct(lines.clone()).into_iter().filter(|line| {
            letters.contains(&line["DocumentType"])
                && line["NetSalesValue"].parse::<Decimal>().is_ok()
                && line["InvoiceDate"].starts_with("2025-")
                && line["InvoiceDate"] != "2025-02-30"
        });
        let readable: Vec<Row> = readable.collect();
        let expected: Vec<&Row> = truth.iter().filter(|row| row["document_type"] == name).collect();
        assert_eq!(readable.len(), expected.len(), "{name}");
        assert_eq!(sum(&readable, "NetSalesValue"), sum(expected, "amount"), "{name}");
    }
}

#[test]
fn sales_lines_name_the_customer_the_category_and_the_document_of_the_truth() {
    let customers: Vec<String> = rows("exports/syspro/ArCustomer.csv")
        .iter()
        .map(|row| trimmed(&row["Customer"]).to_owned())
        .collect();
    let categories: HashMap<String, String> = rows("exports/syspro/products.csv")
        .into_iter()
        .map(|row| (row["product_class"].clone(), row["category"].clone()))
        .collect();
    let junk: Vec<String> = listed("quarantine", "ar_trn_detail")
        .into_iter()
        .filter(|row| row["reason"] != "duplicate")
        .map(|row| row["key"].split('/').nth(2).unwrap().to_owned())
        .collect();
    let mut found: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    for line in distinct(lines()).iter().filter(|line| !junk.contains(&line["Register"])) {
        let code = trimmed(&line["Customer"]).to_owned();
        let customer = if customers.contains(&code) { code } else { "(unattributed)".to_owned() };
        let net = decimal(&line["NetSalesValue"]);
        let key = vec![
            customer,
            line["InvoiceDate"].clone(),
            categories[trimmed(&line["ProductClass"])].clone(),
            format!("{net:.4}"),
            line["StockCode"].clone(),
            line["Invoice"].clone(),
        ];
        *found.entry(key).or_default() += 1;
    }
    for row in truth("revenue", "erp") {
        let columns = ["customer_id", "posted_on", "category", "amount", "product", "document"];
        let key: Vec<String> = columns.iter().map(|column| row[*column].clone()).collect();
        *found.entry(key).or_default() -= 1;
    }
    found.retain(|_, count| *count != 0);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_lines_of_a_document_add_to_its_header() {
    let mut difference: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    let headers = rows("exports/syspro/ArInvoice.csv");
    for header in &headers {
        let key = (header["Invoice"].clone(), header["DocumentType"].clone());
        *difference.entry(key).or_default() +=
            decimal(&header["OrigTaxableAmt"]) - decimal(&header["TaxPortion"]);
    }
    for line in distinct(lines()) {
        let key = (line["Invoice"].clone(), line["DocumentType"].clone());
        // Documents that cannot be read have no header.
        if let Some(rest) = difference.get_mut(&key) {
            *rest -= decimal(&line["NetSalesValue"]);
        }
    }
    assert!(difference.values().all(Decimal::is_zero), "{difference:?}");
    let total = sum(&headers, "OrigTaxableAmt") - sum(&headers, "TaxPortion");
    assert_eq!(total, sum(&truth("revenue", "erp"), "amount"));
}

#[test]
fn a_header_names_who_is_billed() {
    let mut billed: BTreeMap<String, String> = BTreeMap::new();
    for header in rows("exports/syspro/ArInvoice.csv") {
        billed.insert(header["Invoice"].clone(), trimmed(&header["Customer"]).to_owned());
    }
    let mut elsewhere = 0;
    for row in truth("revenue", "erp") {
        if row["document"].starts_with('_') || row["billed_customer_id"] == "(unattributed)" {
            continue;
        }
        assert_eq!(billed[&row["document"]], row["billed_customer_id"], "{row:?}");
        elsewhere += usize::from(row["billed_customer_id"] != row["customer_id"]);
    }
    assert!(elsewhere > 0);
}

#[test]
fn the_journal_adds_to_zero_mirrors_the_sales_and_holds_the_costs() {
    let kinds: HashMap<String, String> = rows("exports/syspro/GenMaster.csv")
        .into_iter()
        .map(|row| (trimmed(&row["GlCode"]).to_owned(), row["AccountType"].clone()))
        .collect();
    let entries = rows("exports/syspro/GenJournalDetail.csv");
    let of_kind = |entries: &[Row], kind: &str| {
        let wanted: Vec<Row> =
            entries.iter().filter(|row| kinds[trimmed(&row["GlCode"])] == kind).cloned().collect();
        sum(&wanted, "EntryValue")
    };
    let quarantined = listed("quarantine", "gen_journal_detail");
    assert!(!quarantined.is_empty());
    let (of_lines, of_journal): (Vec<Row>, Vec<Row>) =
        truth("costs", "erp").into_iter().partition(|cost| cost["category"] == "cogs.product");
    assert_eq!(of_kind(&entries, "E"), sum(&of_journal, "amount") + sum(&quarantined, "amount"));
    let junk = |line: &Row| line["NetSalesValue"] == "12O.50" || !line["InvoiceDate"].starts_with("2025-");
    let sold =
        distinct(lines()).into_iter().filter(|line| !junk(line) && line["InvoiceDate"] != "2025-02-30");
    assert_eq!(sum(&sold.collect::<Vec<_>>(), "CostValue"), sum(&of_lines, "amount"));
    let once = distinct(entries.clone());
    assert_eq!(once.len() + quarantined.len(), entries.len());
    assert_eq!(of_kind(&once, "R"), -sum(&truth("revenue", "erp"), "amount"));
    let mut journals: BTreeMap<String, Decimal> = BTreeMap::new();
    for entry in &once {
        *journals.entry(entry["Journal"].clone()).or_default() += decimal(&entry["EntryValue"]);
    }
    assert!(journals.values().all(Decimal::is_zero));
}
