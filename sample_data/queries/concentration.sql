/*---
title = "Revenue concentration"
description = """
How much of the revenue hangs on few customers. The shares add to exactly 100.
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

[[expect]]
that = "the shares add to exactly 100"
sql = """
SELECT sum(share_pct) = 100 FROM result
"""

[[expect]]
that = "no revenue is lost or doubled"
sql = """
SELECT sum(revenue) = (SELECT sum(amount) FROM revenue WHERE posted_on BETWEEN $from AND $to)
FROM result
"""
---*/
WITH totals AS (
    SELECT coalesce(customer_id, '(unattributed)') AS customer_id, sum(amount) AS revenue
    FROM revenue
    WHERE posted_on BETWEEN $from AND $to
    GROUP BY 1
),
shares AS (
    SELECT
        customer_id,
        revenue,
        row_number() OVER (ORDER BY revenue DESC, customer_id)         AS position,
        pct_of_total(revenue) OVER (ORDER BY revenue DESC, customer_id) AS share_pct
    FROM totals
)
SELECT
    s.position,
    s.customer_id,
    c.name,
    s.revenue,
    s.share_pct,
    sum(s.share_pct) OVER (ORDER BY s.position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS cumulative_pct
FROM shares s
LEFT JOIN customers c ON c.customer_id = s.customer_id
ORDER BY s.position;
