/*---
title = "Costs without a customer"
description = """
How much of each category of cost carries its customer, and how much is shared and has to be allocated.
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

[[expect]]
that = "no cost is lost or doubled"
sql = """
SELECT sum(total) = (SELECT sum(amount) FROM costs WHERE posted_on BETWEEN $from AND $to)
FROM result
"""
---*/
SELECT
    category,
    sum(amount)                                                                    AS total,
    coalesce(sum(amount) FILTER (WHERE customer_id IS NOT NULL), 0)                AS direct,
    coalesce(sum(amount) FILTER (WHERE customer_id IS NULL), 0)                    AS shared,
    round(100 * coalesce(sum(amount) FILTER (WHERE customer_id IS NULL), 0)
        / nullif(sum(amount), 0), 4)                                               AS shared_pct
FROM costs
WHERE posted_on BETWEEN $from AND $to
GROUP BY category
ORDER BY shared DESC, category;
