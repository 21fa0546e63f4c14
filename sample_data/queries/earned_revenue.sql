/*---
title = "Earned revenue by month"
description = """
Contracts are invoiced for a month, a quarter or a year in advance, and earned day by day. What was invoiced
beside what was earned in each month, and what is still owed in service at its end.
"""

[tables]
revenue = "../parquet/revenue.parquet"

[[expect]]
that = "what is invoiced is earned completely"
sql = "SELECT sum(invoiced) = sum(earned) FROM result"

[[expect]]
that = "nothing is owed when all service has been given"
sql = "SELECT deferred = 0 FROM result ORDER BY month DESC LIMIT 1"
---*/
WITH contract_lines AS (
    SELECT posted_on, amount, service_from, service_to
    FROM revenue
    WHERE service_from IS NOT NULL
),
months AS (
    SELECT CAST(month AS DATE) AS month, CAST(month + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS last_day
    FROM (
        SELECT unnest(generate_series(first_month, last_day, INTERVAL '1 month')) AS month
        FROM (
            SELECT CAST(date_trunc('month', min(service_from)) AS DATE) AS first_month, max(service_to) AS last_day
            FROM contract_lines
        )
    )
),
-- An invoice meets a month once, with the part of it that falls into the month.
entries AS (
    SELECT CAST(date_trunc('month', posted_on) AS DATE) AS month, amount AS invoiced, NULL AS earned
    FROM contract_lines
    UNION ALL
    SELECT m.month, NULL, prorate(l.amount, l.service_from, l.service_to, m.month, m.last_day)
    FROM contract_lines l
    JOIN months m ON l.service_from <= m.last_day AND l.service_to >= m.month
),
totals AS (
    SELECT month, coalesce(sum(invoiced), 0) AS invoiced, sum(earned) AS earned
    FROM entries
    GROUP BY month
)
SELECT
    month,
    invoiced,
    earned,
    sum(invoiced - earned) OVER (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS deferred
FROM totals
ORDER BY month;
