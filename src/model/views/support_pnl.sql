/*---
group = "report"
description = "One row per month: what support earned and cost, by kind, and how well its capacity was used"
[columns]
month = "The first day of the month"
support_revenue = "All revenue of the category support"
maintenance_revenue = "The part of it that is maintenance contracts"
service_fees_revenue = "The part of it that is service fees"
other_support_revenue = "The rest of it"
support_cost = "All cost of the category support, whether a customer bears it or not"
salaries = "The part of it that is salaries"
benefits = "The part of it that is benefits"
training = "The part of it that is training"
software = "The part of it that is software"
infrastructure = "The part of it that is infrastructure"
other_cost = "The rest of it, with what other pools passed on"
support_margin = "Support revenue less support cost"
support_margin_pct = "The same in percent of the support revenue"
pct_reason = "Why that percentage is NULL: zero_revenue or negative_revenue"
idle_cost = "The part of the cost that paid for capacity nobody used; negative where more was used than was paid for"
unallocated_cost = "The part of the cost that no customer bears because nothing distributes it"
handle_minutes = "The minutes of work of interactions that began in the month"
tickets = "How many interactions began in the month"
cost_per_ticket = "Support cost divided by tickets; NULL without tickets"
capacity = "The capacity of the support pools that have one"
utilisation_pct = "What was used of it, in percent"
---*/
WITH
sums AS (
  SELECT
    month, category, sum(support_revenue) AS revenue, sum(support_cost) AS cost,
    coalesce(sum(support_cost) FILTER (WHERE basis = 'idle'), 0) AS idle,
    coalesce(sum(support_cost) FILTER (WHERE basis = 'unallocated'), 0) AS unallocated,
    CAST(0 AS DECIMAL(38,6)) AS handle_minutes, CAST(0 AS DECIMAL(38,6)) AS tickets,
    CAST(0 AS DECIMAL(38,6)) AS capacity, CAST(0 AS DECIMAL(38,6)) AS used
  FROM ledger_months
  WHERE split_part(category, '.', 1) = 'support'
  GROUP BY month, category
  UNION ALL
  SELECT
    month, NULL, CAST(0 AS DECIMAL(38,4)) AS revenue, CAST(0 AS DECIMAL(38,4)) AS cost, CAST(0 AS DECIMAL(38,4)) AS idle,
    CAST(0 AS DECIMAL(38,4)) AS unallocated, sum(handle_minutes), sum(interactions), CAST(0 AS DECIMAL(38,6)) AS capacity,
    CAST(0 AS DECIMAL(38,6)) AS used
  FROM interaction_months
  GROUP BY month
  UNION ALL
  SELECT
    month, NULL, CAST(0 AS DECIMAL(38,4)) AS revenue, CAST(0 AS DECIMAL(38,4)) AS cost, CAST(0 AS DECIMAL(38,4)) AS idle,
    CAST(0 AS DECIMAL(38,4)) AS unallocated, CAST(0 AS DECIMAL(38,6)) AS handle_minutes, CAST(0 AS DECIMAL(38,6)) AS tickets, capacity, quantity
  FROM pool_parts
  WHERE leading AND capacity IS NOT NULL AND split_part(category, '.', 1) = 'support'
),
totals AS (
  SELECT
    month, sum(revenue) AS support_revenue,
    coalesce(sum(revenue) FILTER (WHERE category = 'support.maintenance'), 0) AS maintenance_revenue,
    coalesce(sum(revenue) FILTER (WHERE category = 'support.service_fees'), 0) AS service_fees_revenue,
    sum(cost) AS support_cost,
    coalesce(sum(cost) FILTER (WHERE category = 'support.salaries'), 0) AS salaries,
    coalesce(sum(cost) FILTER (WHERE category = 'support.benefits'), 0) AS benefits,
    coalesce(sum(cost) FILTER (WHERE category = 'support.training'), 0) AS training,
    coalesce(sum(cost) FILTER (WHERE category = 'support.software'), 0) AS software,
    coalesce(sum(cost) FILTER (WHERE category = 'support.infrastructure'), 0) AS infrastructure,
    sum(idle) AS idle_cost, sum(unallocated) AS unallocated_cost, sum(handle_minutes) AS handle_minutes, sum(tickets) AS tickets,
    sum(capacity) AS capacity, sum(used) AS used
  FROM sums
  GROUP BY month
)
SELECT
  month, support_revenue, maintenance_revenue, service_fees_revenue,
  support_revenue - maintenance_revenue - service_fees_revenue AS other_support_revenue,
  support_cost, salaries, benefits, training, software, infrastructure,
  support_cost - salaries - benefits - training - software - infrastructure AS other_cost,
  support_revenue - support_cost AS support_margin,
  margin_pct(support_revenue, support_cost) AS support_margin_pct,
  CASE WHEN support_revenue = 0 THEN 'zero_revenue' WHEN support_revenue < 0 THEN 'negative_revenue' END AS pct_reason,
  idle_cost, unallocated_cost, handle_minutes, tickets,
  CAST(round(support_cost / nullif(tickets, 0), 4) AS DECIMAL(38,4)) AS cost_per_ticket,
  nullif(capacity, 0) AS capacity,
  CAST(round(100 * used / nullif(capacity, 0), 4) AS DECIMAL(38,4)) AS utilisation_pct
FROM totals
