/*---
description = "Ledger lines with one signed amount (debits positive), their day, and their department."
---*/
SELECT
  line_id,
  -- A line that only names its period counts on the last day of it.
  coalesce(
    posted_on,
    CAST(make_date(period_year - CASE WHEN $fiscal_year_starts > 1 THEN 1 ELSE 0 END, CAST($fiscal_year_starts AS INT), 1)
      + CAST(CAST(least(period_number, 12) AS TEXT) || ' months' AS INTERVAL) - INTERVAL '1 day' AS DATE)
  ) AS posted_on,
  posted_on AS stated_day,
  period,
  period_year,
  period_number,
  account,
  account_type,
  CASE
    WHEN debit IS NOT NULL OR credit IS NOT NULL THEN CAST(coalesce(debit, 0) - coalesce(credit, 0) AS DECIMAL(18, 4))
    WHEN side_letter = 'D' THEN amount
    WHEN side_letter = 'C' THEN -amount
    WHEN $amount_sign = 'credit_positive' THEN -amount
    ELSE amount
  END AS amount,
  coalesce(currency, $currency) AS currency,
  coalesce(department, CASE WHEN $department_part > 0 THEN nullif(split_part(translate(account, '.', '-'), '-', CAST(greatest($department_part, 1) AS BIGINT)), '') END) AS department,
  batch,
  reference,
  customer,
  tax_line,
  posted,
  side,
  side_letter,
  (debit IS NOT NULL OR credit IS NOT NULL) AND abs(amount) <> abs(coalesce(debit, 0) - coalesce(credit, 0)) AS disagrees,
  source_file
FROM (
  SELECT
    *,
    CASE
      WHEN upper(side) IN ('D', 'DR', 'DEBIT', 'DEBET', 'S', 'MD', 'MÁ DÁTI') THEN 'D'
      WHEN upper(side) IN ('C', 'CR', 'CREDIT', 'H', 'DAL') THEN 'C'
    END AS side_letter,
    CASE WHEN period ~ '^[0-9]{4}[^0-9]?0?(0[1-9]|1[0-3])$' THEN TRY_CAST(left(period, 4) AS INT) END AS period_year,
    CASE WHEN period ~ '^[0-9]{4}[^0-9]?0?(0[1-9]|1[0-3])$' THEN TRY_CAST(right(period, 2) AS INT) END AS period_number
  FROM journal
) AS lines
