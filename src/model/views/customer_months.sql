/*---
kept = true
description = "One row per customer and month: revenue by kind, cost by kind, and work; `customer_pnl` without names and margins"
[columns]
customer_id = "The customer, or (unattributed), (unallocated), (idle)"
month = "The first day of the month"
revenue = "All revenue"
subscription_revenue = "Revenue of the category subscription"
product_revenue = "Revenue of the category product"
upsell_revenue = "Revenue of the category upsell"
services_revenue = "Revenue of the category services"
support_revenue = "Revenue of the category support"
other_revenue = "Revenue of any other category"
cogs = "Cost of goods sold"
service_cost = "Cost of serving the customer: the categories that `[margins] service` names"
support_cost = "Cost of the category support; as a rule it is part of `service_cost`"
acquisition_cost = "Cost of winning the customer"
overhead = "All other cost"
handle_minutes = "The minutes of work of interactions that began in the month"
tickets = "How many interactions began in the month, shared ones in part"
---*/
WITH
-- First by category, which leaves few rows, then the categories side by side.
sums AS (
  SELECT
    customer_id, month, split_part(category, '.', 1) AS part,
    revenue, support_revenue, service_cost, support_cost, acquisition_cost, cogs, overhead,
    CAST(0 AS DECIMAL(38,6)) AS handle_minutes, CAST(0 AS DECIMAL(38,6)) AS tickets
  FROM ledger_months
  UNION ALL
  -- A customer that took work but neither paid nor cost anything is a row all the same.
  SELECT
    customer_id, month, NULL, CAST(0 AS DECIMAL(38,4)) AS revenue, CAST(0 AS DECIMAL(38,4)) AS support_revenue,
    CAST(0 AS DECIMAL(38,4)) AS service_cost, CAST(0 AS DECIMAL(38,4)) AS support_cost, CAST(0 AS DECIMAL(38,4)) AS acquisition_cost,
    CAST(0 AS DECIMAL(38,4)) AS cogs, CAST(0 AS DECIMAL(38,4)) AS overhead, handle_minutes, interactions
  FROM interaction_months
)
SELECT
  customer_id, month,
  sum(revenue) AS revenue,
  coalesce(sum(revenue) FILTER (WHERE part = 'subscription'), 0) AS subscription_revenue,
  coalesce(sum(revenue) FILTER (WHERE part = 'product'), 0) AS product_revenue,
  coalesce(sum(revenue) FILTER (WHERE part = 'upsell'), 0) AS upsell_revenue,
  coalesce(sum(revenue) FILTER (WHERE part = 'services'), 0) AS services_revenue,
  sum(support_revenue) AS support_revenue,
  coalesce(sum(revenue) FILTER (WHERE part NOT IN ('subscription', 'product', 'upsell', 'services', 'support')), 0) AS other_revenue,
  sum(cogs) AS cogs, sum(service_cost) AS service_cost, sum(support_cost) AS support_cost, sum(acquisition_cost) AS acquisition_cost,
  sum(overhead) AS overhead, sum(handle_minutes) AS handle_minutes, sum(tickets) AS tickets
FROM sums
GROUP BY customer_id, month
