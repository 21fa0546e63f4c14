//! Filters on the ledger reach the files: of a large export, a query reads what it needs.

use crate::env::Environment;

/// More lines than are read at once and kept.
const LINES: &str = "SELECT CAST(2026 AS INT) AS \"TrnYear\", CAST(floor(v / 100000) + 1 AS INT) AS \"TrnMonth\", \
    'R1' AS \"Register\", 'I' || v AS \"Invoice\", 1 AS \"SummaryLine\", 1 AS \"DetailLine\", \
    DATE '2026-01-01' + CAST(floor(v / 2000) AS INT) AS \"InvoiceDate\", 'C' || (v % 500) AS \"Customer\", \
    CAST(v % 100 AS DECIMAL(14,2)) AS \"NetSalesValue\", 'I' AS \"DocumentType\" FROM generate_series(1, 240000) AS t(v)";

const PROJECT: &str = "[project]\ncurrency = \"USD\"\nas_of = \"2026-12-31\"\n\
    [sources.erp]\nconnector = \"syspro\"\nar_customer = \"customers.csv\"\nar_trn_detail = \"lines.parquet\"\n";

#[test]
fn days_and_customers_reach_the_scan() {
    let environment = Environment::new();
    environment.run(&["query", LINES, "-o", "lines.parquet"]).done();
    environment.write("marginql.toml", PROJECT);
    let customers: String = (0..500).map(|number| format!("C{number},Customer {number}\n")).collect();
    environment.write("customers.csv", &format!("Customer,Name\n{customers}"));
    let filter = "posted_on >= DATE '2026-04-01' AND customer_id = 'C7'";
    let query = format!("SELECT count(*) AS entries, sum(revenue) AS revenue FROM ledger WHERE {filter}");
    let rows = environment.run(&["query", &query, "--format", "csv"]).done();
    assert_eq!(rows.stdout(), "entries,revenue\n120,840.0000\n");
    let plan = environment.run(&["query", &format!("EXPLAIN {query}"), "--format", "json"]).done();
    let scans: Vec<_> = plan
        .stdout()
        .split("\\n")
        .filter(|line| line.contains("lines.parquet") && line.contains("predicate="))
        .collect();
    assert!(!scans.is_empty(), "{}", plan.stdout());
    for scan in scans {
        assert!(scan.contains("InvoiceDate@"), "the day does not reach the file: {scan}");
        // The customer's numbers are known when the other side of the join is read.
        assert!(scan.contains("DynamicFilter"), "the customer does not reach the file: {scan}");
    }
}
