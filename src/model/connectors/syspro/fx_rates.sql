/*---
description = "Posting rates of invoices in foreign currency: per currency and day, that of the last invoice number. Only if the option says so."
---*/
SELECT
  post_currency AS currency,
  $currency AS to_currency,
  invoice_date AS quoted_on,
  last_value(rate ORDER BY invoice, rate) AS rate,
  'posting' AS kind
FROM (
  SELECT
    post_currency,
    invoice_date,
    invoice,
    CASE WHEN mul_div = 'D' THEN CAST(1 / conv_rate AS DECIMAL(28, 10)) ELSE CAST(conv_rate AS DECIMAL(28, 10)) END AS rate
  FROM ar_invoice
  WHERE $fx_rates = 'invoices' AND post_currency <> $currency AND conv_rate > 0 AND mul_div IN ('M', 'D') AND fix_exchange_rate IS NOT TRUE
) AS quoted
GROUP BY post_currency, invoice_date
