/*---
description = "The driver `revenue`: the revenue of each customer and month, where it is positive. Customers whose credits outweigh their invoices take no part"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
quantity = "The revenue in the reporting currency"
---*/
SELECT CAST(date_trunc('month', posted_on) AS DATE) AS month, customer_id, CAST(sum(amount) AS DECIMAL(38,6)) AS quantity
FROM recognised_revenue
GROUP BY CAST(date_trunc('month', posted_on) AS DATE), customer_id
HAVING sum(amount) > 0
