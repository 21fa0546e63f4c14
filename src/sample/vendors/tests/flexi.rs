//! Flexi: documents, journal, payroll and contracts against the truth.

use std::collections::{BTreeMap, HashMap};

use super::*;

fn headers() -> Vec<Row> {
    rows("exports/flexi/faktura-vydana.csv")
}

fn lines() -> Vec<Row> {
    rows("exports/flexi/faktura-vydana-polozka.csv")
}

fn without_lines(header: &&Row) -> bool {
    header["bezPolozek"] == "true"
}

#[test]
fn documents_are_the_truth_and_what_is_excluded_or_quarantined() {
    let (headers, lines) = (headers(), lines());
    let truth = truth("revenue", "flexi");
    let of_lines = sum(&lines, "sumZkl");
    let of_headers = sum(headers.iter().filter(without_lines), "sumZklCelkem");
    let tables = ["faktura_vydana", "faktura_vydana_polozka"];
    let elsewhere: Decimal = tables
        .iter()
        .map(|table| sum(&listed("excluded", table), "amount") + sum(&listed("quarantine", table), "amount"))
        .sum();
    assert_eq!(of_lines + of_headers, sum(&truth, "local_amount") + elsewhere);
    assert!(!truth.is_empty() && elsewhere > Decimal::ZERO);
}

#[test]
fn the_lines_of_a_document_add_to_its_header() {
    let mut rest: HashMap<String, Decimal> = HashMap::new();
    for header in headers().iter().filter(|header| !without_lines(header)) {
        let net = decimal(&header["sumZklCelkem"]);
        assert_eq!(net + decimal(&header["sumDphCelkem"]), decimal(&header["sumCelkem"]));
        rest.insert(header["id"].clone(), net);
    }
    for line in distinct(lines()) {
        *rest.get_mut(&line["doklFak"]).unwrap() -= decimal(&line["sumZkl"]);
    }
    assert!(rest.values().all(Decimal::is_zero));
}

/// The rule of the documentation, applied to the text.
#[test]
fn invoices_and_credit_notes_without_deductions_are_the_revenue() {
    let types: HashMap<String, String> = rows("exports/flexi/typ-faktury-vydane.csv")
        .into_iter()
        .map(|row| (format!("code:{}", row["kod"]), row["typDoklK"].clone()))
        .collect();
    let rates = rates();
    let unreadable = ["2025-02-30", "2080-06-15"];
    let mut by_document: HashMap<String, Decimal> = HashMap::new();
    for line in distinct(lines()).iter().filter(|line| line["typPolozkyK"] != "typPolozky.odpocetZalohy") {
        *by_document.entry(line["doklFak"].clone()).or_default() += decimal(&line["sumZkl"]);
    }
    let mut crowns = Decimal::ZERO;
    for header in headers() {
        let counts =
            ["typDokladu.faktura", "typDokladu.dobropis"].contains(&types[&header["typDokl"]].as_str());
        if !counts || header["storno"] == "true" || unreadable.contains(&header["datVyst"].as_str()) {
            continue;
        }
        crowns += match header["bezPolozek"].as_str() {
            "true" => header["sumZklCelkem"].parse().unwrap_or_default(),
            _ => by_document[&header["id"]],
        };
    }
    let truth = truth("revenue", "flexi");
    assert_eq!(crowns, sum(&truth, "local_amount"));
    for row in truth.iter().chain(&self::truth("costs", "flexi")) {
        let product = decimal(&row["local_amount"]) * rates[&row["posted_on"][..7]];
        let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        assert_eq!(product.round_dp_with_strategy(2, strategy), decimal(&row["amount"]), "{row:?}");
    }
}

/// Dollars for a crown, by month.
fn rates() -> HashMap<String, Decimal> {
    rows("exports/rates.csv")
        .into_iter()
        .map(|row| (row["quoted_on"][..7].to_owned(), decimal(&row["rate"])))
        .collect()
}

