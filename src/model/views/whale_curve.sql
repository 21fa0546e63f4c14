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
peak_pct = "The highest point of the curve: the margins of all profitable customers in percent of the total, the same on every row"
---*/
WITH margins AS (
  SELECT customer_id, sum(net_margin) AS margin
  FROM customer_pnl
  WHERE month <= $as_of AND customer_id NOT IN ('(unattributed)', '(unallocated)', '(idle)')
  GROUP BY customer_id
)
SELECT
  row_number() OVER best AS place, customer_id, margin,
  sum(margin) OVER best AS cumulative_margin,
  whale_curve(margin) OVER (ORDER BY margin DESC, customer_id) AS cumulative_pct,
  CAST(round(100 * row_number() OVER best / count(*) OVER (), 4) AS DECIMAL(38,4)) AS customers_pct,
  whale_peak_pct(margin) OVER () AS peak_pct
FROM margins
WINDOW best AS (ORDER BY margin DESC, customer_id ROWS UNBOUNDED PRECEDING)
