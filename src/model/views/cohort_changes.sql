/*---
kept = true
description = "One row per cohort and month in which something changed in it: a step on the way to `cohorts`, which so needs no row for a customer's month without a change"
[columns]
cohort = "The first month in which these customers paid"
month = "The month of the change; in that of the cohort, what it begins with"
mrr = "How much its monthly recurring revenue changed"
customers = "How many of its customers pay again, less those that pay no more"
---*/
SELECT
  first_month AS cohort, month,
  sum(CASE WHEN month = first_month THEN after ELSE after - before END) AS mrr,
  sum(CASE WHEN after > 0 AND (before <= 0 OR month = first_month) THEN 1 WHEN after <= 0 AND before > 0 THEN -1 ELSE 0 END) AS customers
FROM mrr_steps
WHERE month >= first_month AND customer_id <> '(unattributed)'
GROUP BY first_month, month
