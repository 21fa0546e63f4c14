/*---
description = "What is doubtful in these exports, by name, with a count and an example. A check without rows is silent."
---*/
SELECT checks.check_name, checks.severity, 'events' AS table_name, count(*) AS rows, min(checks.example) AS example
FROM (
    SELECT 'events without a date, left out' AS check_name, 'error' AS severity, coalesce(user_id, customer_key, source_file) AS example
    FROM event_accounts
    WHERE used_on IS NULL
    UNION ALL
    SELECT 'events without a customer' AS check_name, 'warning' AS severity, coalesce(user_id, source_file) AS example
    FROM event_accounts
    WHERE customer_key IS NULL
    UNION ALL
    SELECT 'events that are counted less than zero times' AS check_name, 'warning' AS severity, coalesce(user_id, source_file) AS example
    FROM event_accounts
    WHERE events < 0
    UNION ALL
    SELECT 'users of your own firm, tests and features left out' AS check_name, 'info' AS severity, coalesce(events.user_id, events.email, events.source_file) AS example
    FROM events
    LEFT JOIN users ON users.user_id = events.user_id
    WHERE lower(split_part(coalesce(events.email, users.email, events.user_id), '@', 2)) IN ($internal_domains)
        OR coalesce(events.user_id, lower(events.email)) IN ($excluded_users)
        OR lower(coalesce(events.email, users.email)) IN ($excluded_users)
        OR events.feature IN ($excluded_features)
) AS checks
GROUP BY checks.check_name, checks.severity
