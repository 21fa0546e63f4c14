/*---
description = "Invoice lines with signed amounts in local currency and the category that the options give."
---*/
SELECT
  customer_key,
  invoice_date,
  CASE WHEN $credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -local_value ELSE local_value END AS net,
  CASE WHEN $credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -tax_value ELSE tax_value END AS tax,
  CASE WHEN $credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -cost_value ELSE cost_value END AS cost,
  CASE WHEN $credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -foreign_value ELSE foreign_value END AS foreign_net,
  foreign_currency,
  qty_invoiced AS quantity,
  CASE WHEN foreign_currency IS NULL THEN NULL WHEN post_mul_div = 'D' THEN 1 / nullif(post_conv_rate, 0) ELSE post_conv_rate END AS rate,
  CASE
    WHEN stock_code LIKE $maintenance_codes THEN 'support.maintenance'
    WHEN line_type = '5' THEN $miscellaneous_category
    WHEN line_type = '4' THEN $freight_category
    ELSE $category
  END AS category,
  stock_code,
  product_class,
  line_type,
  invoice,
  document_type,
  cost_gl_code,
  source_file
FROM (
  SELECT
    *,
    -- A rate multiplies or divides, as MulDiv says; without one, the local value is all there is.
    CASE
      WHEN $amounts = 'local' OR post_currency IS NULL OR post_currency = $currency THEN net_sales_value
      WHEN post_mul_div = 'D' THEN coalesce(CAST(round(post_value / nullif(post_conv_rate, 0), 2) AS DECIMAL(18, 4)), net_sales_value)
      ELSE coalesce(CAST(round(post_value * nullif(post_conv_rate, 0), 2) AS DECIMAL(18, 4)), net_sales_value)
    END AS local_value,
    CASE WHEN post_currency <> $currency THEN post_value END AS foreign_value,
    CASE WHEN post_currency <> $currency THEN post_currency END AS foreign_currency
  FROM lines
) AS valued
