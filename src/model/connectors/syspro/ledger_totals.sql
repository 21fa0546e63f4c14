/*---
description = "Sales accounts per fiscal period: what the lines posted to them, and what the journal has."
---*/
SELECT
  coalesce(sold.gl_year, posted.gl_year) AS gl_year,
  coalesce(sold.gl_period, posted.gl_period) AS gl_period,
  coalesce(sold.gl_code, posted.gl_code) AS gl_code,
  coalesce(posted.amount, 0) AS expected,
  coalesce(sold.amount, 0) AS found
FROM (
  SELECT
    gl_year,
    gl_period,
    transaction_gl_code AS gl_code,
    sum(CASE WHEN $credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -net_sales_value ELSE net_sales_value END) AS amount
  FROM ar_trn_detail
  WHERE $ledger_check = 'on' AND transaction_gl_code IS NOT NULL
  GROUP BY gl_year, gl_period, transaction_gl_code
) AS sold
FULL JOIN (
  SELECT
    gl_year,
    gl_period,
    gl_code,
    -- Revenue is a credit, and credits are negative in a journal.
    -sum(CASE WHEN $journal_sign = 'entry_type' AND entry_type IN ('C', 'c') THEN -entry_value ELSE entry_value END) AS amount
  FROM gen_journal_detail
  WHERE $ledger_check = 'on'
    AND entry_posted IS NOT FALSE
    AND commitment_flag IS NOT TRUE
    AND gl_code IN (SELECT DISTINCT transaction_gl_code FROM ar_trn_detail)
  GROUP BY gl_year, gl_period, gl_code
) AS posted
  ON posted.gl_year = sold.gl_year AND posted.gl_period = sold.gl_period AND posted.gl_code = sold.gl_code
