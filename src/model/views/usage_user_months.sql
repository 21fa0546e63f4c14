/*---
kept = true
description = "One row per customer, month and user, up to the project's date: a step on the way to `usage_monthly`, which reads it more than once"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month"
user_id = "The user; NULL for use by nobody that is known"
days = "On how many days of the month the user used the product"
last_used_on = "The last of these days"
events = "How often"
---*/
SELECT
  customer_id, CAST(date_trunc('month', used_on) AS DATE) AS month, user_id,
  count(DISTINCT used_on) AS days, max(used_on) AS last_used_on, sum(events) AS events
FROM usage
WHERE used_on <= $as_of
GROUP BY customer_id, CAST(date_trunc('month', used_on) AS DATE), user_id
