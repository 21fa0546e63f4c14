/*---
title = "Customers that cost more than they bring"
description = """
The customers with a negative customer success margin, worst first, and what they ask for most.
"""

[params.from]
type = "date"
default = "2025-01-01"
description = "First day of the period"

[params.to]
type = "date"
default = "2025-12-31"
description = "Last day of the period"

[params.limit]
type = "int"
default = 20
description = "How many customers to list"

[tables]
customers = "../parquet/customers.parquet"
revenue = "../parquet/revenue.parquet"
costs = "../parquet/costs.parquet"
interactions = "../parquet/interactions.parquet"

[[expect]]
that = "every customer listed loses money"
sql = """
SELECT coalesce(bool_and(margin < 0), true) FROM result
"""

[[expect]]
that = "no more rows than asked for"
sql = """
SELECT count(*) <= $limit FROM result
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
),
results AS (
    SELECT
        customer_id,
        coalesce(sum(revenue), 0)                          AS revenue,
        coalesce(sum(service_cost), 0)                     AS service_cost,
        customer_success_margin(revenue, service_cost)     AS margin
    FROM entries
    GROUP BY customer_id
)
SELECT r.customer_id, c.name, c.segment, c.plan, r.revenue, r.service_cost, m.handle_minutes, r.margin
FROM results r
LEFT JOIN customers c ON c.customer_id = r.customer_id
LEFT JOIN minutes m ON m.customer_id = r.customer_id
WHERE r.margin < 0
ORDER BY r.margin, r.customer_id
LIMIT $limit;
