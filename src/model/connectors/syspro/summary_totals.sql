/*---
kept = true
description = "ArTrnSummary added up per document, deposits left out."
---*/
SELECT
  invoice,
  upper(document_type) AS document_type,
  min(invoice_date) AS invoice_date,
  sum(CASE WHEN $header_credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -total ELSE total END) AS net,
  sum(CASE WHEN $header_credit_sign = 'negate' AND document_type IN ('C', 'c') THEN -cost ELSE cost END) AS cost
FROM (
  SELECT
    invoice,
    document_type,
    invoice_date,
    CASE $header_total
      WHEN 'merchandise' THEN merchandise_value
      WHEN 'all_less_discount' THEN merchandise_value + coalesce(freight_value, 0) + coalesce(other_value, 0) - coalesce(disc_value, 0)
      ELSE merchandise_value + coalesce(freight_value, 0) + coalesce(other_value, 0)
    END AS total,
    merchandise_cost AS cost
  FROM ar_trn_summary
  WHERE deposit_type IS NULL
) AS headers
GROUP BY invoice, upper(document_type)
