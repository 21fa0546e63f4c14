/*---
description = "One row per customer and month in which its monthly recurring revenue changes, up to the project's date: a step on the way to `mrr_movements` and `cohorts`"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month in which it changes"
before = "The MRR at the end of the month before"
after = "The MRR at the end of this month, and of those that follow up to `last_month`"
last_month = "The last month with this MRR: the one before the next change, or that of the project's date"
first_month = "The first month in which the customer paid; NULL if it never did"
---*/
WITH
-- An item counts in a month if it runs on the last day of it, and in the month of the project's date if it runs on that day.
items AS (
  SELECT
    customer_id, mrr, CAST(date_trunc('month', started_on) AS DATE) AS first_counted,
    CASE WHEN ended_on < $as_of THEN CAST(date_trunc('month', ended_on + 1) AS DATE) END AS first_not_counted
  FROM contract_items
  WHERE started_on <= $as_of AND (ended_on IS NULL OR ended_on >= started_on)
),
changes AS (
  SELECT customer_id, unnest(make_array(first_counted, first_not_counted)) AS month, unnest(make_array(mrr, -mrr)) AS change
  FROM items
),
-- A renewal that follows without a gap at the same price is no change.
levels AS (
  SELECT
    customer_id, month, sum(change) AS change,
    sum(sum(change)) OVER (PARTITION BY customer_id ORDER BY month ROWS UNBOUNDED PRECEDING) AS after,
    lead(month) OVER (PARTITION BY customer_id ORDER BY month) AS next_month
  FROM changes
  WHERE month IS NOT NULL
  GROUP BY customer_id, month
  HAVING sum(change) <> 0
)
SELECT
  customer_id, month, after - change AS before, after,
  CAST(coalesce(next_month - INTERVAL '1 month', date_trunc('month', $as_of)) AS DATE) AS last_month,
  min(month) FILTER (WHERE after > 0) OVER (PARTITION BY customer_id) AS first_month
FROM levels
