/*---
description = "Costs as given; an expense is positive. A row without a customer is a shared cost."
---*/
SELECT
    customer_key,
    posted_on,
    coalesce(category, $cost_category) AS category,
    CASE WHEN $cost_sign = 'negate' THEN -amount ELSE amount END AS amount,
    coalesce(currency, $currency) AS currency,
    account,
    department,
    document,
    source_file
FROM costs
