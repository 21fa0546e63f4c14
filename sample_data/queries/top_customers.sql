/*---
title = "Largest customers by revenue"
description = """
The customers that bring in most, of the segments asked for, with the revenue of their support contracts.
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
default = 10
description = "How many customers to list"

[params.segments]
type = "text[]"
default = ["Enterprise", "Mid-Market", "SMB", "Startup", "Public Sector"]
description = "Which segments to look at"

[tables]
customers = "../parquet/customers.parquet"
revenue = "../parquet/revenue.parquet"

[[expect]]
that = "no more rows than asked for"
sql = """
SELECT count(*) <= $limit FROM result
"""

[[expect]]
that = "the list is in order"
sql = """
SELECT coalesce(bool_and(revenue <= previous), true)
FROM (SELECT revenue, lag(revenue) OVER (ORDER BY position) AS previous FROM result)
"""
---*/
WITH totals AS (
    SELECT
        customer_id,
        sum(amount)                                                                AS revenue,
        coalesce(sum(amount) FILTER (WHERE category LIKE 'support.%'), 0)          AS support_revenue
    FROM revenue
    WHERE posted_on BETWEEN $from AND $to
    GROUP BY customer_id
)
SELECT
    row_number() OVER (ORDER BY t.revenue DESC, c.customer_id) AS position,
    c.customer_id,
    c.name,
    c.segment,
    c.country,
    c.plan,
    t.revenue,
    t.support_revenue
FROM totals t
JOIN customers c ON c.customer_id = t.customer_id
WHERE c.segment IN ($segments)
ORDER BY position
LIMIT $limit;
