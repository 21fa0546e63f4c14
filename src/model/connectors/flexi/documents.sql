/*---
description = "Issued documents with signed values; `reason` says why one is no revenue, NULL: it counts."
---*/
SELECT
  id,
  kod,
  kind,
  customer_key,
  posted_on,
  CASE WHEN $credit_sign = 'negate' AND kind = 'dobropis' THEN -net ELSE net END AS net,
  CASE WHEN $credit_sign = 'negate' AND kind = 'dobropis' THEN -tax ELSE tax END AS tax,
  CASE WHEN $credit_sign = 'negate' AND kind = 'dobropis' THEN -cost ELSE cost END AS cost,
  currency,
  rate,
  contract,
  department,
  bez_polozek,
  CASE
    WHEN storno THEN 'cancelled (storno)'
    WHEN kind IS NULL OR kind NOT IN ('faktura', 'dobropis', 'zalohFaktura', 'zdd', 'dodList', 'proforma') THEN 'unknown type of document'
    WHEN kind = 'proforma' THEN 'proforma'
    WHEN kind = 'zalohFaktura' THEN 'advance invoice'
    WHEN kind = 'dodList' THEN 'delivery note'
    WHEN kind = 'zdd' AND $advances = 'final' THEN 'tax document of an advance; the final invoice counts'
    WHEN ucetni = false THEN 'not in the accounts (ucetni = false)'
    WHEN net IS NULL THEN 'no net value, nor a rate to get it'
    WHEN $revenue_from = 'journal' THEN 'revenue comes from the journal, by option'
  END AS reason,
  source_file
FROM headers
