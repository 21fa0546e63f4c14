/*---
description = "What is doubtful in these files, by name, with a count and an example. A check without rows is silent."
---*/
SELECT checks.check_name, checks.severity, checks.table_name, count(*) AS rows, min(checks.example) AS example
FROM (
    SELECT 'rows without a category' AS check_name, 'warning' AS severity, 'revenue' AS table_name, coalesce(document, customer_key, source_file) AS example
    FROM revenue
    WHERE category IS NULL
    UNION ALL
    SELECT 'rows without a category' AS check_name, 'warning' AS severity, 'costs' AS table_name, coalesce(document, account, source_file) AS example
    FROM costs
    WHERE category IS NULL
    UNION ALL
    SELECT 'positive amounts of credit documents' AS check_name, 'warning' AS severity, 'revenue' AS table_name, coalesce(document, customer_key, source_file) AS example
    FROM revenue_lines
    WHERE $credit_sign = 'as_is' AND amount > 0 AND is_credit
    UNION ALL
    SELECT 'document types that may be credits: name them in `credit_types`' AS check_name, 'warning' AS severity, 'revenue' AS table_name, document_type AS example
    FROM revenue_lines
    WHERE $credit_sign = 'negate' AND amount > 0 AND NOT is_credit AND lower(document_type) LIKE '%credit%' AND lower(document_type) NOT LIKE '%card%'
    UNION ALL
    SELECT 'service periods that end before they start' AS check_name, 'error' AS severity, 'revenue' AS table_name, coalesce(document, customer_key, source_file) AS example
    FROM revenue
    WHERE service_to < service_from
    UNION ALL
    SELECT 'shares of one interaction that do not add up to 1' AS check_name, 'error' AS severity, 'interactions' AS table_name, interaction_id AS example
    FROM interactions
    WHERE share IS NOT NULL
    GROUP BY interaction_id
    HAVING abs(sum(share) - 1) > 0.00001
    UNION ALL
    SELECT 'interactions closed before they were opened' AS check_name, 'warning' AS severity, 'interactions' AS table_name, interaction_id AS example
    FROM interactions
    WHERE closed_at < opened_at
    UNION ALL
    SELECT 'negative minutes' AS check_name, 'error' AS severity, 'interactions' AS table_name, interaction_id AS example
    FROM interactions
    WHERE handle_minutes < 0
    UNION ALL
    SELECT 'answers off their scale' AS check_name, 'error' AS severity, 'surveys' AS table_name, coalesce(respondent, customer_key, source_file) AS example
    FROM surveys
    WHERE score < 0 OR score > coalesce(scale_max, CASE lower(kind) WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 WHEN 'csat' THEN 5 END)
    UNION ALL
    SELECT 'kinds of survey that are not nps, csat or ces' AS check_name, 'warning' AS severity, 'surveys' AS table_name, kind AS example
    FROM surveys
    WHERE lower(kind) NOT IN ('nps', 'csat', 'ces')
    UNION ALL
    SELECT 'subscriptions that end before they start' AS check_name, 'error' AS severity, 'subscriptions' AS table_name, subscription_id AS example
    FROM subscriptions
    WHERE ended_on < started_on
    UNION ALL
    SELECT 'rates that are zero or negative, or for no units' AS check_name, 'error' AS severity, 'fx_rates' AS table_name, currency AS example
    FROM fx_rates
    WHERE rate <= 0 OR units <= 0
) AS checks
GROUP BY checks.check_name, checks.severity, checks.table_name
