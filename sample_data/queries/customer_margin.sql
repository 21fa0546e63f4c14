/*---
title = "Customer success margin by customer"
description = """
What each customer brought in, less what it cost to serve: its own service costs and its share of the
shared ones, by handle minutes. Customers without revenue have a margin, but no percentage.
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
customers = "../parquet/customers.parquet"
revenue = "../parquet/revenue.parquet"
costs = "../parquet/costs.parquet"
interactions = "../parquet/interactions.parquet"

[[expect]]
that = "no revenue is lost or doubled"
sql = """
SELECT sum(revenue) = (SELECT sum(amount) FROM revenue WHERE posted_on BETWEEN $from AND $to)
FROM result
"""

[[expect]]
that = "no service cost is lost or doubled"
sql = """
SELECT sum(service_cost) = (
    SELECT sum(amount) FROM costs
    WHERE split_part(category, '.', 1) IN ('support', 'success') AND posted_on BETWEEN $from AND $to)
FROM result
"""
---*/
-- Every amount once: what was sold, what a customer caused, and its share of what all share.
WITH minutes AS (
    SELECT coalesce(customer_id, '(unattributed)') AS customer_id, sum(handle_minutes) AS handle_minutes
    FROM interactions
    WHERE CAST(opened_at AS DATE) BETWEEN $from AND $to
    GROUP BY 1
),
pool AS (
    SELECT sum(amount) AS amount
    FROM costs
    WHERE customer_id IS NULL
      AND split_part(category, '.', 1) IN ('support', 'success')
      AND posted_on BETWEEN $from AND $to
),
entries AS (
    SELECT coalesce(customer_id, '(unattributed)') AS customer_id, amount AS revenue, NULL AS service_cost
    FROM revenue
    WHERE posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT customer_id, NULL, amount
    FROM costs
    WHERE customer_id IS NOT NULL
      AND split_part(category, '.', 1) IN ('support', 'success')
      AND posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT customer_id, NULL, allocate(pool.amount, handle_minutes) OVER (ORDER BY customer_id)
    FROM minutes CROSS JOIN pool
)
SELECT
    e.customer_id,
    c.name,
    c.segment,
    coalesce(sum(e.revenue), 0)                                AS revenue,
    coalesce(sum(e.service_cost), 0)                           AS service_cost,
    customer_success_margin(e.revenue, e.service_cost)         AS margin,
    customer_success_margin_pct(e.revenue, e.service_cost)     AS margin_pct
FROM entries e
LEFT JOIN customers c ON c.customer_id = e.customer_id
GROUP BY e.customer_id, c.name, c.segment
ORDER BY margin DESC, e.customer_id;
