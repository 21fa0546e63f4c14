/*---
description = "One row per pool and month: what it cost, where the cost went, and how much of the capacity was used"
[columns]
pool = "The pool"
month = "The first day of the month"
direct = "Cost of the pool that names its customer"
shared = "Cost of the pool that names none"
received = "What other pools passed on to it"
passed_on = "What it passed on to other pools"
driver = "What the cost is distributed by; NULL if the project names nothing"
quantity = "The quantity of the driver over all customers, such as minutes"
capacity = "The quantity that was paid for; NULL without time-driven costing"
rate = "Cost of one unit of the capacity, or of the driver if there is no capacity; shown rounded, never computed with"
used_pct = "The quantity in percent of the capacity"
over_capacity = "Whether more was used than was paid for: then `idle` is negative"
allocated = "What customers bear"
idle = "What was paid for and not used"
unallocated = "What no customer can be given"
reason = "Why it is unallocated: no_driver, or no_quantity in this month; else NULL"
---*/
SELECT
  pool, month,
  sum(direct) AS direct,
  sum(shared) AS shared,
  sum(received) AS received,
  sum(passed_on) AS passed_on,
  driver, quantity, capacity,
  sum(cents + rest) / coalesce(capacity, nullif(quantity, 0)) AS rate,
  CAST(round(100 * quantity / capacity, 4) AS DECIMAL(38,4)) AS used_pct,
  coalesce(quantity > capacity, false) AS over_capacity,
  sum(used) AS allocated,
  CAST(CASE WHEN reason IS NULL THEN sum(cents) - sum(used) ELSE 0 END AS DECIMAL(38,2)) AS idle,
  CASE WHEN reason IS NULL THEN sum(rest) ELSE sum(cents + rest) END AS unallocated,
  CASE WHEN sum(cents) <> 0 THEN reason END AS reason
FROM pool_parts
GROUP BY pool, month, driver, quantity, capacity, reason