#[test]
fn foreign_amounts_are_crowns_at_the_rate_of_the_document() {
    let mut foreign = 0;
    for header in headers().iter().filter(|header| header["mena"] != "code:CZK") {
        let rate = decimal(&header["kurz"]) / decimal(&header["kurzMnozstvi"]);
        let expected = decimal(&header["sumZklCelkemMen"]) * rate;
        let difference = (expected - decimal(&header["sumZklCelkem"])).abs();
        assert!(difference < Decimal::new(5, 2), "{header:?}");
        foreign += 1;
    }
    assert!(foreign > 10, "{foreign}");
}

/// Debit minus credit of the expense accounts, with VAT and what is not posted.
fn journal_costs() -> Decimal {
    let expenses: Vec<String> = rows("exports/flexi/ucet.csv")
        .iter()
        .filter(|row| row["druhUctuK"] == "druhUctu.naklady")
        .map(|row| format!("code:{}", row["kod"]))
        .collect();
    let mut costs = Decimal::ZERO;
    for row in rows("exports/flexi/ucetni-denik.csv") {
        let amount = decimal(&row["sumTuz"]);
        if expenses.contains(&row["mdUcet"]) || row["zuctovano"] == "false" {
            costs += amount;
        }
        if expenses.contains(&row["dalUcet"]) {
            costs -= amount;
        }
    }
    costs
}

#[test]
fn the_journal_holds_the_costs_and_what_is_excluded() {
    let excluded = listed("excluded", "ucetni_denik");
    assert_eq!(journal_costs(), sum(&truth("costs", "flexi"), "local_amount") + sum(&excluded, "amount"));
    let reasons: Vec<&str> = excluded.iter().map(|row| row["reason"].as_str()).collect();
    assert!(reasons.contains(&"vat") && reasons.contains(&"unposted"));
}

#[test]
fn the_journal_holds_the_revenue_of_the_documents() {
    let revenue: Vec<String> = rows("exports/flexi/ucet.csv")
        .iter()
        .filter(|row| row["druhUctuK"] == "druhUctu.vynosy")
        .map(|row| format!("code:{}", row["kod"]))
        .collect();
    let journal = rows("exports/flexi/ucetni-denik.csv");
    let posted = journal.iter().filter(|row| revenue.contains(&row["dalUcet"]));
    assert_eq!(sum(posted, "sumTuz"), sum(&truth("revenue", "flexi"), "local_amount"));
}

#[test]
fn the_payroll_is_the_wages_of_the_journal_month_by_month() {
    let mut difference: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for row in rows("exports/flexi/mzda.csv") {
        let month = difference.entry(format!("{}/{:0>2}", row["rok"], row["mesic"])).or_default();
        month.0 += decimal(&row["hrubaMzda"]);
        month.1 += decimal(&row["socPojFirma"]) + decimal(&row["zdravPojFirma"]);
    }
    assert_eq!(difference.len(), 12);
    for row in rows("exports/flexi/ucetni-denik.csv") {
        let month = difference.get_mut(&row["postingPeriod"]).unwrap();
        match row["mdUcet"].as_str() {
            "code:521100" | "code:521200" => month.0 -= decimal(&row["sumTuz"]),
            "code:524100" => month.1 -= decimal(&row["sumTuz"]),
            _ => {}
        }
    }
    assert!(difference.values().all(|(wages, insurance)| wages.is_zero() && insurance.is_zero()));
}

#[test]
fn contract_items_are_the_subscriptions() {
    let rates = rates();
    let truth: HashMap<String, Row> = truth("subscriptions", "flexi")
        .into_iter()
        .map(|row| (row["subscription_id"].clone(), row))
        .collect();
    let items = rows("exports/flexi/smlouva-polozka.csv");
    assert!(!items.is_empty());
    assert_eq!(items.len(), truth.len());
    for item in items {
        let row = &truth[&item["id"]];
        let mrr = decimal(&item["cenaCelkem"]) / decimal(&item["frekFakt"]);
        let dollars = mrr * rates[&item["platiOdData"][..7]];
        let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        assert_eq!(dollars.round_dp_with_strategy(2, strategy), decimal(&row["mrr"]), "{item:?}");
        assert_eq!(item["cenik"].trim_start_matches("code:"), row["plan"]);
        assert_eq!((&item["platiOdData"], &item["platiDoData"]), (&row["started_on"], &row["ended_on"]));
    }
}
