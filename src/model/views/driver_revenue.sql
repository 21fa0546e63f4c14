/*---
description = "The driver `revenue`: the revenue of each customer and month, where it is positive. Customers whose credits outweigh their invoices take no part"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
quantity = "The revenue in the reporting currency"
---*/
SELECT month, customer_id, CAST(sum(revenue) AS DECIMAL(38,6)) AS quantity
FROM revenue_months
GROUP BY month, customer_id
HAVING sum(revenue) > 0
