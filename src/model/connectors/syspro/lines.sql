/*---
description = "Invoice lines with the customer they count for. The option is a constant, so one branch is left in the plan."
---*/
SELECT detail.customer AS customer_key, detail.*
FROM ar_trn_detail AS detail
WHERE $customer = 'delivered'
UNION ALL
SELECT coalesce(billed.customer, detail.customer) AS customer_key, detail.*
FROM ar_trn_detail AS detail
LEFT JOIN billed_customers AS billed
  ON billed.invoice = detail.invoice AND billed.document_type = upper(detail.document_type)
WHERE $customer = 'billed'
UNION ALL
SELECT coalesce(master.master_account, detail.customer) AS customer_key, detail.*
FROM ar_trn_detail AS detail
LEFT JOIN ar_customer AS master ON master.customer = detail.customer
WHERE $customer = 'master'
