/*---
group = "canonical"
description = "One row per contract item, in the reporting currency, by customer. A contract keeps the rate of its first day: a change of rates is no movement of recurring revenue"
[columns]
subscription_id = "The vendor's number of the contract item"
customer_id = "The customer, or (unattributed)"
plan = "The plan"
started_on = "The first day"
ended_on = "The last day, NULL while it runs"
mrr = "Monthly recurring revenue in the reporting currency, net of tax"
original_mrr = "The same in the currency of the contract"
original_currency = "The currency of the contract"
source = "The source of the project file"
---*/
SELECT
  items.subscription_id, coalesce(keys.customer_id, '(unattributed)') AS customer_id, items.plan, items.started_on, items.ended_on,
  items.mrr, items.mrr AS original_mrr, items.currency AS original_currency, items.source
FROM customer_keys AS keys
RIGHT JOIN all_subscriptions AS items ON keys.source = items.source AND keys.source_key = items.customer_key
WHERE items.currency = $reporting_currency
UNION ALL
SELECT
  items.subscription_id, coalesce(keys.customer_id, '(unattributed)'), items.plan, items.started_on, items.ended_on,
  converted(items.mrr, known_rate(rates.rate, items.currency, items.started_on)), items.mrr, items.currency, items.source
FROM customer_keys AS keys
RIGHT JOIN (
  fx_daily AS rates RIGHT JOIN all_subscriptions AS items ON rates.currency = items.currency AND rates.day = items.started_on
) ON keys.source = items.source AND keys.source_key = items.customer_key
WHERE items.currency <> $reporting_currency
