/*---
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
status = "ok, differs, or excluded for rows that only explain"
---*/
WITH
-- What the exports of a source must agree on among themselves.
documents AS (
  SELECT
    source, month, what, CASE WHEN coalesce(expected, 0) <> coalesce(found, 0) THEN document END AS document,
    sum(coalesce(expected, 0)) AS expected, sum(coalesce(found, 0)) AS found
  FROM all_reconciliation
  GROUP BY source, month, what, CASE WHEN coalesce(expected, 0) <> coalesce(found, 0) THEN document END, coalesce(expected, 0) <> coalesce(found, 0)
),
-- Totals that the project knows from elsewhere, in the currency of the source.
money AS (
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE) AS month, 'revenue' AS kind, coalesce(category, 'other') AS category, sum(amount) AS amount
  FROM all_revenue
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'other')
  UNION ALL
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE), 'costs', coalesce(category, 'overhead.other'), sum(amount)
  FROM all_costs
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'overhead.other')
),
controlled AS (
  SELECT controls.source, controls.month, controls.what, controls.amount AS expected, coalesce(sum(money.amount), 0) AS found
  FROM controls
  LEFT JOIN money ON money.source = controls.source AND money.month = controls.month
    AND (controls.what = money.kind OR controls.what = money.category OR controls.what = split_part(money.category, '.', 1))
  GROUP BY controls.source, controls.month, controls.what, controls.amount
),
-- Every cost of a pool goes to a customer, to (idle) or to (unallocated).
pools_kept AS (
  SELECT pool, month, sum(expected) AS expected, sum(found) AS found
  FROM (
    SELECT pool, month, direct + shared + received - passed_on AS expected, direct AS found FROM pool_months
    UNION ALL
    SELECT pool, month, CAST(0 AS DECIMAL(38,4)) AS expected, amount FROM allocations
  ) AS entries
  GROUP BY pool, month
),
-- Nothing is lost or doubled on the way to the ledger.
kept AS (
  SELECT what, month, sum(expected) AS expected, sum(found) AS found
  FROM (
    SELECT
      'ledger revenue = revenue' AS what,
      -- Spread over the months of the service, only the sum of all months is the same.
      CASE WHEN $recognition = 'posted' THEN CAST(date_trunc('month', posted_on) AS DATE) END AS month,
      amount AS expected, CAST(0 AS DECIMAL(18,4)) AS found
    FROM revenue
    UNION ALL
    SELECT 'ledger costs = costs', CAST(date_trunc('month', posted_on) AS DATE), amount, CAST(0 AS DECIMAL(18,4)) AS found
    FROM costs
    UNION ALL
    SELECT
      what, CASE WHEN what = 'ledger costs = costs' OR $recognition = 'posted' THEN month END, CAST(0 AS DECIMAL(18,4)) AS expected,
      CASE WHEN what = 'ledger costs = costs' THEN service_cost + acquisition_cost + cogs + overhead ELSE revenue END
    FROM (SELECT *, unnest(make_array('ledger revenue = revenue', 'ledger costs = costs')) AS what FROM ledger) AS entries
  ) AS entries
  GROUP BY what, month
),
compared AS (
  SELECT source, month, what, document, expected, found FROM documents
  UNION ALL
  SELECT source, month, concat('control: ', what), NULL, expected, found FROM controlled
  UNION ALL
  SELECT '(pool)', month, concat('pool ', pool), NULL, expected, found FROM pools_kept
  UNION ALL
  SELECT '(ledger)', month, what, NULL, expected, found FROM kept
)
SELECT
  source, month, what, document, CAST(expected AS DECIMAL(38,4)) AS expected, CAST(NULL AS DECIMAL(38,4)) AS excluded,
  CAST(found AS DECIMAL(38,4)) AS found, CAST(found - expected AS DECIMAL(38,4)) AS difference,
  CASE WHEN found = expected THEN 'ok' ELSE 'differs' END AS status
FROM compared
UNION ALL
SELECT
  source, month, concat(what, ': ', reason), NULL AS document, NULL AS expected, CAST(sum(amount) AS DECIMAL(38,4)), NULL AS found, CAST(0 AS DECIMAL(38,4)), 'excluded'
FROM all_excluded
GROUP BY source, month, what, reason
UNION ALL
SELECT
  source, CAST(date_trunc('month', day) AS DATE), concat(table_name, ': ', reason), NULL AS document, NULL AS expected, CAST(sum(amount) AS DECIMAL(38,4)), NULL AS found,
  CAST(0 AS DECIMAL(38,4)), 'excluded'
FROM quarantine
GROUP BY source, CAST(date_trunc('month', day) AS DATE), table_name, reason
HAVING sum(amount) <> 0
