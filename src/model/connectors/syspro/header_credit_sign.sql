/*---
description = "Decides the sign of credit notes in ArTrnSummary and ArInvoice, which need not be that of the lines."
---*/
SELECT
  CASE WHEN coalesce(sum(amount), 0) > 0 THEN 'negate' ELSE 'as_is' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'there are no headers of credit notes'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' headers of credit notes add to ' || CAST(sum(amount) AS TEXT)
  END AS reason
FROM (
  SELECT merchandise_value AS amount FROM ar_trn_summary WHERE document_type IN ('C', 'c')
  UNION ALL
  SELECT coalesce(orig_taxable_amt, currency_value) FROM ar_invoice WHERE document_type IN ('C', 'c')
) AS credits
WHERE amount IS NOT NULL
