/*---
kept = true
description = "Invoice lines added up per document, to be compared with headers."
---*/
SELECT
  invoice,
  upper(document_type) AS document_type,
  min(invoice_date) AS invoice_date,
  sum(net) AS net,
  coalesce(sum(cost), 0) AS cost,
  sum(net) + coalesce(sum(tax), 0) AS with_tax
FROM signed_lines
GROUP BY invoice, upper(document_type)
