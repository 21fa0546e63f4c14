/*---
description = "What the exports hold twice: lines and headers, invoices and journal, debits and credits. Tables that are not given are not compared."
---*/
SELECT
  'invoice lines = invoice headers' AS what,
  CAST(date_trunc('month', documents.posted_on) AS DATE) AS month,
  documents.kod AS document,
  documents.net AS expected,
  coalesce(lines.net, 0) AS found
FROM documents
LEFT JOIN (
  SELECT document, sum(net) AS net FROM document_lines WHERE NOT cancelled GROUP BY document
) AS lines ON lines.document = documents.kod
WHERE (SELECT count(*) FROM faktura_vydana_polozka) > 0
  AND documents.reason IS NULL
  -- A document without items has its money in the header alone.
  AND documents.bez_polozek IS NOT TRUE
UNION ALL
SELECT
  'invoices = revenue accounts of the journal',
  coalesce(sold.month, posted.month),
  coalesce(sold.document, posted.document),
  coalesce(posted.amount, 0),
  coalesce(sold.amount, 0)
FROM (
  SELECT document, CAST(date_trunc('month', min(posted_on)) AS DATE) AS month, sum(net) AS amount
  FROM counted_lines
  WHERE $ledger_check = 'on'
  GROUP BY document
) AS sold
FULL JOIN (
  SELECT document, CAST(date_trunc('month', min(posted_on)) AS DATE) AS month, sum(amount) AS amount
  FROM journal_revenue
  WHERE $ledger_check = 'on' AND modul = 'FAV' AND (reason IS NULL OR reason = 'accounts says ignore')
  GROUP BY document
) AS posted
  ON posted.document = sold.document
UNION ALL
SELECT
  'debits = credits',
  CAST(date_trunc('month', coalesce(dat_ucto, dat_vyst)) AS DATE),
  CAST(NULL AS TEXT),
  coalesce(sum(sum_tuz) FILTER (WHERE md_ucet IS NOT NULL), 0),
  coalesce(sum(sum_tuz) FILTER (WHERE dal_ucet IS NOT NULL), 0)
FROM ucetni_denik
GROUP BY date_trunc('month', coalesce(dat_ucto, dat_vyst))
