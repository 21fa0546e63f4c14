/*---
title = "Cost to serve by customer"
description = """
What one interaction and one dollar of revenue cost in service, for the customers that need most of it.
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
default = 25
description = "How many customers to list"

[tables]
customers = "../parquet/customers.parquet"
revenue = "../parquet/revenue.parquet"
costs = "../parquet/costs.parquet"
interactions = "../parquet/interactions.parquet"

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
totals AS (
    SELECT customer_id, sum(revenue) AS revenue, sum(service_cost) AS service_cost
    FROM entries
    GROUP BY customer_id
),
contacts AS (
    SELECT coalesce(customer_id, '(unattributed)') AS customer_id, count(*) AS interactions
    FROM interactions
    WHERE CAST(opened_at AS DATE) BETWEEN $from AND $to
    GROUP BY 1
)
SELECT
    t.customer_id,
    c.name,
    c.segment,
    n.interactions,
    m.handle_minutes,
    t.service_cost,
    round(t.service_cost / n.interactions, 2)                  AS cost_per_interaction,
    coalesce(t.revenue, 0)                                     AS revenue,
    -- Of customers without revenue there is no percentage.
    CASE WHEN t.revenue > 0 THEN round(100 * t.service_cost / t.revenue, 4) END AS cost_to_serve_pct
FROM totals t
LEFT JOIN customers c ON c.customer_id = t.customer_id
LEFT JOIN contacts n ON n.customer_id = t.customer_id
LEFT JOIN minutes m ON m.customer_id = t.customer_id
WHERE t.service_cost IS NOT NULL
ORDER BY t.service_cost DESC, t.customer_id
LIMIT $limit;
