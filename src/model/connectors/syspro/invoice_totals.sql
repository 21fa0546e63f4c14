/*---
kept = true
description = "ArInvoice added up per document in local currency; OrigTaxableAmt, or CurrencyValue converted as MulDiv says."
---*/
SELECT
  invoice,
  upper(document_type) AS document_type,
  min(invoice_date) AS invoice_date,
  sum(CASE WHEN $header_credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -total ELSE total END) AS total
FROM (
  SELECT
    invoice,
    document_type,
    invoice_date,
    coalesce(
      orig_taxable_amt,
      CASE
        WHEN post_currency IS NULL OR post_currency = $currency THEN currency_value
        WHEN mul_div = 'D' THEN CAST(round(currency_value / nullif(conv_rate, 0), 2) AS DECIMAL(18, 4))
        ELSE CAST(round(currency_value * nullif(conv_rate, 0), 2) AS DECIMAL(18, 4))
      END
    ) AS total
  FROM ar_invoice
) AS headers
WHERE total IS NOT NULL
GROUP BY invoice, upper(document_type)
