/*---
title = "Margins by month"
description = """
The whole company, month by month, from the ledger: every amount counts once, so the sums are the books'.
"""

[[expect]]
that = "no revenue is lost or doubled"
sql = "SELECT sum(revenue) = (SELECT sum(amount) FROM revenue) FROM result"

[[expect]]
that = "no cost is lost or doubled"
sql = "SELECT sum(service_cost + other_cost) = (SELECT sum(amount) FROM costs) FROM result"
---*/
SELECT
    month,
    sum(revenue) AS revenue,
    sum(service_cost) AS service_cost,
    sum(acquisition_cost) + sum(cogs) + sum(overhead) AS other_cost,
    customer_success_margin(revenue, service_cost) AS margin,
    customer_success_margin_pct(revenue, service_cost) AS margin_pct
FROM ledger
GROUP BY month
ORDER BY month;
