/*---
description = "The ledger added up by customer, month, category and basis"
[columns]
customer_id = "The customer, (unattributed), (unallocated) or (idle)"
month = "The first day of the month"
category = "A dotted path, whose first part decides where the amount counts"
basis = "direct, allocated, idle or unallocated"
revenue = "Revenue in the reporting currency"
support_revenue = "The part of `revenue` that is support"
service_cost = "Cost of serving customers: the categories that `[margins] service` names"
support_cost = "Cost of the category support; as a rule it is part of `service_cost`"
acquisition_cost = "Cost of winning customers"
cogs = "Cost of goods sold"
overhead = "All other cost"
---*/
SELECT
  customer_id, month, category, 'direct' AS basis, revenue,
  CASE WHEN split_part(category, '.', 1) = 'support' THEN revenue ELSE CAST(0 AS DECIMAL(38,4)) END AS support_revenue,
  CAST(0 AS DECIMAL(38,4)) AS service_cost, CAST(0 AS DECIMAL(38,4)) AS support_cost, CAST(0 AS DECIMAL(38,4)) AS acquisition_cost,
  CAST(0 AS DECIMAL(38,4)) AS cogs, CAST(0 AS DECIMAL(38,4)) AS overhead
FROM revenue_months
UNION ALL
SELECT
  customer_id, CAST(date_trunc('month', posted_on) AS DATE), category, basis,
  CAST(0 AS DECIMAL(38,4)) AS revenue, CAST(0 AS DECIMAL(38,4)) AS support_revenue,
  sum(service_cost), sum(support_cost), sum(acquisition_cost), sum(cogs), sum(overhead)
FROM ledger_costs
GROUP BY customer_id, CAST(date_trunc('month', posted_on) AS DATE), category, basis
