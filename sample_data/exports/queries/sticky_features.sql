/*---
title = "Features whose users stay longer"
description = """
For each feature: of the customers that used it early on, how many still use the product at the end, beside the customers that used the
product early on without it. All are measured over the same days, so that those who were there longer have no advantage. It shows
what goes together, not what causes it.
"""

[params.from]
type = "date"
default = "2025-01-01"
description = "First day of the early period"

[params.to]
type = "date"
default = "2025-03-31"
description = "Last day of the early period"

[params.still_from]
type = "date"
default = "2025-10-01"
description = "Whoever uses the product on this day or later has stayed"

[[expect]]
that = "users of a feature and the others are all customers"
sql = "SELECT count(DISTINCT users + others) <= 1 FROM result"
---*/
WITH early AS (
    SELECT DISTINCT customer_id, feature
    FROM usage
    WHERE used_on BETWEEN $from AND $to AND customer_id <> '(unattributed)'
),
customers_seen AS (
    SELECT
        early.customer_id,
        max(CASE WHEN late.customer_id IS NOT NULL THEN 1 ELSE 0 END) AS stayed
    FROM (SELECT DISTINCT customer_id FROM early) AS early
    LEFT JOIN (SELECT DISTINCT customer_id FROM usage WHERE used_on >= $still_from) AS late ON late.customer_id = early.customer_id
    GROUP BY 1
),
pairs AS (
    SELECT
        features.feature, seen.stayed,
        early.customer_id IS NOT NULL AS is_user
    FROM (SELECT DISTINCT feature FROM early WHERE feature IS NOT NULL) AS features
    CROSS JOIN customers_seen AS seen
    LEFT JOIN early ON early.feature = features.feature AND early.customer_id = seen.customer_id
),
counts AS (
    SELECT
        feature,
        count(*) FILTER (WHERE is_user)                      AS users,
        coalesce(sum(stayed) FILTER (WHERE is_user), 0)      AS users_stayed,
        count(*) FILTER (WHERE NOT is_user)                  AS others,
        coalesce(sum(stayed) FILTER (WHERE NOT is_user), 0)  AS others_stayed
    FROM pairs
    GROUP BY feature
)
SELECT
    feature, users, users_stayed,
    round(100 * users_stayed / nullif(users, 0), 2)                AS users_stayed_pct,
    others, others_stayed,
    round(100 * others_stayed / nullif(others, 0), 2)              AS others_stayed_pct,
    round(100 * users_stayed / nullif(users, 0), 2) - round(100 * others_stayed / nullif(others, 0), 2) AS difference
FROM counts
ORDER BY difference DESC NULLS LAST, feature;
