//! The connectors find the truth in the flawed exports of the sample company, to the cent.

use crate::company::UNTOUCHED;

/// The columns that `docs/sample.md` says are compared.
const COMPARED: [(&str, &str); 7] = [
    ("customers", "customer_id, name"),
    ("revenue", "customer_id, posted_on, category, amount, product, document, document_type, source"),
    ("costs", "customer_id, posted_on, category, amount, account, source"),
    ("interactions", "interaction_id, customer_id, share, opened_at, handle_minutes, source"),
    ("surveys", "customer_id, answered_at, kind, score, source"),
    ("usage", "customer_id, user_id, used_on, feature, events, source"),
    ("subscriptions", "customer_id, plan, started_on, ended_on, mrr, source"),
];

/// The rows that one of two tables has more often than the other: how much more often the table has it than the truth.
fn differences(table: &str, columns: &str) -> String {
    format!(
        "SELECT {columns}, sum(times) AS times
           FROM (SELECT {columns}, 1 AS times FROM {table} UNION ALL SELECT {columns}, -1 FROM truth_{table}) AS both
          GROUP BY {columns} HAVING sum(times) <> 0 LIMIT 6"
    )
}

#[test]
fn every_table_is_the_truth() {
    let mut queries: Vec<String> =
        COMPARED.iter().map(|(table, columns)| differences(table, columns)).collect();
    queries.extend(COMPARED.iter().map(|(table, _)| format!("SELECT count(*) > 0 FROM truth_{table}")));
    let answers = UNTOUCHED.ask(&queries);
    for (index, (table, _)) in COMPARED.iter().enumerate() {
        assert_eq!(answers[index], [[""; 0]; 0], "{table}");
        assert_eq!(answers[COMPARED.len() + index], [["true"]], "{table} is not empty");
    }
}

#[test]
fn the_ledger_holds_the_truth_month_by_month() {
    let of_truth = |table: &str| {
        format!("SELECT date_trunc('month', posted_on), sum(amount) FROM truth_{table} GROUP BY 1 ORDER BY 1")
    };
    let of_ledger =
        |sum: &str| format!("SELECT date_trunc('month', month), {sum} FROM ledger GROUP BY 1 ORDER BY 1");
    let answers = UNTOUCHED.ask(&[
        of_truth("revenue"),
        of_ledger("sum(revenue)"),
        of_truth("costs"),
        of_ledger("sum(service_cost) + sum(acquisition_cost) + sum(cogs) + sum(overhead)"),
    ]);
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[2], answers[3]);
    assert!(answers[0].len() > 1 && answers[2].len() > 1, "{answers:?}");
}

/// How the quarantine says what the list of the truth says.
const REASONS: &str = "CASE reason
    WHEN 'duplicate' THEN 'repeated natural key'
    WHEN 'future_date' THEN 'date in the future'
    WHEN 'unreadable_date' THEN 'unreadable date'
    WHEN 'unreadable_amount' THEN 'unreadable amount' END";

#[test]
fn what_cannot_be_read_is_in_quarantine() {
    let answers = UNTOUCHED.ask(&[
        format!(
            "SELECT source, \"table\", {REASONS}, CASE WHEN reason <> 'duplicate' THEN \"column\" END, value,
               CAST(amount AS DECIMAL(18,4)), count(*) FROM truth_quarantine GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
        ),
        "SELECT source, table_name, reason, CASE WHEN reason <> 'repeated natural key' THEN column_name END, value, amount, count(*)
           FROM quarantine GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6"
            .to_owned(),
    ]);
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].len() > 8);
}

/// Reasons of the connectors, in the words of the list.
const EXCLUSIONS: &str = "CASE
    WHEN reason LIKE 'cancelled (storno)%' THEN 'cancelled'
    WHEN reason = 'proforma' THEN 'proforma'
    WHEN reason = 'advance invoice' THEN 'advance'
    WHEN reason LIKE 'tax document of an advance%' THEN 'advance_tax_document'
    WHEN reason = 'delivery note' THEN 'delivery_note'
    WHEN reason LIKE 'deduction of an advance%' THEN 'advance_deduction'
    WHEN reason LIKE 'VAT row%' THEN 'vat'
    WHEN reason LIKE 'no accounts yet%' THEN 'unposted'
    ELSE concat('(', reason, ')') END";

#[test]
fn what_does_not_count_is_told_with_its_reason_and_all_else_ties() {
    let answers = UNTOUCHED.ask(&[
        "SELECT source, what, month, reason, sum(CAST(amount AS DECIMAL(18,4))) FROM truth_excluded
           WHERE what <> 'interactions' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
            .to_owned(),
        format!(
            "SELECT source, what, left(CAST(month AS TEXT), 7), {EXCLUSIONS} AS why, CAST(sum(amount) AS DECIMAL(18,4)) FROM all_excluded
               GROUP BY 1, 2, 3, 4 HAVING why NOT LIKE '(%' ORDER BY 1, 2, 3, 4"
        ),
        // What the exports hold beside the revenue and the costs: the same money once more, and tax.
        format!("SELECT DISTINCT source, reason FROM all_excluded WHERE {EXCLUSIONS} LIKE '(%' ORDER BY 1, 2"),
        "SELECT * FROM reconciliation_documents WHERE found <> expected".to_owned(),
        "SELECT DISTINCT source, what FROM reconciliation_documents ORDER BY 1, 2".to_owned(),
        "SELECT * FROM reconciliation_controls WHERE found <> expected".to_owned(),
        // Most by month, and those of whole files beside them.
        "SELECT source, what, count(*) > 1 FROM reconciliation_controls WHERE month IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
            .to_owned(),
        "SELECT source, count(*) FROM reconciliation_controls WHERE month IS NULL GROUP BY 1 ORDER BY 1".to_owned(),
    ]);
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].len() > 7, "{:?}", answers[0]);
    let beside = [
        ["erp", "tax on invoice lines"],
        ["flexi", "VAT on invoices"],
        ["flexi", "payroll counts from the journal, by option"],
        ["flexi", "revenue account of the journal; revenue comes from the invoices"],
    ];
    assert_eq!(answers[2], beside);
    assert_eq!(answers[3], [[""; 0]; 0]);
    let compared = [
        ["erp", "debits = credits"],
        ["erp", "invoice lines with tax = invoices"],
        ["erp", "sub-ledger = general ledger"],
        ["flexi", "debits = credits"],
        ["flexi", "invoice lines = invoice headers"],
        ["flexi", "invoices = revenue accounts of the journal"],
        ["flexi", "payroll = payroll accounts of the journal"],
    ];
    assert_eq!(answers[4], compared);
    assert_eq!(answers[5], [[""; 0]; 0]);
    let controls = [
        ["erp", "control: costs", "true"],
        ["erp", "control: revenue", "true"],
        ["flexi", "control: costs", "true"],
        ["flexi", "control: revenue", "true"],
        ["flexi", "control: subscriptions", "true"],
    ];
    assert_eq!(answers[6], controls);
    assert_eq!(answers[7], [["erp", "5"], ["flexi", "8"]]);
}
