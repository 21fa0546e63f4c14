/*---
kept = true
description = "Where the cost of each pool and month went: to customers, to (idle), to (unallocated). Exact to the cent for the pool, for each category in it, and for each customer's part of the pool"
[columns]
pool = "The pool"
month = "The first day of the month"
customer_id = "The customer, (idle) or (unallocated)"
category = "The category of the cost"
amount = "The amount in the reporting currency"
basis = "allocated, idle or unallocated"
---*/
WITH
-- The pool as a whole is split once, in place of its leading category, and its other categories are split too.
splits AS (
  SELECT
    parts.pool, parts.month, parts.category, parts.leading, drivers.customer_id,
    allocate(CASE WHEN parts.leading THEN parts.pool_used ELSE parts.used END, drivers.quantity)
      OVER (PARTITION BY parts.pool, parts.month, parts.category ORDER BY drivers.customer_id) AS amount
  FROM pool_parts AS parts
  JOIN drivers ON drivers.pool = parts.pool AND drivers.month = parts.month
  WHERE drivers.quantity > 0 AND parts.reason IS NULL
),
-- The leading category then is what is left of each customer's part, so that customers and categories both add up.
shares AS (
  SELECT
    pool, month, customer_id, category,
    CASE
      WHEN leading THEN amount - sum(CASE WHEN leading THEN 0 ELSE amount END) OVER (PARTITION BY pool, month, customer_id)
      ELSE amount
    END AS amount
  FROM splits
),
entries AS (
  SELECT pool, month, customer_id, category, amount, 'allocated' AS basis
  FROM shares
  UNION ALL
  SELECT
    pool, month, concat('(', basis, ')'), category,
    CASE
      WHEN basis = 'unallocated' AND reason IS NOT NULL THEN cents + rest
      WHEN basis = 'unallocated' THEN rest
      WHEN reason IS NULL THEN cents - used
      ELSE 0
    END,
    basis
  FROM (SELECT *, unnest(make_array('idle', 'unallocated')) AS basis FROM pool_parts) AS rests
)
SELECT pool, month, customer_id, category, CAST(amount AS DECIMAL(18,4)) AS amount, basis
FROM entries
WHERE amount <> 0
