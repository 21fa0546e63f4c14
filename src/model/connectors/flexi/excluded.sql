/*---
description = "Money of the tables that deliberately does not count, with the reason."
---*/
SELECT
  'revenue' AS what,
  CAST(date_trunc('month', posted_on) AS DATE) AS month,
  reason,
  count(*) AS rows,
  sum(net) AS amount
FROM documents
WHERE reason IS NOT NULL
GROUP BY date_trunc('month', posted_on), reason
UNION ALL
SELECT
  'revenue',
  CAST(date_trunc('month', posted_on) AS DATE),
  'VAT on invoices',
  count(*),
  sum(tax)
FROM documents
WHERE reason IS NULL AND tax <> 0
GROUP BY date_trunc('month', posted_on)
UNION ALL
SELECT
  'revenue',
  CAST(date_trunc('month', posted_on) AS DATE),
  'deduction of an advance (' || line_kind || ')',
  count(*),
  sum(net)
FROM document_lines
WHERE reason IS NULL AND NOT cancelled AND dropped
GROUP BY date_trunc('month', posted_on), line_kind
UNION ALL
SELECT
  'revenue',
  CAST(date_trunc('month', posted_on) AS DATE),
  'cancelled line (stornoPol)',
  count(*),
  sum(net)
FROM document_lines
WHERE reason IS NULL AND cancelled
GROUP BY date_trunc('month', posted_on)
UNION ALL
SELECT
  'revenue',
  CAST(NULL AS DATE),
  'line without its document',
  count(*),
  sum(net)
FROM document_lines
WHERE document IS NULL
HAVING count(*) > 0
UNION ALL
SELECT
  'revenue',
  CAST(date_trunc('month', posted_on) AS DATE),
  coalesce(reason, 'revenue account of the journal; revenue comes from the invoices'),
  count(*),
  sum(amount)
FROM journal_revenue
WHERE $revenue_from = 'documents' OR reason IS NOT NULL
GROUP BY date_trunc('month', posted_on), coalesce(reason, 'revenue account of the journal; revenue comes from the invoices')
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
  CASE WHEN regexp_replace(modul_k, '^[a-zA-Z]+\.', '') = 'FAV' THEN 'revenue' ELSE 'costs' END,
  CAST(date_trunc('month', coalesce(dat_ucto, dat_vyst)) AS DATE),
  'no accounts yet (mdUcet and dalUcet are empty)',
  count(*),
  sum(sum_tuz)
FROM ucetni_denik
WHERE md_ucet IS NULL AND dal_ucet IS NULL
GROUP BY CASE WHEN regexp_replace(modul_k, '^[a-zA-Z]+\.', '') = 'FAV' THEN 'revenue' ELSE 'costs' END, date_trunc('month', coalesce(dat_ucto, dat_vyst))
UNION ALL
SELECT
  'costs',
  CAST(date_trunc('month', posted_on) AS DATE),
  'sumNaklady of invoices; cost of goods comes from elsewhere, by option',
  count(*),
  sum(cost)
FROM documents
WHERE $product_costs <> 'documents' AND cost <> 0 AND reason IS NULL
GROUP BY date_trunc('month', posted_on)
