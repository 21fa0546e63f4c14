/*---
description = "The driver `active_users`: how many different users of each customer used the product in the month"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
quantity = "The number of users"
---*/
SELECT CAST(date_trunc('month', used_on) AS DATE) AS month, customer_id, CAST(count(DISTINCT user_id) AS DECIMAL(38,6)) AS quantity
FROM usage
GROUP BY CAST(date_trunc('month', used_on) AS DATE), customer_id
HAVING count(DISTINCT user_id) > 0
