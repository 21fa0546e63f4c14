/*---
group = "canonical"
description = "One row per user, day and feature of the product"
[columns]
customer_id = "The customer, or (unattributed)"
user_id = "The user"
used_on = "The day"
feature = "What was used"
events = "How often"
source = "The source of the project file"
---*/
SELECT
  coalesce(keys.customer_id, '(unattributed)') AS customer_id, uses.user_id, uses.used_on, uses.feature, uses.events, uses.source
FROM customer_keys AS keys
RIGHT JOIN all_usage AS uses ON keys.source = uses.source AND keys.source_key = uses.customer_key
