/*---
description = "Journal entries of expense accounts; `reason` says why one does not count, NULL: it counts."
---*/
SELECT
  coalesce(entries.customer_key, known.customer_key) AS customer_key,
  CASE $journal_date
    WHEN 'transaction' THEN coalesce(entries.transaction_date, entries.entry_date)
    WHEN 'document' THEN coalesce(entries.document_date, entries.entry_date)
    WHEN 'period' THEN coalesce(periods.last_day, CAST(entries.period_start + INTERVAL '1 month' - INTERVAL '1 day' AS DATE))
    ELSE entries.entry_date
  END AS posted_on,
  known.category,
  CAST(entries.amount AS DECIMAL(18, 4)) AS amount,
  entries.gl_code AS account,
  coalesce(known.department, CASE WHEN $department_part > 0 THEN nullif(split_part(entries.gl_code, '-', CAST(greatest($department_part, 1) AS BIGINT)), '') END) AS department,
  entries.journal AS document,
  CASE
    WHEN known.category = 'ignore' THEN 'accounts says ignore'
    WHEN known.account_type IS NULL AND known.listed_category IS NULL THEN 'account is not in GenMaster'
    WHEN entries.entry_posted = false THEN 'journal entry is not posted'
    WHEN entries.commitment_flag THEN 'commitment, not an expense yet'
    WHEN entries.source IS NOT NULL AND strpos(',' || replace($excluded_sources, ' ', '') || ',', ',' || entries.source || ',') > 0 THEN 'source of journal is excluded by option'
    WHEN known.category LIKE 'cogs.product%' AND $product_costs = 'lines' THEN 'cost of sales counts from the invoice lines'
    WHEN known.category LIKE 'cogs.product%' AND $product_costs = 'none' THEN 'cost of sales does not count, by option'
  END AS reason,
  entries.source_file
FROM (
  SELECT
    *,
    -- A thirteenth period belongs to the last month of its year.
    CAST(make_date(CAST(greatest(gl_year, 1900) AS INT) - CASE WHEN $fiscal_year_starts > 1 THEN 1 ELSE 0 END, CAST($fiscal_year_starts AS INT), 1) + CAST(CAST(least(gl_period, 12) - 1 AS TEXT) || ' months' AS INTERVAL) AS DATE) AS period_start
  FROM journal_entries
) AS entries
JOIN account_categories AS known ON known.gl_code = entries.gl_code
LEFT JOIN fiscal_calendar AS periods
  ON $journal_date = 'period' AND periods.fiscal_year = entries.gl_year AND periods.fiscal_period = entries.gl_period
WHERE known.account_type = 'E'
  OR (known.account_type IS NULL AND (known.listed_category IS NULL OR known.listed_category = 'ignore' OR split_part(known.listed_category, '.', 1) IN ('support', 'success', 'acquisition', 'cogs', 'overhead')))
