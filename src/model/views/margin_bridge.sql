/*---
kept = true
group = "report"
description = "One row per customer and month: what made its net margin differ from that of the month before. The effects add to the difference exactly, on every row and in every sum. The first month has no row, for nothing comes before it"
[columns]
customer_id = "The customer, or (unattributed), (unallocated), (idle)"
month = "The first day of the month"
margin_before = "The net margin of the month before: revenue less all cost"
margin_after = "The net margin of the month"
difference = "margin_after - margin_before: the sum of all effects"
new_customer_effect = "The whole difference of a customer with revenue now and none the month before"
lost_customer_effect = "The whole difference of a customer with revenue the month before and none now"
price_effect = "What the units of the month cost more than they did the month before, product by product"
volume_effect = "What the customer would have paid more if it had bought more of everything in the same proportions, at the old prices"
mix_effect = "What came of other proportions, at the old prices; revenue of products that it newly buys, and that it bought before and no more"
undivided_effect = "The difference in revenue of products for which the sources do not say how many units: price and volume together"
cogs_effect = "Less cost of goods sold; more cost is negative"
service_cost_effect = "Less cost of serving the customer"
acquisition_cost_effect = "Less cost of winning the customer"
overhead_effect = "Less of all other cost"
---*/
WITH
-- Each month stands on two bridges: it is what comes after the month before, and what comes before the next.
products AS (
  SELECT
    lines.customer_id, lines.product,
    CASE WHEN lines.side = 'after' THEN lines.month ELSE CAST(lines.month + INTERVAL '1 month' AS DATE) END AS month,
    coalesce(sum(lines.revenue) FILTER (WHERE lines.side = 'before'), 0) AS revenue_before,
    coalesce(sum(lines.revenue) FILTER (WHERE lines.side = 'after'), 0) AS revenue_after,
    coalesce(sum(lines.quantity) FILTER (WHERE lines.side = 'before'), 0) AS quantity_before,
    coalesce(sum(lines.quantity) FILTER (WHERE lines.side = 'after'), 0) AS quantity_after,
    bool_and(lines.is_counted) AS is_counted
  FROM (
    SELECT
      customer_id, product, CAST(date_trunc('month', posted_on) AS DATE) AS month, sum(amount) AS revenue, sum(quantity) AS quantity,
      count(quantity) = count(*) AS is_counted, unnest(make_array('before', 'after')) AS side
    FROM recognised_revenue
    WHERE posted_on < date_trunc('month', $as_of + 1)
    GROUP BY customer_id, product, CAST(date_trunc('month', posted_on) AS DATE)
  ) AS lines
  GROUP BY
    lines.customer_id, lines.product,
    CASE WHEN lines.side = 'after' THEN lines.month ELSE CAST(lines.month + INTERVAL '1 month' AS DATE) END
),
measured AS (
  SELECT
    *,
    CASE
      WHEN NOT is_counted THEN 'undivided'
      WHEN quantity_before > 0 AND quantity_after > 0 THEN 'both'
      WHEN (quantity_before > 0 AND quantity_after = 0 AND revenue_after = 0) OR (quantity_after > 0 AND quantity_before = 0 AND revenue_before = 0) THEN 'one'
      ELSE 'undivided'
    END AS kind
  FROM products
),
growth AS (
  SELECT
    *,
    sum(CASE WHEN kind <> 'undivided' THEN quantity_before ELSE 0 END) OVER (PARTITION BY customer_id, month) AS units_before,
    sum(CASE WHEN kind <> 'undivided' THEN quantity_after ELSE 0 END) OVER (PARTITION BY customer_id, month) AS units_after
  FROM measured
),
-- Rounded to cents once; what is left of the difference is the next effect, so that nothing is lost.
divided AS (
  SELECT
    *,
    CASE kind
      WHEN 'both' THEN round(revenue_before * quantity_after / quantity_before, 2) - revenue_before
      WHEN 'one' THEN revenue_after - revenue_before
      ELSE 0
    END AS quantity_effect,
    CASE WHEN kind <> 'undivided' AND units_before > 0 THEN round(revenue_before * units_after / units_before, 2) - revenue_before ELSE 0 END AS volume_effect
  FROM growth
),
revenue_effects AS (
  SELECT
    customer_id, month,
    sum(CASE WHEN kind <> 'undivided' THEN revenue_after - revenue_before - quantity_effect ELSE 0 END) AS price_effect,
    sum(volume_effect) AS volume_effect,
    sum(quantity_effect - volume_effect) AS mix_effect,
    sum(CASE WHEN kind = 'undivided' THEN revenue_after - revenue_before ELSE 0 END) AS undivided_effect
  FROM divided
  GROUP BY customer_id, month
),
months AS (
  SELECT
    customer_id, month, sum(revenue) AS revenue, sum(cogs) AS cogs, sum(service_cost) AS service_cost, sum(acquisition_cost) AS acquisition_cost,
    sum(overhead) AS overhead, unnest(make_array('before', 'after')) AS side
  FROM ledger_months
  -- Months that are over: what pools distribute is posted for a whole month, revenue is not.
  WHERE month < date_trunc('month', $as_of + 1)
  GROUP BY customer_id, month
),
totals AS (
  SELECT
    months.customer_id,
    CASE WHEN months.side = 'after' THEN months.month ELSE CAST(months.month + INTERVAL '1 month' AS DATE) END AS month,
    coalesce(sum(months.revenue) FILTER (WHERE months.side = 'before'), 0) AS revenue_before,
    coalesce(sum(months.revenue) FILTER (WHERE months.side = 'after'), 0) AS revenue_after,
    sum(CASE WHEN months.side = 'before' THEN months.cogs ELSE -months.cogs END) AS cogs_effect,
    sum(CASE WHEN months.side = 'before' THEN months.service_cost ELSE -months.service_cost END) AS service_cost_effect,
    sum(CASE WHEN months.side = 'before' THEN months.acquisition_cost ELSE -months.acquisition_cost END) AS acquisition_cost_effect,
    sum(CASE WHEN months.side = 'before' THEN months.overhead ELSE -months.overhead END) AS overhead_effect,
    coalesce(sum(months.cogs + months.service_cost + months.acquisition_cost + months.overhead) FILTER (WHERE months.side = 'before'), 0) AS cost_before,
    coalesce(sum(months.cogs + months.service_cost + months.acquisition_cost + months.overhead) FILTER (WHERE months.side = 'after'), 0) AS cost_after
  FROM months
  GROUP BY months.customer_id, CASE WHEN months.side = 'after' THEN months.month ELSE CAST(months.month + INTERVAL '1 month' AS DATE) END
),
bridges AS (
  SELECT
    *, revenue_before - cost_before AS margin_before, revenue_after - cost_after AS margin_after,
    CASE WHEN revenue_before <= 0 AND revenue_after > 0 THEN 'new' WHEN revenue_before > 0 AND revenue_after <= 0 THEN 'lost' ELSE 'kept' END AS fate
  FROM totals
  QUALIFY month > min(month) OVER () AND month < date_trunc('month', $as_of + 1)
)
SELECT
  bridges.customer_id, bridges.month, margin_before, margin_after, margin_after - margin_before AS difference,
  CASE WHEN fate = 'new' THEN margin_after - margin_before ELSE 0 END AS new_customer_effect,
  CASE WHEN fate = 'lost' THEN margin_after - margin_before ELSE 0 END AS lost_customer_effect,
  CASE WHEN fate = 'kept' THEN coalesce(effects.price_effect, 0) ELSE 0 END AS price_effect,
  CASE WHEN fate = 'kept' THEN coalesce(effects.volume_effect, 0) ELSE 0 END AS volume_effect,
  CASE WHEN fate = 'kept' THEN coalesce(effects.mix_effect, 0) ELSE 0 END AS mix_effect,
  CASE WHEN fate = 'kept' THEN coalesce(effects.undivided_effect, 0) ELSE 0 END AS undivided_effect,
  CASE WHEN fate = 'kept' THEN cogs_effect ELSE 0 END AS cogs_effect,
  CASE WHEN fate = 'kept' THEN service_cost_effect ELSE 0 END AS service_cost_effect,
  CASE WHEN fate = 'kept' THEN acquisition_cost_effect ELSE 0 END AS acquisition_cost_effect,
  CASE WHEN fate = 'kept' THEN overhead_effect ELSE 0 END AS overhead_effect
FROM bridges
LEFT JOIN revenue_effects AS effects ON effects.customer_id = bridges.customer_id AND effects.month = bridges.month
