/*---
group = "report"
description = "One row per cohort and age: the customers that first paid in the same month, and how many of them and how much of their recurring revenue is left after so many months. Ages that lie after the project's date are rows with NULL. What belongs to no customer is left out"
[columns]
cohort = "The first month in which these customers paid; one that left and came back stays in its first cohort"
age = "Months since then: 0 is the cohort's own month"
month = "The month of that age"
customers = "How many customers the cohort has"
initial_mrr = "Their MRR at the end of their first month"
active_customers = "How many of them pay at this age; NULL after the project's date"
mrr = "Their MRR at this age; NULL after the project's date"
logo_retention = "Active customers as a fraction of the cohort's"
revenue_retention = "MRR as a fraction of the initial one"
---*/
WITH
-- Sums of changes, so that no month without a change is ever a row of a customer.
flows AS (
  SELECT
    first_month AS cohort, month,
    sum(CASE WHEN month = first_month THEN after ELSE after - before END) AS mrr,
    sum(CASE WHEN after > 0 AND (before <= 0 OR month = first_month) THEN 1 WHEN after <= 0 AND before > 0 THEN -1 ELSE 0 END) AS customers
  FROM mrr_steps
  WHERE month >= first_month AND customer_id <> '(unattributed)'
  GROUP BY first_month, month
),
ages AS (
  SELECT unnest(range(0, 1 + CAST(
    12 * (date_part('year', $as_of) - date_part('year', min(cohort))) + date_part('month', $as_of) - date_part('month', min(cohort)) AS BIGINT))) AS age
  FROM flows
),
cells AS (
  SELECT
    firsts.cohort, ages.age, firsts.customers, firsts.mrr AS initial_mrr,
    CAST(firsts.cohort + CAST(concat(ages.age, ' months') AS INTERVAL) AS DATE) AS month
  FROM flows AS firsts
  CROSS JOIN ages
  WHERE firsts.month = firsts.cohort
),
totals AS (
  SELECT
    cells.*,
    CASE WHEN cells.month <= $as_of THEN sum(coalesce(flows.customers, 0)) OVER so_far END AS active_customers,
    CASE WHEN cells.month <= $as_of THEN sum(coalesce(flows.mrr, 0)) OVER so_far END AS mrr
  FROM cells
  LEFT JOIN flows ON flows.cohort = cells.cohort AND flows.month = cells.month
  WINDOW so_far AS (PARTITION BY cells.cohort ORDER BY cells.age ROWS UNBOUNDED PRECEDING)
)
SELECT
  cohort, age, month, CAST(customers AS BIGINT) AS customers, initial_mrr, CAST(active_customers AS BIGINT) AS active_customers, mrr,
  CAST(round(active_customers / customers, 6) AS DECIMAL(38,6)) AS logo_retention,
  CAST(round(mrr / initial_mrr, 6) AS DECIMAL(38,6)) AS revenue_retention
FROM totals
