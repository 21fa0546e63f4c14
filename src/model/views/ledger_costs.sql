/*---
description = "Every cost once: by the customer it names, as allocated, idle, or unallocated; in the column where it counts"
[columns]
customer_id = "The customer, (unattributed), (idle) or (unallocated)"
posted_on = "The day of the entry; the first of the month for what a pool distributes"
category = "The category of the cost"
basis = "direct, allocated, idle or unallocated"
service_cost = "Cost of serving customers: the categories that `[margins] service` names"
support_cost = "Cost of the category support; as a rule it is part of `service_cost`"
acquisition_cost = "Cost of winning customers"
cogs = "Cost of goods sold"
overhead = "All other cost. service_cost, acquisition_cost, cogs and overhead together are the cost"
source = "The source of the project file; (pool) for what a pool distributes"
document = "The document, or the name of the pool"
---*/
SELECT
  customer_id, posted_on, category, basis,
  CASE WHEN step = 'service' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS service_cost,
  CASE WHEN part = 'support' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS support_cost,
  CASE WHEN step = 'acquisition' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS acquisition_cost,
  CASE WHEN step = 'cogs' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS cogs,
  CASE WHEN step = 'overhead' THEN amount ELSE CAST(0 AS DECIMAL(18,4)) END AS overhead,
  source, document
FROM (
  SELECT
    *,
    CASE
      WHEN array_has($service, part) THEN 'service'
      WHEN part IN ('acquisition', 'cogs') THEN part
      ELSE 'overhead'
    END AS step
  FROM (
    SELECT
      coalesce(customer_id, '(unallocated)') AS customer_id, posted_on, category, split_part(category, '.', 1) AS part,
      CASE WHEN customer_id IS NULL THEN 'unallocated' ELSE 'direct' END AS basis, amount, source, document
    FROM pooled_costs
    WHERE customer_id IS NOT NULL OR pool IS NULL
    UNION ALL
    SELECT customer_id, month, category, split_part(category, '.', 1), basis, amount, '(pool)', pool
    FROM allocations
  ) AS parts
) AS steps
