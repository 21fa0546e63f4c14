/*---
description = "Issued invoices and credit notes by line, net of VAT in local currency; or the revenue accounts of the journal, by option."
---*/
SELECT
  lines.customer_key,
  lines.posted_on,
  coalesce(
    products.category,
    accounts.listed_category,
    CASE WHEN lines.contract IS NOT NULL THEN $contract_category END,
    accounts.category,
    $category
  ) AS category,
  CAST(lines.net AS DECIMAL(18, 4)) AS amount,
  $currency AS currency,
  lines.product,
  CASE WHEN lines.net < 0 THEN -abs(lines.quantity) ELSE abs(lines.quantity) END AS quantity,
  lines.document,
  CASE lines.kind WHEN 'faktura' THEN 'invoice' WHEN 'dobropis' THEN 'credit_note' ELSE lines.kind END AS document_type,
  CASE WHEN lines.currency <> $currency THEN lines.foreign_net END AS original_amount,
  CASE WHEN lines.currency <> $currency THEN lines.currency END AS original_currency,
  CASE WHEN lines.currency <> $currency THEN lines.rate END AS fx_rate,
  lines.source_file
FROM counted_lines AS lines
LEFT JOIN product_categories AS products ON products.product = lines.product
LEFT JOIN account_categories AS accounts
  ON accounts.account = lines.account AND (accounts.department IS NOT DISTINCT FROM lines.department)
WHERE $revenue_from = 'documents'
UNION ALL
SELECT
  customer_key,
  posted_on,
  category,
  CAST(amount AS DECIMAL(18, 4)) AS amount,
  $currency AS currency,
  CAST(NULL AS TEXT) AS product,
  CAST(NULL AS DECIMAL(18, 6)) AS quantity,
  document,
  'journal' AS document_type,
  CAST(NULL AS DECIMAL(18, 4)) AS original_amount,
  CAST(NULL AS TEXT) AS original_currency,
  CAST(NULL AS DECIMAL(28, 10)) AS fx_rate,
  source_file
FROM journal_revenue
WHERE $revenue_from = 'journal' AND reason IS NULL
