/*---
description = "Debits must equal credits, per batch (or reference, or month) and currency."
---*/
SELECT
  'debits = credits in ' || currency AS what,
  CAST(date_trunc('month', min(posted_on)) AS DATE) AS month,
  document,
  coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS expected,
  coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS found
FROM (
  SELECT
    currency,
    posted_on,
    amount,
    CASE $balance_by WHEN 'batch' THEN batch WHEN 'reference' THEN reference END AS document,
    CASE WHEN CASE $balance_by WHEN 'batch' THEN batch WHEN 'reference' THEN reference END IS NULL THEN CAST(date_trunc('month', posted_on) AS DATE) END AS month_without_document
  FROM signed_lines
  WHERE $journal_complete AND amount IS NOT NULL
) AS balanced
GROUP BY currency, document, month_without_document
