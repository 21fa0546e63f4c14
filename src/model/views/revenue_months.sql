/*---
kept = true
description = "Revenue by customer, month and category; the ledger's reports and the pools read it in place of all lines"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month in which the revenue is recognised"
category = "The category of the revenue"
revenue = "The revenue in the reporting currency"
---*/
SELECT customer_id, CAST(date_trunc('month', posted_on) AS DATE) AS month, category, sum(amount) AS revenue
FROM recognised_revenue
GROUP BY customer_id, CAST(date_trunc('month', posted_on) AS DATE), category
