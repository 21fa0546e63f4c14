/*---
description = "The customer billed, per document. Placeholder numbers that several customers share name nobody and are left out."
---*/
SELECT invoice, upper(document_type) AS document_type, min(customer) AS customer
FROM ar_invoice
GROUP BY invoice, upper(document_type)
HAVING count(DISTINCT customer) = 1
