/*---
description = "Invoice lines, net of tax, credits negative, on the invoice date. With the default options a scan and a projection."
---*/
SELECT
  customer_key,
  invoice_date AS posted_on,
  category,
  net AS amount,
  $currency AS currency,
  stock_code AS product,
  CASE WHEN net < 0 THEN -abs(quantity) ELSE abs(quantity) END AS quantity,
  invoice AS document,
  CASE
    WHEN document_type IN ('I', 'i') THEN 'invoice'
    WHEN document_type IN ('C', 'c') THEN 'credit_note'
    WHEN document_type IN ('D', 'd') THEN 'debit_note'
    ELSE document_type
  END AS document_type,
  foreign_net AS original_amount,
  foreign_currency AS original_currency,
  rate AS fx_rate,
  CASE WHEN $plan_months > 0 AND stock_code LIKE $maintenance_codes THEN invoice_date END AS service_from,
  CASE WHEN $plan_months > 0 AND stock_code LIKE $maintenance_codes THEN CAST(invoice_date + CAST(CAST($plan_months AS TEXT) || ' months' AS INTERVAL) - INTERVAL '1 day' AS DATE) END AS service_to,
  source_file
FROM (
  SELECT * FROM signed_lines WHERE $categories = 'rules'
  UNION ALL
  SELECT
    signed.customer_key, signed.invoice_date, signed.net, signed.tax, signed.cost, signed.foreign_net, signed.foreign_currency, signed.quantity, signed.rate,
    coalesce(known.category, signed.category) AS category,
    signed.stock_code, signed.product_class, signed.line_type, signed.invoice, signed.document_type, signed.cost_gl_code, signed.source_file
  FROM signed_lines AS signed
  LEFT JOIN product_categories AS known
    ON (known.stock_code IS NOT DISTINCT FROM signed.stock_code)
    AND (known.product_class IS NOT DISTINCT FROM signed.product_class)
    AND (known.line_type IS NOT DISTINCT FROM signed.line_type)
  WHERE $categories = 'file'
) AS categorised
