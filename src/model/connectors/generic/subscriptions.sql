/*---
description = "Contract items as given, by month and net of tax."
---*/
SELECT subscription_id, customer_key, plan, started_on, ended_on, mrr, coalesce(currency, $currency) AS currency
FROM subscriptions
