/*---
kept = true
group = "control"
description = "One row per comparison of money: what must be equal, and whether it is. Documents that agree are one row per month; each that differs is a row of its own"
[columns]
source = "The source of the project file; (ledger) and (pool) for what the model itself must keep whole"
month = "The first day of the month; NULL for all months together"
what = "What is compared"
document = "The document that differs; NULL for a whole month"
expected = "What the export, the control or the table before says"
excluded = "What does not count on purpose, or could not be read, and why is in `what`; part of neither side"
found = "What the model holds"
difference = "found − expected: 0.00 when it ties"
status = "ok, differs, or excluded and rounded for rows that only explain"
---*/
WITH
compared AS (
  SELECT source, month, what, document, expected, found FROM reconciliation_documents
  UNION ALL
  SELECT source, month, what, document, expected, found FROM reconciliation_controls
  UNION ALL
  SELECT source, month, what, document, expected, found FROM reconciliation_ledger
),
entries AS (
  SELECT
    source, month, what, document, expected, CAST(NULL AS DECIMAL(38,4)) AS excluded,
    found, found - expected AS difference,
    CASE WHEN found = expected THEN 'ok' ELSE 'differs' END AS status
  FROM compared
  UNION ALL
  SELECT source, month, what, NULL AS document, expected, NULL AS excluded, found, found - expected, 'rounded'
  FROM reconciliation_rounding
  UNION ALL
  SELECT
    source, month, concat(what, ': ', reason), NULL AS document, NULL AS expected, sum(amount), NULL AS found, CAST(0 AS DECIMAL(38,4)), 'excluded'
  FROM all_excluded
  GROUP BY source, month, what, reason
  UNION ALL
  SELECT
    source, CAST(date_trunc('month', day) AS DATE), concat(table_name, ': ', reason), NULL AS document, NULL AS expected, sum(amount), NULL AS found,
    CAST(0 AS DECIMAL(38,4)), 'excluded'
  FROM refused_rows
  GROUP BY source, CAST(date_trunc('month', day) AS DATE), table_name, reason
  HAVING sum(amount) <> 0
)
-- Nothing is added up here that is not alone already. The aggregate stands between the union and whoever sorts it:
-- DataFusion 55 cannot plan an ORDER BY right above a union of which one side has constants.
SELECT
  source, month, what, document, sum(expected) AS expected, sum(excluded) AS excluded, sum(found) AS found, sum(difference) AS difference, status
FROM entries
GROUP BY source, month, what, document, status
