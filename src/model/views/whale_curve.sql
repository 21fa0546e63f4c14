/*---
group = "report"
description = "One row per customer, the most profitable first, over all months: how much of the profit the best customers make, and how much the others lose again"
[columns]
place = "1 for the most profitable customer; equal margins by customer_id"
customer_id = "The customer; what belongs to no customer is left out"
margin = "The net margin over all months"
cumulative_margin = "The margins of this customer and all before it"
cumulative_pct = "The same in percent of the total; NULL if the total is zero or negative"
customers_pct = "The customers so far in percent of all"
---*/
WITH margins AS (
  SELECT customer_id, sum(net_margin) AS margin
  FROM customer_pnl
  WHERE customer_id NOT IN ('(unattributed)', '(unallocated)', '(idle)')
  GROUP BY customer_id
),
cumulated AS (
  SELECT
    customer_id, margin,
    row_number() OVER (ORDER BY margin DESC, customer_id) AS place,
    sum(margin) OVER (ORDER BY margin DESC, customer_id ROWS UNBOUNDED PRECEDING) AS cumulative_margin,
    sum(margin) OVER () AS total,
    count(*) OVER () AS customers
  FROM margins
)
SELECT
  place, customer_id, margin, cumulative_margin,
  CASE WHEN total > 0 THEN CAST(round(100 * cumulative_margin / total, 4) AS DECIMAL(38,4)) END AS cumulative_pct,
  CAST(round(100 * place / customers, 4) AS DECIMAL(38,4)) AS customers_pct
FROM cumulated
