/*---
title = "Whale curve"
description = """
Customers from the most to the least profitable, with the profit of all customers so far as a percentage of
the total. It rises above 100 % and falls back to it: the drop is what unprofitable customers take away.
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
that = "the curve ends at the whole profit"
sql = """
SELECT cumulative_pct = 100 FROM result ORDER BY position DESC LIMIT 1
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
profits AS (
    SELECT customer_id, customer_success_margin(revenue, service_cost) AS profit
    FROM entries
    GROUP BY customer_id
),
curve AS (
    SELECT
        row_number() OVER best                                 AS position,
        customer_id,
        profit,
        sum(profit) OVER best                                  AS cumulative_profit,
        sum(profit) OVER ()                                    AS total_profit
    FROM profits
    WINDOW best AS (ORDER BY profit DESC, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT
    position,
    customer_id,
    profit,
    cumulative_profit,
    round(100 * cumulative_profit / nullif(total_profit, 0), 4) AS cumulative_pct
FROM curve
ORDER BY position;
