/*---
description = "The driver `interactions`: how many interactions, shared ones in part of each customer and month"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
quantity = "How many interactions, shared ones in part"
---*/
SELECT month, customer_id, interactions AS quantity
FROM interaction_months
WHERE interactions > 0
