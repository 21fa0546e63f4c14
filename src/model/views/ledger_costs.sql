/*---
description = "Every cost once: by the customer it names, as allocated, idle, or unallocated"
[columns]
customer_id = "The customer, (unattributed), (idle) or (unallocated)"
posted_on = "The day of the entry; the first of the month for what a pool distributes"
category = "The category of the cost"
basis = "direct, allocated, idle or unallocated"
amount = "The amount in the reporting currency"
source = "The source of the project file; (pool) for what a pool distributes"
document = "The document, or the name of the pool"
---*/
SELECT
  coalesce(customer_id, '(unallocated)') AS customer_id, posted_on, category,
  CASE WHEN customer_id IS NULL THEN 'unallocated' ELSE 'direct' END AS basis, amount, source, document
FROM pooled_costs
WHERE customer_id IS NOT NULL OR pool IS NULL
UNION ALL
SELECT customer_id, month, category, basis, amount, '(pool)', pool
FROM allocations
