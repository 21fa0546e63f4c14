//! The connectors find the truth in the flawed exports of the sample company, to the cent.

use crate::company::{Company, pairs};

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

/// The rows that one of two tables has and the other has not.
fn differences(table: &str, columns: &str) -> String {
    format!(
        "SELECT * FROM (
           SELECT 'missing' AS side, {columns} FROM (SELECT {columns} FROM truth_{table} EXCEPT ALL SELECT {columns} FROM {table}) AS a
           UNION ALL
           SELECT 'too much', {columns} FROM (SELECT {columns} FROM {table} EXCEPT ALL SELECT {columns} FROM truth_{table}) AS b
         ) AS differences LIMIT 6"
    )
}

#[test]
fn every_table_is_the_truth() {
    let mut queries: Vec<String> =
        COMPARED.iter().map(|(table, columns)| differences(table, columns)).collect();
    queries.extend(COMPARED.iter().map(|(table, _)| format!("SELECT count(*) > 0 FROM truth_{table}")));
    let answers = Company::new().ask(&queries);
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
    let answers = Company::new().ask(&[
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
    let answers = Company::new().ask(&[
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
