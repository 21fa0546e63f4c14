/*---
title = "Support cost by handle minutes, to the cent"
description = """
Each month's shared support cost, divided among customers in proportion to the minutes spent on them.
The shares add to the pool exactly; minutes of unknown customers keep their share as (unattributed).
"""

[params.from]
type = "date"
default = "2025-01-01"
description = "First day of the period"

[params.to]
type = "date"
default = "2025-12-31"
description = "Last day of the period"

[tables]
costs = "../parquet/costs.parquet"
interactions = "../parquet/interactions.parquet"

[[expect]]
that = "the shares add to the pools exactly"
sql = """
SELECT sum(support_cost) = (
    SELECT sum(amount) FROM costs
    WHERE customer_id IS NULL AND category LIKE 'support.%' AND posted_on BETWEEN $from AND $to)
FROM result
"""

[[expect]]
that = "so they do in every month"
sql = """
SELECT bool_and(allocated = pool)
FROM (SELECT month, sum(support_cost) AS allocated, max(pool) AS pool FROM result GROUP BY month)
"""
---*/
WITH minutes AS (
    SELECT
        date_trunc('month', CAST(opened_at AS DATE))       AS month,
        coalesce(customer_id, '(unattributed)')            AS customer_id,
        sum(handle_minutes)                                AS handle_minutes
    FROM interactions
    WHERE CAST(opened_at AS DATE) BETWEEN $from AND $to
    GROUP BY 1, 2
),
pools AS (
    SELECT date_trunc('month', posted_on) AS month, sum(amount) AS pool
    FROM costs
    WHERE customer_id IS NULL AND category LIKE 'support.%' AND posted_on BETWEEN $from AND $to
    GROUP BY 1
)
SELECT
    CAST(m.month AS DATE) AS month,
    m.customer_id,
    m.handle_minutes,
    p.pool,
    -- Largest remainder: whole cents, and ties go to the lower customer_id.
    allocate(p.pool, m.handle_minutes) OVER (PARTITION BY m.month ORDER BY m.customer_id) AS support_cost
FROM minutes m
JOIN pools p ON p.month = m.month
ORDER BY month, support_cost DESC, m.customer_id;
