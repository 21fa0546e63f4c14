/*---
description = "What the exports hold twice: lines and headers, lines and ledger, debits and credits. Tables that are not given are not compared."
---*/
SELECT
  'invoice lines = invoice summaries' AS what,
  CAST(date_trunc('month', coalesce(headers.invoice_date, lines.invoice_date)) AS DATE) AS month,
  coalesce(headers.invoice, lines.invoice) AS document,
  coalesce(headers.net, 0) AS expected,
  coalesce(lines.net, 0) AS found
FROM document_totals AS lines
FULL JOIN summary_totals AS headers
  ON headers.invoice = lines.invoice AND headers.document_type = lines.document_type
WHERE (SELECT count(*) FROM ar_trn_summary) > 0 AND (SELECT count(*) FROM ar_trn_detail) > 0
UNION ALL
SELECT
  'cost of lines = cost of invoice summaries',
  CAST(date_trunc('month', coalesce(headers.invoice_date, lines.invoice_date)) AS DATE),
  coalesce(headers.invoice, lines.invoice),
  coalesce(headers.cost, 0),
  coalesce(lines.cost, 0)
FROM document_totals AS lines
FULL JOIN summary_totals AS headers
  ON headers.invoice = lines.invoice AND headers.document_type = lines.document_type
WHERE $cost_check AND (SELECT count(merchandise_cost) FROM ar_trn_summary) > 0 AND (SELECT count(cost_value) FROM ar_trn_detail) > 0
UNION ALL
SELECT
  CASE WHEN $invoice_total = 'net' THEN 'invoice lines = invoices' ELSE 'invoice lines with tax = invoices' END,
  CAST(date_trunc('month', coalesce(headers.invoice_date, lines.invoice_date)) AS DATE),
  coalesce(headers.invoice, lines.invoice),
  coalesce(headers.total, 0),
  coalesce(CASE WHEN $invoice_total = 'net' THEN lines.net ELSE lines.with_tax END, 0)
FROM document_totals AS lines
FULL JOIN invoice_totals AS headers
  ON headers.invoice = lines.invoice AND headers.document_type = lines.document_type
WHERE (SELECT count(*) FROM invoice_totals) > 0
  AND (SELECT count(*) FROM ar_trn_detail) > 0
  AND ($headers_complete OR headers.invoice IS NOT NULL)
UNION ALL
SELECT
  'sub-ledger = general ledger',
  coalesce(
    CAST(date_trunc('month', periods.first_day + INTERVAL '14 days') AS DATE),
    CAST(make_date(CAST(greatest(totals.gl_year, 1900) AS INT) - CASE WHEN $fiscal_year_starts > 1 THEN 1 ELSE 0 END, CAST($fiscal_year_starts AS INT), 1) + CAST(CAST(least(totals.gl_period, 12) - 1 AS TEXT) || ' months' AS INTERVAL) AS DATE)
  ),
  totals.gl_code,
  totals.expected,
  totals.found
FROM ledger_totals AS totals
LEFT JOIN fiscal_calendar AS periods ON periods.fiscal_year = totals.gl_year AND periods.fiscal_period = totals.gl_period
UNION ALL
SELECT
  'debits = credits',
  CAST(date_trunc('month', min(entry_date)) AS DATE),
  'journal ' || coalesce(journal, '') || ' of ' || CAST(gl_year AS TEXT) || '/' || CAST(gl_period AS TEXT),
  coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
  coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)
FROM (
  SELECT
    gl_year,
    gl_period,
    journal,
    entry_date,
    CASE WHEN $journal_sign = 'entry_type' AND entry_type IN ('C', 'c') THEN -entry_value ELSE entry_value END AS amount
  FROM gen_journal_detail
  WHERE $journal_complete AND commitment_flag IS NOT TRUE
) AS signed
GROUP BY gl_year, gl_period, journal
UNION ALL
SELECT
  'invoice lines = sales movements',
  coalesce(moves.month, lines.month),
  CAST(NULL AS TEXT),
  coalesce(moves.amount, 0),
  coalesce(lines.amount, 0)
FROM (
  SELECT
    CAST(date_trunc('month', trn_date) AS DATE) AS month,
    sum(CASE WHEN $header_credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -invoice_value ELSE invoice_value END) AS amount
  FROM ar_sales_move
  WHERE $sales_move <> 'none'
  GROUP BY date_trunc('month', trn_date)
) AS moves
FULL JOIN (
  SELECT
    CAST(date_trunc('month', invoice_date) AS DATE) AS month,
    sum(CASE WHEN $sales_move = 'with_tax' THEN net + coalesce(tax, 0) ELSE net END) AS amount
  FROM signed_lines
  WHERE $sales_move <> 'none'
  GROUP BY date_trunc('month', invoice_date)
) AS lines
  ON lines.month = moves.month
