/*---
kept = true
description = "One row per pool, month and category: what the pool has to distribute, and how much of it is used, idle or given to no one"
[columns]
pool = "The pool"
month = "The first day of the month"
category = "The category of the cost; what another pool passed on is named after it, as in `support.facilities`"
direct = "Cost that names its customer"
shared = "Cost that names none"
received = "What other pools passed on"
passed_on = "What the pool passed on to others"
cents = "What is to be distributed, in whole cents"
rest = "What is left below a cent, which cannot be split"
leading = "Whether this is the largest category of the pool and month, which takes what rounding leaves over"
driver = "What the pool is distributed by; NULL if the project names nothing"
quantity = "The quantity of the driver over all customers"
capacity = "The quantity that was paid for; NULL without time-driven costing"
reason = "Why nothing is distributed: no_driver, or no_quantity in this month; else NULL"
pool_used = "What customers bear of the whole pool"
used = "What customers bear of this category; over all categories `pool_used`"
---*/
WITH
sums AS (
  SELECT
    pool, CAST(date_trunc('month', posted_on) AS DATE) AS month, category,
    coalesce(sum(amount) FILTER (WHERE customer_id IS NOT NULL), 0) AS direct,
    coalesce(sum(amount) FILTER (WHERE customer_id IS NULL), 0) AS shared
  FROM pooled_costs
  WHERE pool IS NOT NULL
  GROUP BY pool, CAST(date_trunc('month', posted_on) AS DATE), category
),
-- A pool that passes its cost on stands once for each receiver; its first category carries the whole.
fed AS (
  SELECT
    sums.*, feeds.to_pool, feeds.share,
    sum(sums.shared) OVER (PARTITION BY sums.pool, sums.month, feeds.to_pool) AS pool_shared,
    row_number() OVER (PARTITION BY sums.pool, sums.month, sums.category ORDER BY feeds.to_pool) AS receiver,
    row_number() OVER (PARTITION BY sums.pool, sums.month, feeds.to_pool ORDER BY sums.category) AS place
  FROM sums
  LEFT JOIN pool_feeds AS feeds ON feeds.from_pool = sums.pool
),
transfers AS (
  SELECT
    *,
    CASE WHEN to_pool IS NOT NULL THEN
      allocate(trunc(pool_shared, 2), CASE WHEN place = 1 THEN share END)
        OVER (PARTITION BY pool, month ORDER BY to_pool, place)
      -- What lies below a cent goes with the first receiver, so that nothing stays behind.
      + CASE WHEN place = 1 AND receiver = 1 THEN pool_shared - trunc(pool_shared, 2) ELSE 0 END
    END AS passed
  FROM fed
),
-- Each row of a transfer is two movements: it leaves one pool and reaches another.
movements AS (
  SELECT
    CASE WHEN side = 'out' THEN pool ELSE to_pool END AS pool,
    month,
    CASE WHEN side = 'out' THEN category END AS category,
    CASE WHEN side = 'in' THEN pool END AS from_pool,
    CASE WHEN side = 'out' AND receiver = 1 THEN direct ELSE 0 END AS direct,
    CASE WHEN side = 'out' AND receiver = 1 THEN shared ELSE 0 END AS shared,
    CASE WHEN side = 'in' THEN passed ELSE 0 END AS received,
    CASE WHEN side = 'out' AND to_pool IS NOT NULL AND receiver = 1 THEN shared ELSE 0 END AS passed_on
  FROM (SELECT *, unnest(make_array('out', 'in')) AS side FROM transfers) AS sides
  WHERE side = 'out' OR (to_pool IS NOT NULL AND place = 1)
),
-- What arrives counts where most of the receiving pool's own cost counts.
weighed AS (
  SELECT *, sum(abs(shared)) OVER (PARTITION BY pool, split_part(category, '.', 1)) AS weight
  FROM movements
),
named AS (
  SELECT
    pool, month, direct, shared, received, passed_on,
    coalesce(category, concat(
      coalesce(first_value(split_part(category, '.', 1)) OVER (PARTITION BY pool ORDER BY category IS NULL, weight DESC, category), pool),
      '.', from_pool)) AS category
  FROM weighed
),
parts AS (
  SELECT
    pool, month, category, sum(direct) AS direct, sum(shared) AS shared, sum(received) AS received, sum(passed_on) AS passed_on,
    trunc(sum(shared) + sum(received) - sum(passed_on), 2) AS cents,
    sum(shared) + sum(received) - sum(passed_on) - trunc(sum(shared) + sum(received) - sum(passed_on), 2) AS rest
  FROM named
  GROUP BY pool, month, category
),
quantities AS (
  SELECT pool, month, sum(quantity) AS quantity
  FROM drivers
  WHERE quantity > 0
  GROUP BY pool, month
),
measured AS (
  SELECT
    parts.*, pools.driver, coalesce(quantities.quantity, 0) AS quantity, capacities.minutes AS capacity,
    sum(parts.cents) OVER (PARTITION BY parts.pool, parts.month) AS pool_cents,
    row_number() OVER (PARTITION BY parts.pool, parts.month ORDER BY abs(parts.cents) DESC, parts.category) = 1 AS leading,
    CASE
      WHEN pools.driver IS NULL THEN 'no_driver'
      WHEN capacities.minutes IS NULL AND coalesce(quantities.quantity, 0) = 0 THEN 'no_quantity'
    END AS reason
  FROM parts
  JOIN pools ON pools.pool = parts.pool
  LEFT JOIN quantities ON quantities.pool = parts.pool AND quantities.month = parts.month
  LEFT JOIN pool_capacities AS capacities
    ON capacities.pool = parts.pool AND capacities.minutes > 0
    AND (capacities.valid_from IS NULL OR capacities.valid_from <= parts.month)
    AND (capacities.valid_before IS NULL OR capacities.valid_before > parts.month)
),
-- Multiplied before it is divided: a rounded rate would move cents.
used AS (
  SELECT
    *,
    CASE WHEN reason IS NOT NULL THEN 0 WHEN capacity IS NULL THEN pool_cents ELSE round(pool_cents * quantity / capacity, 2) END AS pool_used,
    CASE WHEN reason IS NOT NULL THEN 0 WHEN capacity IS NULL THEN cents ELSE round(cents * quantity / capacity, 2) END AS part_used
  FROM measured
)
SELECT
  pool, month, category, direct, shared, received, passed_on, cents, rest, leading, driver, quantity, capacity, reason,
  CAST(pool_used AS DECIMAL(38,2)) AS pool_used,
  -- The leading category takes the difference between the rounded whole and the rounded parts.
  CAST(CASE
    WHEN leading THEN pool_used - sum(CASE WHEN leading THEN 0 ELSE part_used END) OVER (PARTITION BY pool, month)
    ELSE part_used
  END AS DECIMAL(38,2)) AS used
FROM used
