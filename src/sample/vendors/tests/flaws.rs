//! Every flaw that is promised stands in the smallest samples too.

use super::*;

fn any(files: &Files, name: &str, fits: impl Fn(&Row) -> bool) -> bool {
    rows_of(files, name).iter().any(fits)
}

fn missing(files: &Files) -> Vec<&'static str> {
    let erp = "exports/syspro/ArTrnDetail.csv";
    let header = "exports/flexi/faktura-vydana.csv";
    let line = "exports/flexi/faktura-vydana-polozka.csv";
    let journal = "exports/flexi/ucetni-denik.csv";
    let tickets = "exports/hubspot/tickets.csv";
    let quarantine = "truth/quarantine.csv";
    let excluded = "truth/excluded.csv";
    let interactions = "truth/interactions.parquet";
    let repeated = |name: &str| {
        let rows = rows_of(files, name);
        let all = rows.len();
        distinct(rows).len() < all
    };
    let listed = |list: &str, reason: &str| any(files, list, |row| row["reason"] == reason);
    let mut flaws = vec![
        ("padded codes", any(files, erp, |row| row["Customer"].ends_with("  "))),
        (
            "no-break spaces",
            any(files, "exports/syspro/ArCustomer.csv", |row| row["Customer"].ends_with('\u{a0}')),
        ),
        ("lower-case types", any(files, erp, |row| row["DocumentType"] == "i")),
        ("debit notes", any(files, erp, |row| row["DocumentType"] == "D")),
        (
            "negative credits",
            any(files, erp, |row| row["DocumentType"] == "C" && row["NetSalesValue"].starts_with('-')),
        ),
        ("placeholders", any(files, erp, |row| row["Invoice"].starts_with("_CR"))),
        ("2080", any(files, erp, |row| row["InvoiceDate"].starts_with("2080"))),
        ("unreadable dates", any(files, erp, |row| row["InvoiceDate"] == "2025-02-30")),
        ("unreadable amounts", any(files, erp, |row| row["NetSalesValue"] == "12O.50")),
        ("unknown customers", any(files, erp, |row| trimmed(&row["Customer"]) == "0999999")),
        ("blank customers", any(files, erp, |row| row["Customer"] == " ")),
        ("division", any(files, erp, |row| row["PostMulDiv"] == "D")),
        (
            "billed elsewhere",
            any(files, "truth/revenue.parquet", |row| row["billed_customer_id"] != row["customer_id"]),
        ),
        ("2080 in Flexi", any(files, header, |row| row["datVyst"].starts_with("2080"))),
        ("headers alone", any(files, header, |row| row["bezPolozek"] == "true")),
        ("cancelled", any(files, header, |row| row["storno"] == "true")),
        ("forints", any(files, header, |row| row["mena"] == "code:HUF" && row["kurzMnozstvi"] == "100")),
        ("empty relation", any(files, header, |row| row["firma"].is_empty())),
        ("proformas", any(files, header, |row| row["typDokl"] == "code:PROFORMA")),
        (
            "credits in Flexi",
            any(files, header, |row| {
                row["typDokl"] == "code:DOBROPIS" && row["sumZklCelkem"].starts_with('-')
            }),
        ),
        ("deductions", any(files, line, |row| row["typPolozkyK"] == "typPolozky.odpocetZalohy")),
        ("VAT rows", any(files, journal, |row| row["vatItem"] == "true" && row["mdUcet"] == "code:518300")),
        ("unposted", any(files, journal, |row| row["zuctovano"] == "false" && row["mdUcet"].is_empty())),
        ("refunds", any(files, journal, |row| row["dalUcet"] == "code:518400")),
        (
            "orphan company",
            any(files, "exports/hubspot/ticket_company.csv", |row| row["company_id"] == "9999999999"),
        ),
        (
            "two categories",
            any(files, "exports/hubspot/ticket_company.csv", |row| row["category"] == "USER_DEFINED"),
        ),
        ("two companies", any(files, interactions, |row| row["share"] == "0.500000")),
        ("three companies", any(files, interactions, |row| row["share"] == "0.333334")),
        (
            "closed before created",
            any(files, tickets, |row| {
                !row["property_closed_date"].is_empty()
                    && row["property_closed_date"] < row["property_createdate"]
            }),
        ),
        ("NaN", any(files, tickets, |row| row["property_first_agent_reply_date"] == "NaN")),
        ("NaN domain", any(files, "exports/drift/accounts.csv", |row| row["domain"] == "NaN")),
        (
            "merged companies",
            any(files, "exports/hubspot/companies.csv", |row| row["Merged record IDs"].contains(';')),
        ),
        (
            "old ids in use",
            any(files, "exports/hubspot/ticket_company.csv", |row| row["company_id"].starts_with('6')),
        ),
        ("free mail", any(files, "exports/drift/conversations.csv", |row| row["contactId"] == "11")),
        ("anonymous", any(files, "exports/drift/conversations.csv", |row| row["contactId"] == "1")),
        ("bots by message", any(files, "exports/drift/messages.csv", |row| row["author_bot"] == "true")),
        (
            "bots by user",
            any(files, "exports/drift/messages.csv", |row| {
                row["author_id"] == "901" && row["author_bot"].is_empty()
            }),
        ),
        ("all-day visits", any(files, "exports/flexi/udalost.csv", |row| row["celodenni"] == "true")),
        (
            "unattributed chats",
            any(files, interactions, |row| row["source"] == "chat" && row["customer_id"] == "(unattributed)"),
        ),
    ];
    for name in [
        erp,
        line,
        tickets,
        "exports/hubspot/companies.csv",
        "exports/drift/messages.csv",
        "exports/syspro/GenJournalDetail.csv",
    ] {
        flaws.push((name, repeated(name)));
    }
    for reason in ["duplicate", "future_date", "unreadable_date", "unreadable_amount"] {
        flaws.push((reason, listed(quarantine, reason)));
    }
    let reasons = [
        "cancelled",
        "proforma",
        "advance",
        "advance_tax_document",
        "delivery_note",
        "advance_deduction",
        "vat",
        "unposted",
        "deleted",
    ];
    for reason in reasons {
        flaws.push((reason, listed(excluded, reason)));
    }
    flaws.into_iter().filter(|(_, is_there)| !is_there).map(|(flaw, _)| flaw).collect()
}

#[test]
fn every_flaw_stands_in_the_smallest_samples_too() {
    for (scale, months) in [("0.001", 1), ("0.001", 24), ("0.001", 36)] {
        let files = written(&options(scale, months));
        assert_eq!(missing(&files), Vec::<&str>::new(), "scale {scale}, {months} months");
    }
    assert_eq!(missing(&SAMPLE), Vec::<&str>::new());
}

#[test]
fn headers_of_companies_are_translated_and_separated_by_semicolons() {
    let text = String::from_utf8(SAMPLE["exports/hubspot/companies.csv"].clone()).unwrap();
    assert!(text.starts_with("ID de registro;Nombre de la empresa;Company Domain Name;"), "{text:.80}");
}
