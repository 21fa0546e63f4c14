/*---
description = "Cost of sales from the invoice lines (with their customer) and expenses from the journal; each kind once."
---*/
SELECT
  customer_key,
  invoice_date AS posted_on,
  'cogs.product' AS category,
  cost AS amount,
  $currency AS currency,
  cost_gl_code AS account,
  CAST(NULL AS TEXT) AS department,
  invoice AS document,
  source_file
FROM signed_lines
WHERE $product_costs = 'lines' AND cost <> 0
UNION ALL
SELECT customer_key, posted_on, category, amount, $currency, account, department, document, source_file
FROM journal_costs
WHERE reason IS NULL
