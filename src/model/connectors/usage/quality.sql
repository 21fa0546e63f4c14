/*---
description = "What is doubtful in these exports, by name, with a count and an example. A check without rows is silent."
---*/
SELECT checks.check_name, checks.severity, 'usage' AS table_name, count(*) AS rows, min(checks.example) AS example
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
    SELECT 'users of your own firm, tests and features left out' AS check_name, 'info' AS severity, coalesce(usage.user_id, usage.email, usage.source_file) AS example
    FROM usage
    LEFT JOIN users ON users.user_id = usage.user_id
    WHERE lower(split_part(coalesce(usage.email, users.email, usage.user_id), '@', 2)) IN ($internal_domains)
        OR coalesce(usage.user_id, lower(usage.email)) IN ($excluded_users)
        OR lower(coalesce(usage.email, users.email)) IN ($excluded_users)
        OR usage.feature IN ($excluded_features)
) AS checks
GROUP BY checks.check_name, checks.severity
