/*---
group = "report"
description = "One row per customer and month, from the customer's first use to the project's date: how many users, how often, and how much of the product. Months without use are rows. Users belong to one customer, so dau, wau, mau, user_days and events may be added over customers; ratios may not"
[columns]
customer_id = "The customer, or (unattributed)"
month = "The first day of the month; the month of the project's date counts up to that day"
days = "The days of the month that count"
user_days = "Users by day, added over all days"
dau = "Daily active users: user_days / days, so that days without use count as zero"
wau = "Weekly active users: different users in the last 7 days that count"
mau = "Monthly active users: different users in the month"
stickiness = "dau / mau as a fraction; NULL without a user"
weekly_stickiness = "wau / mau as a fraction; NULL without a user"
features_used = "How many different features the customer used"
features_available = "How many different features any customer used in the month"
breadth = "features_used / features_available as a fraction; NULL if no customer used any"
events = "How often, over all users and features"
---*/
WITH
-- The day of the last use tells who was there in the last week.
active AS (
  SELECT
    customer_id, month,
    sum(days) FILTER (WHERE user_id IS NOT NULL) AS user_days,
    count(user_id) FILTER (WHERE last_used_on > least(CAST(month + INTERVAL '1 month' AS DATE) - 1, $as_of) - 7) AS wau,
    count(user_id) AS mau,
    sum(events) AS events
  FROM usage_user_months
  GROUP BY customer_id, month
),
features AS (
  SELECT customer_id, month, count(*) AS features FROM usage_feature_months GROUP BY customer_id, month
),
available AS (
  SELECT month, count(DISTINCT feature) AS features FROM usage_feature_months GROUP BY month
),
months AS (
  SELECT customer_id, CAST(unnest(generate_series(min(month), CAST(date_trunc('month', $as_of) AS DATE), INTERVAL '1 month')) AS DATE) AS month
  FROM usage_user_months
  GROUP BY customer_id
),
counts AS (
  SELECT
    months.customer_id, months.month,
    least(CAST(months.month + INTERVAL '1 month' AS DATE) - 1, $as_of) - months.month + 1 AS days,
    coalesce(active.user_days, 0) AS user_days, coalesce(active.wau, 0) AS wau, coalesce(active.mau, 0) AS mau,
    coalesce(features.features, 0) AS features_used, coalesce(available.features, 0) AS features_available,
    coalesce(active.events, 0) AS events
  FROM months
  LEFT JOIN active ON active.customer_id = months.customer_id AND active.month = months.month
  LEFT JOIN features ON features.customer_id = months.customer_id AND features.month = months.month
  LEFT JOIN available ON available.month = months.month
)
SELECT
  customer_id, month, days, CAST(user_days AS BIGINT) AS user_days,
  CAST(round(user_days / days, 4) AS DECIMAL(38,4)) AS dau,
  wau, mau,
  CAST(round(user_days / nullif(days * mau, 0), 6) AS DECIMAL(38,6)) AS stickiness,
  CAST(round(wau / nullif(mau, 0), 6) AS DECIMAL(38,6)) AS weekly_stickiness,
  features_used, features_available,
  CAST(round(features_used / nullif(features_available, 0), 6) AS DECIMAL(38,6)) AS breadth,
  CAST(events AS BIGINT) AS events
FROM counts
