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
-- DataFusion 55 counts texts of the type that is usual here anew for each batch that is sorted, and millions of rows would seem to have no room.
parts AS (
  SELECT
    arrow_cast(parts.pool, 'Utf8') AS pool, parts.month, arrow_cast(parts.category, 'Utf8') AS category, parts.leading,
    CASE WHEN parts.leading THEN parts.pool_used ELSE parts.used END AS used, arrow_cast(drivers.customer_id, 'Utf8') AS customer_id, drivers.quantity
  FROM pool_parts AS parts
  JOIN drivers ON drivers.pool = parts.pool AND drivers.month = parts.month
  WHERE drivers.quantity > 0 AND parts.reason IS NULL
),
-- The pool as a whole is split once, in place of its leading category, and its other categories are split too.
splits AS (
  SELECT
    pool, month, category, leading, customer_id,
    allocate(used, quantity) OVER (PARTITION BY pool, month, category ORDER BY customer_id) AS amount
  FROM parts
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
SELECT CAST(pool AS TEXT) AS pool, month, CAST(customer_id AS TEXT) AS customer_id, CAST(category AS TEXT) AS category, as_money(amount) AS amount, basis
FROM entries
WHERE amount <> 0
