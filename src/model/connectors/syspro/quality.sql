/*---
description = "Named checks of the exports, with the number of rows and an example."
---*/
SELECT
  named.check_name,
  named.severity,
  'ar_trn_detail' AS table_name,
  CASE named.check_name
    WHEN 'unknown_document_type' THEN found.unknown_types
    WHEN 'lower_case_document_type' THEN found.lower_types
    WHEN 'credit_sign_suspicious' THEN found.odd_credits
    WHEN 'rate_missing' THEN found.missing_rates
    WHEN 'unknown_mul_div' THEN found.unknown_mul_divs
    WHEN 'posted_value_converts_differently' THEN found.other_conversions
    WHEN 'unknown_line_type' THEN found.unknown_line_types
    WHEN 'inter_branch_transfer' THEN found.transfers
    ELSE found.nobody
  END AS rows,
  CASE named.check_name
    WHEN 'unknown_document_type' THEN found.unknown_type_example
    WHEN 'lower_case_document_type' THEN found.lower_type_example
    WHEN 'credit_sign_suspicious' THEN found.odd_credit_example
    WHEN 'rate_missing' THEN found.missing_rate_example
    WHEN 'unknown_mul_div' THEN found.unknown_mul_div_example
    WHEN 'posted_value_converts_differently' THEN found.other_conversion_example
    WHEN 'unknown_line_type' THEN found.unknown_line_type_example
    WHEN 'inter_branch_transfer' THEN found.transfer_example
    ELSE found.nobody_example
  END AS example
FROM line_checks AS found
CROSS JOIN (
  VALUES
    ('unknown_document_type', 'error'),
    ('lower_case_document_type', 'info'),
    ('credit_sign_suspicious', 'warning'),
    ('rate_missing', 'warning'),
    ('unknown_mul_div', 'warning'),
    ('posted_value_converts_differently', 'warning'),
    ('unknown_line_type', 'warning'),
    ('inter_branch_transfer', 'info'),
    ('line_without_customer', 'warning')
) AS named (check_name, severity)
UNION ALL
SELECT
  'line_of_unknown_customer',
  'warning',
  'ar_trn_detail',
  CAST(coalesce(sum(lines), 0) AS BIGINT),
  min(customer)
FROM (SELECT customer, count(*) AS lines FROM ar_trn_detail WHERE customer IS NOT NULL GROUP BY customer) AS sold_to
WHERE (SELECT count(*) FROM ar_customer) > 0
  AND NOT EXISTS (SELECT 1 FROM ar_customer AS master WHERE master.customer = sold_to.customer)
HAVING count(*) > 0
UNION ALL
SELECT
  'date_outside_posting_period',
  'warning',
  'ar_trn_detail',
  CAST(coalesce(sum(dates.lines), 0) AS BIGINT),
  min(CAST(dates.invoice_date AS TEXT) || ' in period ' || CAST(dates.trn_year AS TEXT) || '/' || CAST(dates.trn_month AS TEXT))
FROM (
  SELECT invoice_date, trn_year, trn_month, count(*) AS lines
  FROM ar_trn_detail
  WHERE trn_year IS NOT NULL AND trn_month IS NOT NULL
  GROUP BY invoice_date, trn_year, trn_month
) AS dates
LEFT JOIN fiscal_calendar AS periods ON periods.fiscal_year = dates.trn_year AND periods.fiscal_period = dates.trn_month
WHERE CASE
    WHEN periods.first_day IS NOT NULL THEN dates.invoice_date NOT BETWEEN periods.first_day AND periods.last_day
    ELSE fiscal_year(dates.invoice_date, $fiscal_year_starts) <> dates.trn_year OR fiscal_period(dates.invoice_date, $fiscal_year_starts) <> dates.trn_month
  END
HAVING count(*) > 0
UNION ALL
SELECT
  'invoice_number_repeats',
  'info',
  'ar_invoice',
  CAST(coalesce(sum(copies), 0) AS BIGINT),
  min(invoice)
FROM (
  SELECT customer, invoice, upper(document_type) AS document_type, count(*) AS copies
  FROM ar_invoice
  GROUP BY customer, invoice, upper(document_type)
  HAVING count(*) > 1
) AS repeated
HAVING count(*) > 0
UNION ALL
SELECT
  'invoice_billed_to_several_customers',
  'warning',
  'ar_invoice',
  CAST(coalesce(sum(copies), 0) AS BIGINT),
  min(invoice)
FROM (
  SELECT invoice, upper(document_type) AS document_type, count(*) AS copies
  FROM ar_invoice
  GROUP BY invoice, upper(document_type)
  HAVING count(DISTINCT customer) > 1
) AS shared
WHERE $customer = 'billed'
HAVING count(*) > 0
UNION ALL
SELECT
  'line_without_billed_customer',
  'warning',
  'ar_trn_detail',
  count(*),
  min(detail.invoice)
FROM ar_trn_detail AS detail
LEFT JOIN billed_customers AS billed
  ON billed.invoice = detail.invoice AND billed.document_type = upper(detail.document_type)
WHERE $customer = 'billed' AND billed.customer IS NULL
HAVING count(*) > 0
UNION ALL
SELECT
  'account_not_in_chart',
  'error',
  'gen_journal_detail',
  count(*),
  min(account)
FROM journal_costs
WHERE reason = 'account is not in GenMaster'
HAVING count(*) > 0
UNION ALL
SELECT
  'account_without_category',
  'info',
  'gen_master',
  count(*),
  min(gl_code)
FROM account_categories
WHERE account_type = 'E' AND listed_category IS NULL
HAVING count(*) > 0
UNION ALL
SELECT
  'unknown_account_type',
  'error',
  'gen_master',
  count(*),
  min(coalesce(account_type, 'none') || ' (' || gl_code || ')')
FROM gen_master
WHERE account_type IS NULL OR upper(account_type) NOT IN ('A', 'L', 'C', 'R', 'E')
HAVING count(*) > 0
UNION ALL
SELECT
  'several_rates_on_one_day',
  'warning',
  'ar_invoice',
  count(*),
  min(post_currency || ' on ' || CAST(invoice_date AS TEXT))
FROM (
  SELECT post_currency, invoice_date
  FROM ar_invoice
  WHERE $fx_rates = 'invoices' AND post_currency <> $currency AND conv_rate > 0
  GROUP BY post_currency, invoice_date
  HAVING count(DISTINCT CASE WHEN mul_div = 'D' THEN 1 / conv_rate ELSE conv_rate END) > 1
) AS quoted
HAVING count(*) > 0
