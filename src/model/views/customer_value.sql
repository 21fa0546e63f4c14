/*---
group = "report"
description = "One row per customer with an entry in the ledger: what it has brought so far, and what it is worth if it goes on like the last twelve months. Exact amounts; `customer_value_forecast` has what a model of its purchases expects"
[columns]
customer_id = "The customer; what belongs to no customer is left out"
name = "The customer's name"
segment = "The customer's segment"
first_month = "The month of its first entry in the ledger"
historic_value = "The net margin of all months that are over on the project's date: revenue less all cost"
mrr = "Its monthly recurring revenue on the project's date; NULL without contract items"
months = "How many of the last twelve months that are over count: those since its first revenue"
monthly_margin = "Revenue less cogs and service cost of these months, a month"
churn_rate = "The part of the paying customers that leave in a month, over the last twelve months of all customers together"
simple_value = "monthly_margin / churn_rate; NULL for a customer without recurring revenue, and if nobody left"
discounted_value = "The same with later margins worth less, by `[value] discount_rate`; the first margin is a month ahead. NULL if nobody left and the rate is 0"
---*/
WITH
margins AS (
  SELECT
    customer_id, min(month) AS first_month, coalesce(min(month) FILTER (WHERE revenue > 0), min(month)) AS first_counted,
    sum(revenue) - sum(cogs) - sum(service_cost) - sum(acquisition_cost) - sum(overhead) AS historic_value,
    coalesce(sum(revenue - cogs - service_cost) FILTER (WHERE month >= date_trunc('month', $as_of + 1) - INTERVAL '12 months'), 0) AS year_margin
  FROM ledger
  -- Months that are over: what pools distribute is posted for a whole month, revenue is not.
  WHERE posted_on < date_trunc('month', $as_of + 1) AND customer_id NOT IN ('(unattributed)', '(unallocated)', '(idle)')
  GROUP BY customer_id
),
-- A ratio of sums: a month with many customers counts for more.
churn AS (
  SELECT
    CASE WHEN sum(opening_customers) > 0 THEN CAST(round(sum(lost_customers) / sum(opening_customers), 6) AS DECIMAL(38,6)) END AS churn_rate
  FROM retention
  -- The same months as those of the margins: who leaves later in this one has not left yet.
  WHERE month < date_trunc('month', $as_of + 1) AND month >= date_trunc('month', $as_of + 1) - INTERVAL '12 months'
),
recurring AS (
  SELECT customer_id, after AS mrr FROM mrr_steps WHERE last_month = date_trunc('month', $as_of)
),
monthly AS (
  SELECT
    margins.*, recurring.mrr, churn.churn_rate,
    least(12, CAST(
      12 * (date_part('year', $as_of + 1) - date_part('year', first_counted)) + date_part('month', $as_of + 1) - date_part('month', first_counted)
      AS BIGINT)) AS months
  FROM margins
  CROSS JOIN churn
  LEFT JOIN recurring ON recurring.customer_id = margins.customer_id
),
rates AS (
  SELECT
    *, CAST(round(year_margin / months, 4) AS DECIMAL(38,4)) AS monthly_margin,
    CAST(power(CAST(1 + $discount_rate AS DOUBLE), CAST(1 AS DOUBLE) / 12) - 1 AS DECIMAL(18,12)) AS monthly_rate
  FROM monthly
)
SELECT
  rates.customer_id, customers.name, customers.segment, first_month, historic_value, mrr, months, monthly_margin, churn_rate,
  CASE WHEN mrr > 0 THEN CAST(round(clv(monthly_margin, churn_rate), 2) AS DECIMAL(38,2)) END AS simple_value,
  -- Without churn and without a discount it has no end, and no value.
  CASE
    WHEN mrr > 0 AND (churn_rate > 0 OR monthly_rate > 0) THEN CAST(round(clv(monthly_margin, churn_rate, monthly_rate), 2) AS DECIMAL(38,2))
  END AS discounted_value
FROM rates
LEFT JOIN customers ON customers.customer_id = rates.customer_id
