/*---
description = "Service plans that were invoiced, each for `plan_months` months. Credit notes are no contracts; they lower revenue."
---*/
SELECT
  invoice || '/' || coalesce(stock_code, '') || '/' || CAST(row_number() OVER (PARTITION BY invoice, stock_code ORDER BY trn_year, trn_month, register, summary_line, detail_line) AS TEXT) AS subscription_id,
  customer_key,
  stock_code AS plan,
  invoice_date AS started_on,
  CAST(invoice_date + CAST(CAST($plan_months AS TEXT) || ' months' AS INTERVAL) - INTERVAL '1 day' AS DATE) AS ended_on,
  CAST(net_sales_value / nullif($plan_months, 0) AS DECIMAL(18, 4)) AS mrr,
  $currency AS currency
FROM lines
WHERE $plan_months > 0 AND stock_code LIKE $maintenance_codes AND document_type IN ('I', 'i') AND net_sales_value > 0
