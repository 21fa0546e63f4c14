/*---
description = "One row per customer and month: how much support it took, in the months in which interactions began"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month"
interactions = "How many interactions, shared ones in part"
handle_minutes = "The minutes of work that are known"
---*/
SELECT
  customer_id, CAST(date_trunc('month', local_date(opened_at, $time_zone)) AS DATE) AS month,
  CAST(sum(share) AS DECIMAL(38,6)) AS interactions,
  CAST(coalesce(sum(handle_minutes) FILTER (WHERE handle_minutes > 0), 0) AS DECIMAL(38,6)) AS handle_minutes
FROM interactions
WHERE opened_at IS NOT NULL
GROUP BY customer_id, CAST(date_trunc('month', local_date(opened_at, $time_zone)) AS DATE)
