/*---
description = "Named checks of the ledger file, with the number of rows and an example."
---*/
SELECT
  named.check_name,
  named.severity,
  'journal' AS table_name,
  CASE named.check_name
    WHEN 'line_without_date' THEN found.undated
    WHEN 'line_without_amount' THEN found.without_amount
    WHEN 'amount_and_sides_disagree' THEN found.disagreeing
    WHEN 'unknown_side' THEN found.unknown_sides
    WHEN 'date_outside_posting_period' THEN found.outside
    WHEN 'unreadable_posting_period' THEN found.unreadable
    ELSE found.not_posted
  END AS rows,
  CASE named.check_name
    WHEN 'line_without_date' THEN found.undated_example
    WHEN 'line_without_amount' THEN found.without_amount_example
    WHEN 'amount_and_sides_disagree' THEN found.disagreeing_example
    WHEN 'unknown_side' THEN found.unknown_side_example
    WHEN 'date_outside_posting_period' THEN found.outside_example
    WHEN 'unreadable_posting_period' THEN found.unreadable_example
    ELSE found.not_posted_example
  END AS example
FROM (
  SELECT
    count(*) FILTER (WHERE posted_on IS NULL) AS undated,
    min(account) FILTER (WHERE posted_on IS NULL) AS undated_example,
    count(*) FILTER (WHERE amount IS NULL) AS without_amount,
    min(account) FILTER (WHERE amount IS NULL) AS without_amount_example,
    count(*) FILTER (WHERE disagrees) AS disagreeing,
    min(account) FILTER (WHERE disagrees) AS disagreeing_example,
    count(*) FILTER (WHERE side IS NOT NULL AND side_letter IS NULL) AS unknown_sides,
    min(side) FILTER (WHERE side IS NOT NULL AND side_letter IS NULL) AS unknown_side_example,
    count(*) FILTER (WHERE outside) AS outside,
    min(CAST(stated_day AS TEXT) || ' in ' || period) FILTER (WHERE outside) AS outside_example,
    count(*) FILTER (WHERE period IS NOT NULL AND period_year IS NULL) AS unreadable,
    min(period) FILTER (WHERE period IS NOT NULL AND period_year IS NULL) AS unreadable_example,
    count(*) FILTER (WHERE posted = false) AS not_posted,
    min(coalesce(reference, batch, account)) FILTER (WHERE posted = false) AS not_posted_example
  FROM (
    SELECT
      *,
      period_year <> fiscal_year(stated_day, $fiscal_year_starts) OR period_number <> fiscal_period(stated_day, $fiscal_year_starts) AS outside
    FROM signed_lines
  ) AS looked_at
) AS found
CROSS JOIN (
  VALUES
    ('line_without_date', 'error'),
    ('line_without_amount', 'error'),
    ('amount_and_sides_disagree', 'warning'),
    ('unknown_side', 'error'),
    ('date_outside_posting_period', 'warning'),
    ('unreadable_posting_period', 'info'),
    ('line_not_posted', 'warning')
) AS named (check_name, severity)
UNION ALL
SELECT 'account_without_category', 'info', 'journal', count(*), min(account)
FROM account_categories
WHERE kind IN ('cost', 'revenue') AND listed_category IS NULL
HAVING count(*) > 0
