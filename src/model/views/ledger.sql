/*---
group = "ledger"
description = "One row per entry, every amount once: any GROUP BY adds up to the whole"
[columns]
customer_id = "The customer, or (unattributed): not matched, (unallocated): a cost that nothing distributes, (idle): capacity paid for and not used"
posted_on = "The day of the entry; the first of the month for what a pool distributes"
month = "The first day of the month"
category = "A dotted path, whose first part decides where the amount counts"
basis = "direct, allocated, idle or unallocated"
revenue = "Revenue in the reporting currency"
support_revenue = "The part of `revenue` that is support"
service_cost = "Cost of serving customers: the categories that `[margins] service` names"
support_cost = "Cost of the category support; as a rule it is part of `service_cost`"
acquisition_cost = "Cost of winning customers"
cogs = "Cost of goods sold"
overhead = "All other cost. service_cost, acquisition_cost, cogs and overhead together are the cost"
source = "The source of the project file; (pool) for what a pool distributes"
document = "The document, or the name of the pool"
---*/
SELECT
  customer_id, posted_on, CAST(date_trunc('month', posted_on) AS DATE) AS month, category, 'direct' AS basis,
  amount AS revenue,
  CASE WHEN split_part(category, '.', 1) = 'support' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS support_revenue,
  CAST(0 AS DECIMAL(18,4)) AS service_cost, CAST(0 AS DECIMAL(18,4)) AS support_cost, CAST(0 AS DECIMAL(18,4)) AS acquisition_cost,
  CAST(0 AS DECIMAL(18,4)) AS cogs, CAST(0 AS DECIMAL(18,4)) AS overhead,
  source, document
FROM recognised_revenue
UNION ALL
SELECT
  customer_id, posted_on, CAST(date_trunc('month', posted_on) AS DATE), category, basis,
  CAST(0 AS DECIMAL(18,4)) AS revenue, CAST(0 AS DECIMAL(18,4)) AS support_revenue,
  service_cost, support_cost, acquisition_cost, cogs, overhead, source, document
FROM ledger_costs
