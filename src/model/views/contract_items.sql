/*---
description = "The contract items with their monthly recurring revenue at one rate: in a foreign currency all items of a customer keep the rate of its first one, so that a renewal at the same price is no movement"
[columns]
customer_id = "The customer, or (unattributed)"
started_on = "The first day of the item"
ended_on = "The last day; NULL while it runs"
mrr = "The monthly recurring revenue in the reporting currency"
---*/
SELECT customer_id, started_on, ended_on, mrr
FROM subscriptions
WHERE original_currency = $reporting_currency
UNION ALL
SELECT
  items.customer_id, items.started_on, items.ended_on,
  converted(items.original_mrr, known_rate(rates.rate, items.original_currency, items.first_day))
FROM fx_daily AS rates
RIGHT JOIN (
  -- What nobody could match is many customers, of whom none has a first item.
  SELECT
    *, min(started_on) OVER (
      PARTITION BY customer_id, original_currency, CASE WHEN customer_id = '(unattributed)' THEN subscription_id END) AS first_day
  FROM subscriptions
  WHERE original_currency <> $reporting_currency
) AS items ON rates.currency = items.original_currency AND rates.day = items.first_day
