/*---
title = "What changed the margin between two periods"
description = """
The net margin of one period against that of another, any two: customers won and lost, prices, volume and mix of products, and each kind
of cost. The effects add to the difference exactly. The view `margin_bridge` does the same month by month.
"""

[params.before_from]
type = "date"
default = "2025-01-01"
description = "First day of the period before"

[params.before_to]
type = "date"
default = "2025-06-30"
description = "Last day of the period before"

[params.after_from]
type = "date"
default = "2025-07-01"
description = "First day of the period after"

[params.after_to]
type = "date"
default = "2025-12-31"
description = "Last day of the period after"

[[expect]]
that = "the effects add to the difference of the margins"
sql = """
SELECT sum(amount) FILTER (WHERE step NOT IN ('margin before', 'margin after'))
    = sum(amount) FILTER (WHERE step = 'margin after') - sum(amount) FILTER (WHERE step = 'margin before')
FROM result
"""

[[expect]]
that = "the margin after is that of the ledger"
sql = """
SELECT amount = (SELECT sum(revenue - cogs - service_cost - acquisition_cost - overhead) FROM ledger WHERE posted_on BETWEEN $after_from AND $after_to)
FROM result WHERE step = 'margin after'
"""
---*/
WITH
products AS (
    SELECT
        customer_id, product,
        coalesce(sum(amount) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)     AS revenue_before,
        coalesce(sum(amount) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0)    AS revenue_after,
        coalesce(sum(quantity) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)   AS quantity_before,
        coalesce(sum(quantity) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0)  AS quantity_after,
        count(quantity) = count(*)                                          AS is_counted
    FROM recognised_revenue
    WHERE posted_on BETWEEN $before_from AND $before_to OR posted_on BETWEEN $after_from AND $after_to
    GROUP BY customer_id, product
),
-- Without units of both periods, or all of one, price and volume cannot be told apart.
measured AS (
    SELECT
        *,
        CASE
            WHEN is_counted AND quantity_before > 0 AND quantity_after > 0 THEN 'both'
            WHEN is_counted AND quantity_before > 0 AND quantity_after = 0 AND revenue_after = 0 THEN 'one'
            WHEN is_counted AND quantity_after > 0 AND quantity_before = 0 AND revenue_before = 0 THEN 'one'
            ELSE 'undivided'
        END AS kind
    FROM products
),
growth AS (
    SELECT
        *,
        sum(CASE WHEN kind <> 'undivided' THEN quantity_before ELSE 0 END) OVER (PARTITION BY customer_id) AS units_before,
        sum(CASE WHEN kind <> 'undivided' THEN quantity_after ELSE 0 END) OVER (PARTITION BY customer_id)  AS units_after
    FROM measured
),
divided AS (
    SELECT
        *,
        CASE kind
            WHEN 'both' THEN round(revenue_before * quantity_after / quantity_before, 2) - revenue_before
            WHEN 'one' THEN revenue_after - revenue_before
            ELSE 0
        END AS quantity_effect,
        CASE
            WHEN kind <> 'undivided' AND units_before > 0 THEN round(revenue_before * units_after / units_before, 2) - revenue_before
            ELSE 0
        END AS volume_effect
    FROM growth
),
effects AS (
    SELECT
        customer_id,
        sum(CASE WHEN kind <> 'undivided' THEN revenue_after - revenue_before - quantity_effect ELSE 0 END) AS price,
        sum(volume_effect)                                                                                 AS volume,
        sum(quantity_effect - volume_effect)                                                               AS mix,
        sum(CASE WHEN kind = 'undivided' THEN revenue_after - revenue_before ELSE 0 END)                   AS undivided
    FROM divided
    GROUP BY customer_id
),
totals AS (
    SELECT
        customer_id,
        coalesce(sum(revenue) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0) AS revenue_before,
        coalesce(sum(revenue) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS revenue_after,
        coalesce(sum(cogs) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)
            - coalesce(sum(cogs) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS cogs,
        coalesce(sum(service_cost) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)
            - coalesce(sum(service_cost) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS service_cost,
        coalesce(sum(acquisition_cost) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)
            - coalesce(sum(acquisition_cost) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS acquisition_cost,
        coalesce(sum(overhead) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0)
            - coalesce(sum(overhead) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS overhead,
        coalesce(sum(revenue - cogs - service_cost - acquisition_cost - overhead) FILTER (WHERE posted_on BETWEEN $before_from AND $before_to), 0) AS margin_before,
        coalesce(sum(revenue - cogs - service_cost - acquisition_cost - overhead) FILTER (WHERE posted_on BETWEEN $after_from AND $after_to), 0) AS margin_after
    FROM ledger
    WHERE posted_on BETWEEN $before_from AND $before_to OR posted_on BETWEEN $after_from AND $after_to
    GROUP BY customer_id
),
fates AS (
    SELECT
        *,
        CASE
            WHEN revenue_before <= 0 AND revenue_after > 0 THEN 'won'
            WHEN revenue_before > 0 AND revenue_after <= 0 THEN 'lost'
            ELSE 'kept'
        END AS fate
    FROM totals
),
sums AS (
    SELECT
        sum(fates.margin_before)                                                                       AS margin_before,
        coalesce(sum(fates.margin_after - fates.margin_before) FILTER (WHERE fate = 'won'), 0)         AS won,
        coalesce(sum(fates.margin_after - fates.margin_before) FILTER (WHERE fate = 'lost'), 0)        AS lost,
        coalesce(sum(effects.price) FILTER (WHERE fate = 'kept'), 0)                                   AS price,
        coalesce(sum(effects.volume) FILTER (WHERE fate = 'kept'), 0)                                  AS volume,
        coalesce(sum(effects.mix) FILTER (WHERE fate = 'kept'), 0)                                     AS mix,
        coalesce(sum(effects.undivided) FILTER (WHERE fate = 'kept'), 0)                               AS undivided,
        coalesce(sum(fates.cogs) FILTER (WHERE fate = 'kept'), 0)                                      AS cogs,
        coalesce(sum(fates.service_cost) FILTER (WHERE fate = 'kept'), 0)                              AS service_cost,
        coalesce(sum(fates.acquisition_cost) FILTER (WHERE fate = 'kept'), 0)                          AS acquisition_cost,
        coalesce(sum(fates.overhead) FILTER (WHERE fate = 'kept'), 0)                                  AS overhead,
        sum(fates.margin_after)                                                                        AS margin_after
    FROM fates
    LEFT JOIN effects ON effects.customer_id = fates.customer_id
),
steps AS (
    SELECT
        unnest(make_array(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)) AS place,
        unnest(make_array(
            'margin before', 'customers won', 'customers lost', 'price', 'volume', 'mix', 'price and volume undivided', 'cogs', 'service cost',
            'acquisition cost', 'overhead', 'margin after')) AS step,
        unnest(make_array(
            margin_before, won, lost, price, volume, mix, undivided, cogs, service_cost, acquisition_cost, overhead, margin_after)) AS amount
    FROM sums
)
SELECT step, amount FROM steps ORDER BY place;
