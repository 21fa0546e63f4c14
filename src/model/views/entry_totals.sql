/*---
kept = true
description = "The money of every source in one pass: by table, customer number, category, currency, and by day where the currency is a foreign one"
[columns]
source = "The source of the project file"
table_name = "The canonical table: revenue, costs or subscriptions"
customer_key = "The customer number; NULL for rows without one"
category = "The category; NULL in subscriptions"
currency = "The currency of the amounts"
day = "The day, in currencies other than that of the reports; else NULL"
rows = "How many rows"
amount = "The money in these rows, in their currency"
---*/
SELECT
  source, 'revenue' AS table_name, customer_key, category, currency, CASE WHEN currency <> $reporting_currency THEN posted_on END AS day,
  count(*) AS rows, sum(amount) AS amount
FROM all_revenue
GROUP BY source, customer_key, category, currency, CASE WHEN currency <> $reporting_currency THEN posted_on END
UNION ALL
SELECT
  source, 'costs', customer_key, category, currency, CASE WHEN currency <> $reporting_currency THEN posted_on END, count(*), sum(amount)
FROM all_costs
GROUP BY source, customer_key, category, currency, CASE WHEN currency <> $reporting_currency THEN posted_on END
UNION ALL
SELECT
  source, 'subscriptions', customer_key, NULL, currency, CASE WHEN currency <> $reporting_currency THEN started_on END, count(*), sum(mrr)
FROM all_subscriptions
GROUP BY source, customer_key, currency, CASE WHEN currency <> $reporting_currency THEN started_on END
