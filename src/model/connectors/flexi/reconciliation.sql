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
UNION ALL
SELECT
  'payroll = payroll accounts of the journal',
  coalesce(paid.month, posted.month),
  CAST(NULL AS TEXT),
  coalesce(posted.amount, 0),
  coalesce(paid.amount, 0)
FROM (
  SELECT CAST(date_trunc('month', posted_on) AS DATE) AS month, sum(amount) AS amount
  FROM journal_costs
  WHERE $payroll_check AND is_payroll
  GROUP BY date_trunc('month', posted_on)
) AS paid
FULL JOIN (
  SELECT CAST(date_trunc('month', posted_on) AS DATE) AS month, sum(amount) AS amount
  FROM journal_sides
  WHERE $payroll_check
    AND zuctovano IS NOT FALSE
    AND vat_item IS NOT TRUE
    AND (starts_with(account, $salaries_account) OR starts_with(account, $insurance_account))
  GROUP BY date_trunc('month', posted_on)
) AS posted
  ON posted.month = paid.month
WHERE (SELECT count(*) FROM mzda) > 0 AND (SELECT count(*) FROM ucetni_denik) > 0
