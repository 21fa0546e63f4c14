/*---
title = "Customers by what is left of everything"
description = """
The year of each customer, best first: revenue, margins of the ladder, tickets. Who could not be matched is one row.
"""

[params.limit]
type = "int"
default = 25
description = "How many customers to list"

[[expect]]
that = "no more rows than asked for"
sql = "SELECT count(*) <= $limit FROM result"
---*/
SELECT
    customer_id, name, segment,
    sum(revenue) AS revenue,
    sum(gross_margin) AS gross_margin,
    sum(customer_success_margin) AS customer_success_margin,
    sum(net_margin) AS net_margin,
    margin_pct(sum(revenue), sum(revenue) - sum(net_margin)) AS net_margin_pct,
    sum(tickets) AS tickets
FROM customer_pnl
GROUP BY customer_id, name, segment
ORDER BY net_margin DESC, customer_id
LIMIT $limit;
