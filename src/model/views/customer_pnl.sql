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
SELECT
  months.customer_id, customers.name, customers.segment, months.month, months.revenue, months.subscription_revenue, months.product_revenue,
  months.upsell_revenue, months.services_revenue, months.support_revenue, months.other_revenue, months.cogs, months.service_cost,
  months.support_cost, months.acquisition_cost, months.overhead,
  months.revenue - months.cogs AS gross_margin,
  margin_pct(months.revenue, months.cogs) AS gross_margin_pct,
  months.revenue - months.service_cost AS customer_success_margin,
  margin_pct(months.revenue, months.service_cost) AS customer_success_margin_pct,
  months.revenue - months.cogs - months.service_cost AS contribution_margin,
  margin_pct(months.revenue, months.cogs + months.service_cost) AS contribution_margin_pct,
  months.revenue - months.cogs - months.service_cost - months.acquisition_cost AS margin_after_acquisition,
  margin_pct(months.revenue, months.cogs + months.service_cost + months.acquisition_cost) AS margin_after_acquisition_pct,
  months.revenue - months.cogs - months.service_cost - months.acquisition_cost - months.overhead AS net_margin,
  margin_pct(months.revenue, months.cogs + months.service_cost + months.acquisition_cost + months.overhead) AS net_margin_pct,
  CASE WHEN months.revenue = 0 THEN 'zero_revenue' WHEN months.revenue < 0 THEN 'negative_revenue' END AS pct_reason,
  months.support_revenue - months.support_cost AS support_margin,
  margin_pct(months.support_revenue, months.support_cost) AS support_margin_pct,
  CASE WHEN months.support_revenue = 0 THEN 'zero_revenue' WHEN months.support_revenue < 0 THEN 'negative_revenue' END AS support_pct_reason,
  months.handle_minutes, months.tickets
FROM customer_months AS months
LEFT JOIN customers ON customers.customer_id = months.customer_id
