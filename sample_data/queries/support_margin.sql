/*---
title = "Support margin by month"
description = """
Does support pay for itself: maintenance contracts, service fees and other support charges, less salaries,
benefits, training and all other support costs.
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
revenue = "../parquet/revenue.parquet"
costs = "../parquet/costs.parquet"
interactions = "../parquet/interactions.parquet"

[[expect]]
that = "the months add to the support margin of the period"
sql = """
SELECT sum(margin) =
    (SELECT sum(amount) FROM revenue WHERE category LIKE 'support.%' AND posted_on BETWEEN $from AND $to)
  - (SELECT sum(amount) FROM costs WHERE category LIKE 'support.%' AND posted_on BETWEEN $from AND $to)
FROM result
"""
---*/
WITH entries AS (
    SELECT date_trunc('month', posted_on) AS month, amount AS support_revenue, NULL AS support_cost
    FROM revenue
    WHERE category LIKE 'support.%' AND posted_on BETWEEN $from AND $to
    UNION ALL
    SELECT date_trunc('month', posted_on), NULL, amount
    FROM costs
    WHERE category LIKE 'support.%' AND posted_on BETWEEN $from AND $to
),
margins AS (
    SELECT
        month,
        sum(support_revenue)                                   AS revenue,
        sum(support_cost)                                      AS cost,
        support_margin(support_revenue, support_cost)          AS margin,
        support_margin_pct(support_revenue, support_cost)      AS margin_pct
    FROM entries
    GROUP BY month
),
tickets AS (
    SELECT date_trunc('month', CAST(opened_at AS DATE)) AS month, count(DISTINCT interaction_id) AS tickets
    FROM interactions
    WHERE CAST(opened_at AS DATE) BETWEEN $from AND $to
    GROUP BY 1
)
SELECT
    CAST(m.month AS DATE)                      AS month,
    m.revenue,
    m.cost,
    m.margin,
    m.margin_pct,
    t.tickets,
    round(m.cost / nullif(t.tickets, 0), 2)    AS cost_per_ticket
FROM margins m
LEFT JOIN tickets t ON t.month = m.month
ORDER BY month;
