/*---
description = "Money of the tables that deliberately does not count, with the reason."
---*/
SELECT
  'revenue' AS what,
  CAST(date_trunc('month', invoice_date) AS DATE) AS month,
  'tax on invoice lines' AS reason,
  count(*) AS rows,
  sum(tax) AS amount
FROM signed_lines
WHERE tax <> 0
GROUP BY date_trunc('month', invoice_date)
UNION ALL
SELECT
  'revenue',
  CAST(date_trunc('month', invoice_date) AS DATE),
  'deposit (ArTrnSummary.DepositType)',
  count(*),
  sum(merchandise_value)
FROM ar_trn_summary
WHERE deposit_type IS NOT NULL
GROUP BY date_trunc('month', invoice_date)
UNION ALL
SELECT
  'costs',
  CAST(date_trunc('month', posted_on) AS DATE),
  reason,
  count(*),
  sum(amount)
FROM journal_costs
WHERE reason IS NOT NULL
GROUP BY date_trunc('month', posted_on), reason
UNION ALL
SELECT
  'costs',
  CAST(date_trunc('month', invoice_date) AS DATE),
  'CostValue of invoice lines: cost of sales comes from elsewhere, by option',
  count(*),
  sum(cost)
FROM signed_lines
WHERE $product_costs <> 'lines' AND cost <> 0
GROUP BY date_trunc('month', invoice_date)
