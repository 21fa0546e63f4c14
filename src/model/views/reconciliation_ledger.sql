/*---
description = "What the model itself must keep whole: pools, and the ledger against revenue and costs"
[columns]
source = "(pool) or (ledger)"
month = "The first day of the month; NULL for all months together"
what = "What is compared"
document = "Always NULL"
expected = "What was there before"
found = "What is there after"
---*/
-- Every cost of a pool goes to a customer, to (idle) or to (unallocated).
SELECT '(pool)' AS source, month, concat('pool ', pool) AS what, CAST(NULL AS TEXT) AS document, sum(expected) AS expected, sum(found) AS found
FROM (
  SELECT pool, month, direct + shared + received - passed_on AS expected, direct AS found FROM pool_months
  UNION ALL
  SELECT pool, month, CAST(0 AS DECIMAL(38,4)) AS expected, amount FROM allocations
) AS entries
GROUP BY pool, month
UNION ALL
-- Nothing is lost or doubled on the way to the ledger.
SELECT '(ledger)', month, what, NULL, sum(expected) AS expected, sum(found) AS found
FROM (
  SELECT
    'ledger revenue = revenue' AS what,
    -- Spread over the months of the service, only the sum of all months is the same.
    CASE WHEN $recognition = 'posted' THEN CAST(date_trunc('month', posted_on) AS DATE) END AS month,
    amount AS expected, CAST(0 AS DECIMAL(38,4)) AS found
  FROM revenue
  UNION ALL
  SELECT 'ledger costs = costs', CAST(date_trunc('month', posted_on) AS DATE), amount, CAST(0 AS DECIMAL(38,4)) AS found
  FROM costs
  UNION ALL
  SELECT
    what, CASE WHEN what = 'ledger costs = costs' OR $recognition = 'posted' THEN month END, CAST(0 AS DECIMAL(38,4)) AS expected,
    CASE WHEN what = 'ledger costs = costs' THEN service_cost + acquisition_cost + cogs + overhead ELSE revenue END
  FROM (SELECT *, unnest(make_array('ledger revenue = revenue', 'ledger costs = costs')) AS what FROM ledger_months) AS entries
) AS entries
GROUP BY what, month
