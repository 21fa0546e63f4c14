/*---
group = "report"
description = "One row per customer and month: revenue by kind, cost by kind, every margin of the ladder as an amount and in percent of the revenue"
[columns]
customer_id = "The customer, or (unattributed), (unallocated), (idle)"
name = "The customer's name"
segment = "The customer's segment"
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
gross_margin = "Revenue less cogs"
gross_margin_pct = "The same in percent of the revenue"
customer_success_margin = "Revenue less service cost"
customer_success_margin_pct = "The same in percent of the revenue"
contribution_margin = "Gross margin less service cost"
contribution_margin_pct = "The same in percent of the revenue"
margin_after_acquisition = "Contribution margin less acquisition cost"
margin_after_acquisition_pct = "The same in percent of the revenue"
net_margin = "Margin after acquisition less overhead: what is left of everything"
net_margin_pct = "The same in percent of the revenue"
pct_reason = "Why these percentages are NULL: zero_revenue or negative_revenue"
support_margin = "Support revenue less support cost"
support_margin_pct = "The same in percent of the support revenue"
support_pct_reason = "Why that percentage is NULL: zero_revenue or negative_revenue"
handle_minutes = "The minutes of work of interactions that began in the month"
tickets = "How many interactions began in the month, shared ones in part"
---*/
WITH
-- First by category, which leaves few rows, then the categories side by side.
sums AS (
  SELECT
    customer_id, month, split_part(category, '.', 1) AS part,
    sum(revenue) AS revenue, sum(support_revenue) AS support_revenue, sum(service_cost) AS service_cost, sum(support_cost) AS support_cost,
    sum(acquisition_cost) AS acquisition_cost, sum(cogs) AS cogs, sum(overhead) AS overhead,
    CAST(0 AS DECIMAL(38,6)) AS handle_minutes, CAST(0 AS DECIMAL(38,6)) AS tickets
  FROM ledger
  GROUP BY customer_id, month, category
  UNION ALL
  -- A customer that took work but neither paid nor cost anything is a row all the same.
  SELECT
    customer_id, month, NULL, CAST(0 AS DECIMAL(38,4)) AS revenue, CAST(0 AS DECIMAL(38,4)) AS support_revenue,
    CAST(0 AS DECIMAL(38,4)) AS service_cost, CAST(0 AS DECIMAL(38,4)) AS support_cost, CAST(0 AS DECIMAL(38,4)) AS acquisition_cost,
    CAST(0 AS DECIMAL(38,4)) AS cogs, CAST(0 AS DECIMAL(38,4)) AS overhead, handle_minutes, interactions
  FROM interaction_months
),
totals AS (
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
)
SELECT
  totals.customer_id, customers.name, customers.segment, totals.month, totals.revenue, totals.subscription_revenue, totals.product_revenue,
  totals.upsell_revenue, totals.services_revenue, totals.support_revenue, totals.other_revenue, totals.cogs, totals.service_cost,
  totals.support_cost, totals.acquisition_cost, totals.overhead,
  totals.revenue - totals.cogs AS gross_margin,
  margin_pct(totals.revenue, totals.cogs) AS gross_margin_pct,
  totals.revenue - totals.service_cost AS customer_success_margin,
  margin_pct(totals.revenue, totals.service_cost) AS customer_success_margin_pct,
  totals.revenue - totals.cogs - totals.service_cost AS contribution_margin,
  margin_pct(totals.revenue, totals.cogs + totals.service_cost) AS contribution_margin_pct,
  totals.revenue - totals.cogs - totals.service_cost - totals.acquisition_cost AS margin_after_acquisition,
  margin_pct(totals.revenue, totals.cogs + totals.service_cost + totals.acquisition_cost) AS margin_after_acquisition_pct,
  totals.revenue - totals.cogs - totals.service_cost - totals.acquisition_cost - totals.overhead AS net_margin,
  margin_pct(totals.revenue, totals.cogs + totals.service_cost + totals.acquisition_cost + totals.overhead) AS net_margin_pct,
  CASE WHEN totals.revenue = 0 THEN 'zero_revenue' WHEN totals.revenue < 0 THEN 'negative_revenue' END AS pct_reason,
  totals.support_revenue - totals.support_cost AS support_margin,
  margin_pct(totals.support_revenue, totals.support_cost) AS support_margin_pct,
  CASE WHEN totals.support_revenue = 0 THEN 'zero_revenue' WHEN totals.support_revenue < 0 THEN 'negative_revenue' END AS support_pct_reason,
  totals.handle_minutes, totals.tickets
FROM totals
LEFT JOIN customers ON customers.customer_id = totals.customer_id
