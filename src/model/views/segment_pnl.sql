/*---
group = "report"
description = "One row per segment and month: sums of its customers, margins, and shares of the month"
[columns]
segment = "The segment; (no segment) for customers without one, and (unattributed), (unallocated), (idle) for themselves"
month = "The first day of the month"
customers = "How many customers have an entry or took work in the month"
revenue = "All revenue"
support_revenue = "The part of it that is support"
cogs = "Cost of goods sold"
service_cost = "Cost of serving the customers"
support_cost = "Cost of the category support; as a rule it is part of `service_cost`"
acquisition_cost = "Cost of winning customers"
overhead = "All other cost"
customer_success_margin = "Revenue less service cost"
customer_success_margin_pct = "The same in percent of the revenue"
contribution_margin = "Revenue less cogs and service cost"
contribution_margin_pct = "The same in percent of the revenue"
net_margin = "Revenue less all cost"
net_margin_pct = "The same in percent of the revenue"
pct_reason = "Why these percentages are NULL: zero_revenue or negative_revenue"
revenue_share_pct = "The revenue in percent of the month's; adds to exactly 100"
service_cost_share_pct = "The service cost in percent of the month's; adds to exactly 100"
handle_minutes = "The minutes of work of interactions that began in the month"
tickets = "How many interactions began in the month"
---*/
WITH sums AS (
  SELECT
    CASE WHEN customer_id IN ('(unattributed)', '(unallocated)', '(idle)') THEN customer_id ELSE coalesce(segment, '(no segment)') END AS segment,
    month, count(*) AS customers, sum(revenue) AS revenue, sum(support_revenue) AS support_revenue, sum(cogs) AS cogs,
    sum(service_cost) AS service_cost, sum(support_cost) AS support_cost, sum(acquisition_cost) AS acquisition_cost, sum(overhead) AS overhead,
    sum(handle_minutes) AS handle_minutes, sum(tickets) AS tickets
  FROM customer_pnl
  GROUP BY
    CASE WHEN customer_id IN ('(unattributed)', '(unallocated)', '(idle)') THEN customer_id ELSE coalesce(segment, '(no segment)') END,
    month
)
SELECT
  segment, month, customers, revenue, support_revenue, cogs, service_cost, support_cost, acquisition_cost, overhead,
  revenue - service_cost AS customer_success_margin,
  margin_pct(revenue, service_cost) AS customer_success_margin_pct,
  revenue - cogs - service_cost AS contribution_margin,
  margin_pct(revenue, cogs + service_cost) AS contribution_margin_pct,
  revenue - cogs - service_cost - acquisition_cost - overhead AS net_margin,
  margin_pct(revenue, cogs + service_cost + acquisition_cost + overhead) AS net_margin_pct,
  CASE WHEN revenue = 0 THEN 'zero_revenue' WHEN revenue < 0 THEN 'negative_revenue' END AS pct_reason,
  pct_of_total(revenue) OVER (PARTITION BY month ORDER BY segment) AS revenue_share_pct,
  pct_of_total(service_cost) OVER (PARTITION BY month ORDER BY segment) AS service_cost_share_pct,
  handle_minutes, tickets
FROM sums
