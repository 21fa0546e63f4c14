/*---
title = "Segment profitability by month"
description = """
Revenue, service cost and customer success margin of each segment in each month. Shared service costs
reach the customers by handle minutes, month by month; a segment is the sum of its customers.
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
    SELECT date_trunc('month', posted_on) AS month, sum(amount) AS amount
    FROM costs
    WHERE customer_id IS NULL
      AND split_part(category, '.', 1) IN ('support', 'success')
      AND posted_on BETWEEN $from AND $to
    GROUP BY 1
),
-- Every amount once: what was sold, what a customer caused, and its share of what all share.
entries AS (
    SELECT date_trunc('month', posted_on) AS month, customer_id, amount AS revenue, NULL AS service_cost
    FROM revenue
    WHERE posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT date_trunc('month', posted_on), customer_id, NULL, amount
    FROM costs
    WHERE customer_id IS NOT NULL
      AND split_part(category, '.', 1) IN ('support', 'success')
      AND posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT
        m.month, m.customer_id, NULL,
        allocate(p.amount, m.handle_minutes) OVER (PARTITION BY m.month ORDER BY m.customer_id)
    FROM minutes m
    JOIN pools p ON p.month = m.month
)
SELECT
    CAST(e.month AS DATE)                                      AS month,
    coalesce(c.segment, '(unattributed)')                      AS segment,
    coalesce(sum(e.revenue), 0)                                AS revenue,
    coalesce(sum(e.service_cost), 0)                           AS service_cost,
    customer_success_margin(e.revenue, e.service_cost)         AS margin,
    customer_success_margin_pct(e.revenue, e.service_cost)     AS margin_pct
FROM entries e
LEFT JOIN customers c ON c.customer_id = e.customer_id
GROUP BY e.month, coalesce(c.segment, '(unattributed)')
ORDER BY month, segment;
