/*---
description = "Lines of expense and revenue accounts; `reason` says why one does not count, NULL: it counts."
---*/
SELECT
  known.kind,
  coalesce(lines.customer, known.customer_key) AS customer_key,
  lines.posted_on,
  coalesce(known.listed_category, CASE WHEN known.kind = 'revenue' THEN $category ELSE known.department_category END) AS category,
  lines.amount,
  lines.currency,
  lines.account,
  lines.department,
  coalesce(lines.reference, lines.batch) AS document,
  CASE
    WHEN known.kind = 'ignore' THEN 'accounts says ignore'
    WHEN lines.posted_on IS NULL THEN 'line without a date or a readable period'
    WHEN lines.amount IS NULL THEN 'line without an amount'
    WHEN lines.posted = false THEN 'not posted yet'
    WHEN lines.tax_line THEN 'tax line'
    WHEN strpos(',' || replace($excluded_batches, ' ', '') || ',', ',' || replace(lines.batch, ' ', '') || ',') > 0 THEN 'batch is excluded by option'
    WHEN known.kind = 'revenue' AND $revenue_from = 'none' THEN 'revenue comes from another source, by option'
  END AS reason,
  lines.source_file
FROM signed_lines AS lines
JOIN account_categories AS known
  ON known.account = lines.account
  AND (known.department IS NOT DISTINCT FROM lines.department)
  AND (known.account_type IS NOT DISTINCT FROM lines.account_type)
WHERE known.kind <> 'balance'
