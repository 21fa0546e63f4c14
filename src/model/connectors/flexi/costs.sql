/*---
description = "Expenses of the journal or payroll, and the cost of goods of invoices if the option says so; each kind once."
---*/
SELECT
  customer_key,
  posted_on,
  category,
  CAST(amount AS DECIMAL(18, 4)) AS amount,
  $currency AS currency,
  account,
  department,
  document,
  source_file
FROM journal_costs
WHERE reason IS NULL
UNION ALL
SELECT
  customer_key,
  posted_on,
  'cogs.product' AS category,
  cost AS amount,
  $currency AS currency,
  CAST(NULL AS TEXT) AS account,
  department,
  kod AS document,
  source_file
FROM documents
WHERE $product_costs = 'documents' AND cost <> 0 AND (reason IS NULL OR reason = 'revenue comes from the journal, by option')
