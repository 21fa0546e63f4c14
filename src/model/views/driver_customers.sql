/*---
description = "The driver `customers`: 1 for each customer and month from `acquired_on` to `churned_on`; a date that is not known excludes no month. Months are those in which there are costs"
[columns]
month = "The first day of the month"
customer_id = "The customer"
quantity = "1"
---*/
WITH months AS (
  SELECT DISTINCT CAST(date_trunc('month', posted_on) AS DATE) AS month FROM all_costs
)
SELECT months.month, customers.customer_id, CAST(1 AS DECIMAL(38,6)) AS quantity
FROM months
CROSS JOIN customers
WHERE (customers.acquired_on IS NULL OR customers.acquired_on < months.month + INTERVAL '1 month')
  AND (customers.churned_on IS NULL OR customers.churned_on >= months.month)
