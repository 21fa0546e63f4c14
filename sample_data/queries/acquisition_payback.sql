/*---
title = "Acquisition cost and payback by channel"
description = """
What it cost to win the period's new customers, and how many months of their margin pay for it. The shared
cost of marketing and sales is divided by head; commissions belong to the customer that was won.
"""

[params.from]
type = "date"
default = "2025-01-01"
description = "First day of the period"

[params.to]
type = "date"
default = "2025-12-31"
description = "Last day of the period"

[params.margin_pct]
type = "decimal"
default = "70"
description = "What is left of recurring revenue after the cost of goods and service, in percent"

[tables]
customers = "../parquet/customers.parquet"
costs = "../parquet/costs.parquet"
subscriptions = "../parquet/subscriptions.parquet"

[[expect]]
that = "the acquisition cost is divided completely"
sql = """
SELECT sum(acquisition_cost) = (
    SELECT sum(amount) FROM costs WHERE category LIKE 'acquisition.%' AND posted_on BETWEEN $from AND $to)
FROM result
"""
---*/
WITH new_customers AS (
    SELECT customer_id, acquisition_channel AS channel
    FROM customers
    WHERE acquired_on BETWEEN $from AND $to AND plan <> 'Trial'
),
pool AS (
    SELECT sum(amount) AS amount
    FROM costs
    WHERE customer_id IS NULL AND category LIKE 'acquisition.%' AND posted_on BETWEEN $from AND $to
),
-- Every amount once, with the customer that it was spent on or that it comes from.
entries AS (
    SELECT customer_id, amount AS acquisition_cost, NULL AS new_mrr
    FROM costs
    WHERE customer_id IS NOT NULL AND category LIKE 'acquisition.%' AND posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT n.customer_id, allocate(pool.amount, 1) OVER (ORDER BY n.customer_id), NULL
    FROM new_customers n CROSS JOIN pool
    UNION ALL
    SELECT s.customer_id, NULL, s.mrr
    FROM subscriptions s
    JOIN customers c ON c.customer_id = s.customer_id AND c.acquired_on = s.started_on
    WHERE s.started_on BETWEEN $from AND $to
)
SELECT
    n.channel,
    count(DISTINCT n.customer_id)                                                  AS new_customers,
    sum(e.acquisition_cost)                                                        AS acquisition_cost,
    round(sum(e.acquisition_cost) / count(DISTINCT n.customer_id), 2)              AS cost_per_customer,
    sum(e.new_mrr)                                                                 AS new_mrr,
    round(sum(e.acquisition_cost) / nullif(sum(e.new_mrr) * $margin_pct / 100, 0), 1) AS payback_months
FROM entries e
JOIN new_customers n ON n.customer_id = e.customer_id
GROUP BY n.channel
ORDER BY payback_months, n.channel;
