/*---
group = "report"
description = "One row per customer with a purchase: how many purchases, and how much revenue and margin, a model expects in the weeks ahead (BG/NBD for how often, gamma-gamma for how much). For customers that buy as they like, without a contract; it needs at least two that bought on more than one day. Everything is in weeks. Estimates, not exact amounts"
[columns]
customer_id = "The customer; what belongs to no customer is left out"
name = "The customer's name"
frequency = "The days on which it bought again: days with positive revenue, less one"
recency_weeks = "Weeks from its first day of purchase to its last"
age_weeks = "Weeks from its first day of purchase to the project's date"
mean_purchase = "Revenue of a day of purchase, the mean of all but the first; NULL if there is no other"
probability_alive = "The probability that it still is a customer; 1 for one that bought once, as the model cannot know"
horizon_weeks = "How many weeks the forecast covers: `[value] horizon_weeks`"
expected_purchases = "How many days of purchase are expected in these weeks"
expected_purchase = "What a purchase is expected to be, between the customer's own mean and that of all; NULL if the model has no mean"
expected_revenue = "expected_purchases × expected_purchase"
margin_pct = "Revenue less cogs and service cost, of all its past, in percent of the revenue; NULL if that is zero or negative"
expected_margin = "expected_revenue × margin_pct; NULL without it"
---*/
WITH
days AS (
  SELECT customer_id, posted_on, sum(amount) AS amount
  FROM revenue
  WHERE posted_on <= $as_of AND customer_id <> '(unattributed)'
  GROUP BY customer_id, posted_on
  HAVING sum(amount) > 0
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY posted_on) AS place FROM days
),
-- The first purchase made it a customer, and tells nothing of what comes after.
histories AS (
  SELECT
    customer_id, count(*) - 1 AS frequency,
    CAST(max(posted_on) - min(posted_on) AS DOUBLE) / 7 AS recency_weeks,
    CAST($as_of - min(posted_on) AS DOUBLE) / 7 AS age_weeks,
    avg(amount) FILTER (WHERE place > 1) AS mean_purchase
  FROM numbered
  GROUP BY customer_id
),
models AS (
  SELECT bgnbd_fit(frequency, recency_weeks, age_weeks) AS purchases, gamma_gamma_fit(frequency, coalesce(mean_purchase, 0)) AS amounts
  FROM histories
),
margins AS (
  SELECT customer_id, margin_pct(sum(revenue), sum(cogs) + sum(service_cost)) AS margin_pct
  FROM ledger
  WHERE posted_on <= $as_of
  GROUP BY customer_id
),
forecasts AS (
  SELECT
    histories.*,
    bgnbd_probability_alive(models.purchases, frequency, recency_weeks, age_weeks) AS probability_alive,
    bgnbd_expected_purchases(models.purchases, frequency, recency_weeks, age_weeks, $horizon_weeks) AS expected_purchases,
    gamma_gamma_expected_value(models.amounts, frequency, coalesce(mean_purchase, 0)) AS expected_purchase
  FROM histories
  CROSS JOIN models
)
SELECT
  forecasts.customer_id, customers.name, frequency, round(recency_weeks, 4) AS recency_weeks, round(age_weeks, 4) AS age_weeks,
  CAST(round(mean_purchase, 2) AS DECIMAL(38,2)) AS mean_purchase,
  round(probability_alive, 4) AS probability_alive, $horizon_weeks AS horizon_weeks, round(expected_purchases, 4) AS expected_purchases,
  CAST(round(expected_purchase, 2) AS DECIMAL(38,2)) AS expected_purchase,
  CAST(round(expected_purchases * expected_purchase, 2) AS DECIMAL(38,2)) AS expected_revenue,
  margins.margin_pct,
  CAST(round(CAST(expected_purchases * expected_purchase AS DECIMAL(38,6)) * margins.margin_pct / 100, 2) AS DECIMAL(38,2)) AS expected_margin
FROM forecasts
LEFT JOIN margins ON margins.customer_id = forecasts.customer_id
LEFT JOIN customers ON customers.customer_id = forecasts.customer_id
