/*---
group = "report"
description = "One row per month and feature of the product: how many of the users and customers that were active in the month used it"
[columns]
month = "The first day of the month; the month of the project's date counts up to that day"
feature = "The feature"
users = "Different users of the feature"
active_users = "Different users of any feature"
user_adoption = "users / active_users as a fraction"
customers = "Different customers that used the feature; those that could not be matched are left out"
active_customers = "Different customers that used any feature"
customer_adoption = "customers / active_customers as a fraction; NULL if no customer is known"
events = "How often the feature was used"
---*/
WITH
uses AS (
  SELECT CAST(date_trunc('month', used_on) AS DATE) AS month, feature, customer_id, user_id, sum(events) AS events
  FROM usage
  WHERE used_on <= $as_of
  GROUP BY CAST(date_trunc('month', used_on) AS DATE), feature, customer_id, user_id
),
-- Two customers may have users of the same name.
active AS (
  SELECT
    month, count(*) FILTER (WHERE user_id IS NOT NULL) AS users,
    count(DISTINCT customer_id) FILTER (WHERE customer_id <> '(unattributed)') AS customers
  FROM (SELECT DISTINCT month, customer_id, user_id FROM uses) AS people
  GROUP BY month
),
features AS (
  SELECT
    month, feature, count(*) FILTER (WHERE user_id IS NOT NULL) AS users,
    count(DISTINCT customer_id) FILTER (WHERE customer_id <> '(unattributed)') AS customers, sum(events) AS events
  FROM uses
  WHERE feature IS NOT NULL
  GROUP BY month, feature
)
SELECT
  features.month, features.feature, features.users, active.users AS active_users,
  CAST(round(features.users / nullif(active.users, 0), 6) AS DECIMAL(38,6)) AS user_adoption,
  features.customers, active.customers AS active_customers,
  CAST(round(features.customers / nullif(active.customers, 0), 6) AS DECIMAL(38,6)) AS customer_adoption,
  CAST(features.events AS BIGINT) AS events
FROM features
JOIN active ON active.month = features.month
