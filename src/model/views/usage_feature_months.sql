/*---
kept = true
description = "One row per customer, month and feature that it used, up to the project's date: a step on the way to `usage_monthly`, which reads it more than once"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month"
feature = "The feature"
---*/
SELECT DISTINCT customer_id, CAST(date_trunc('month', used_on) AS DATE) AS month, feature
FROM usage
WHERE used_on <= $as_of AND feature IS NOT NULL
