/*---
description = "The driver `handle_minutes`: the minutes of work of each customer and month"
[columns]
month = "The first day of the month"
customer_id = "The customer, or (unattributed)"
quantity = "The minutes of work"
---*/
SELECT month, customer_id, handle_minutes AS quantity
FROM interaction_months
WHERE handle_minutes > 0
