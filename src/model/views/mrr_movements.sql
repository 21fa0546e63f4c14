/*---
group = "report"
description = "One row per customer and month, from the customer's first month to that of the project's date: how its monthly recurring revenue moved. Sums over customers are the movements of the month"
[columns]
month = "The first day of the month"
customer_id = "The customer; contract items of unknown customers together are (unattributed)"
before = "The MRR at the end of the month before: of the items that ran on its last day"
after = "The MRR at the end of this month; in the month of the project's date, on that day"
new = "MRR of a customer that pays for the first time"
expansion = "What a customer pays more than the month before"
contraction = "What a customer pays less than the month before"
churn = "What a customer paid that pays no more"
reactivation = "MRR of a customer that paid before, though not the month before"
first_month = "The first month in which the customer paid; NULL if it never did"
---*/
WITH months AS (
  SELECT customer_id, month AS changed, before, after, first_month, unnest(generate_series(month, last_month, INTERVAL '1 month')) AS month
  FROM mrr_steps
),
pairs AS (
  SELECT CAST(month AS DATE) AS month, customer_id, CASE WHEN month = changed THEN before ELSE after END AS before, after, first_month
  FROM months
)
-- before + new + expansion - contraction - churn + reactivation = after, on every row.
SELECT
  month, customer_id, before, after,
  CASE WHEN before <= 0 AND after > 0 AND month = first_month THEN after - before ELSE 0 END AS new,
  CASE WHEN after > before AND (before > 0 OR after <= 0) THEN after - before ELSE 0 END AS expansion,
  CASE WHEN after < before AND (before <= 0 OR after > 0) THEN before - after ELSE 0 END AS contraction,
  CASE WHEN before > 0 AND after <= 0 THEN before - after ELSE 0 END AS churn,
  CASE WHEN before <= 0 AND after > 0 AND month > first_month THEN after - before ELSE 0 END AS reactivation,
  first_month
FROM pairs
