/*---
kept = true
group = "control"
description = "One row per named check that found something, in the files, in the exports and in the model"
[columns]
source = "The source of the project file; (model) where it concerns all of them"
table_name = "The table"
check_name = "The name of the check"
severity = "error: the numbers cannot be trusted; warning: someone should look; info: good to know"
rows = "How many rows it concerns"
example = "One of them"
place = "Where the first one stands, as file:line (of a workbook, the row), or the file"
---*/
WITH
totals AS (
  SELECT totals.source, totals.table_name, totals.customer_key, totals.rows, keys.customer_id
  FROM customer_key_totals AS totals
  LEFT JOIN customer_keys AS keys ON keys.source = totals.source AND keys.source_key = totals.customer_key
),
-- Numbers that rows carry and that the source's own list of customers does not have.
known_keys AS (
  SELECT source, customer_key FROM all_customers
  UNION ALL
  SELECT source, alias_key FROM all_customer_aliases
  UNION ALL
  SELECT source, source_key FROM crosswalk WHERE customer_id IS NOT NULL
),
orphans AS (
  SELECT totals.source, totals.table_name, sum(totals.rows) AS rows, min(totals.customer_key) AS example
  FROM totals
  -- Of many rows of one source, one is enough to join with.
  LEFT SEMI JOIN (SELECT DISTINCT source FROM all_customers) AS listed ON listed.source = totals.source
  LEFT ANTI JOIN known_keys ON known_keys.source = totals.source AND known_keys.customer_key = totals.customer_key
  WHERE totals.customer_key IS NOT NULL
  GROUP BY totals.source, totals.table_name
),
foreign_days AS (
  SELECT source, table_name, currency, day, sum(rows) AS rows
  FROM entry_totals
  WHERE currency <> $reporting_currency
  GROUP BY source, table_name, currency, day
),
rated_days AS (
  SELECT foreign_days.*, rates.rate, rates.quoted_on
  FROM foreign_days
  LEFT JOIN fx_daily AS rates ON rates.currency = foreign_days.currency AND rates.day = foreign_days.day
),
categories AS (
  SELECT source, table_name, category, sum(rows) AS rows
  FROM entry_totals
  WHERE table_name <> 'subscriptions'
  GROUP BY source, table_name, category
),
-- The rows that were left out, by what the inspection calls the reason.
left_out AS (
  SELECT
    source, table_name, column_name, CASE WHEN reason LIKE 'unreadable %' THEN 'unreadable value' ELSE reason END AS check_name,
    source_file, line, concat(source_file, ':', line) AS place
  FROM quarantine
),
column_places AS (
  SELECT source, table_name, check_name, column_name, first_value(place ORDER BY source_file, line) AS place
  FROM left_out
  GROUP BY source, table_name, check_name, column_name
),
-- A row that is left out for several columns is in the quarantine for the first of them.
table_places AS (
  SELECT source, table_name, check_name, first_value(place ORDER BY source_file, line) AS place
  FROM left_out
  GROUP BY source, table_name, check_name
),
checks AS (
  SELECT source, table_name, check_name, severity, rows, example FROM all_quality
  UNION ALL
  SELECT source, table_name, 'customer not matched', 'warning', sum(rows), min(customer_key)
  FROM totals
  WHERE customer_id IS NULL AND customer_key IS NOT NULL
  GROUP BY source, table_name
  UNION ALL
  SELECT source, table_name, 'row without customer', 'warning', sum(rows), NULL
  FROM totals
  WHERE customer_key IS NULL
  GROUP BY source, table_name
  UNION ALL
  SELECT source, table_name, 'customer number not in the list of customers', 'warning', rows, example
  FROM orphans
  UNION ALL
  SELECT source, 'interactions', 'handle time missing', 'warning', count(*), min(interaction_id)
  FROM all_interactions
  WHERE handle_minutes IS NULL AND closed_at IS NOT NULL
  GROUP BY source
  UNION ALL
  -- What lies off the scale of its kind, or is of another scale, counts in no score of health.
  SELECT source, 'surveys', concat(kind, ' answers that do not count'), 'warning', count(*), min(concat(score, ' of ', coalesce(CAST(scale_max AS TEXT), '?')))
  FROM all_surveys
  WHERE NOT coalesce(score = trunc(score) AND CASE kind
    WHEN 'nps' THEN score BETWEEN 0 AND 10 AND coalesce(scale_max, 10) = 10
    WHEN 'csat' THEN score BETWEEN 1 AND scale_max AND scale_max >= 3
    WHEN 'ces' THEN score BETWEEN 1 AND 7 AND coalesce(scale_max, 7) = 7
    ELSE true
  END, false)
  GROUP BY source, kind
  UNION ALL
  SELECT source, 'interactions', 'handle time negative', 'error', count(*), min(interaction_id)
  FROM all_interactions
  WHERE handle_minutes < 0
  GROUP BY source
  UNION ALL
  SELECT source, 'interactions', 'closed before opened', 'warning', count(*), min(interaction_id)
  FROM all_interactions
  WHERE closed_at < opened_at
  GROUP BY source
  UNION ALL
  SELECT source, 'interactions', 'interaction without a beginning', 'warning', count(*), min(interaction_id)
  FROM all_interactions
  WHERE opened_at IS NULL
  GROUP BY source
  UNION ALL
  SELECT source, 'revenue', 'service period ends before it begins', 'warning', count(*), min(document)
  FROM all_revenue
  WHERE service_to < service_from
  GROUP BY source
  UNION ALL
  -- An open end, such as 9999-12-31, would spread the amount over centuries.
  SELECT source, 'revenue', 'service period of more than 20 years', 'error', count(*), min(concat(document, ' to ', service_to))
  FROM all_revenue
  WHERE service_to > service_from + 7305
  GROUP BY source
  UNION ALL
  SELECT
    source, table_name, 'exchange rate missing', 'error', sum(rows),
    concat(currency, ' ', min(day), CASE WHEN max(day) > min(day) THEN concat(' to ', max(day)) ELSE '' END)
  FROM rated_days
  WHERE rate IS NULL
  GROUP BY source, table_name, currency
  UNION ALL
  SELECT source, table_name, 'exchange rate older than 31 days', 'warning', sum(rows), min(concat(currency, ' ', day))
  FROM rated_days
  WHERE day > quoted_on + INTERVAL '31 days'
  GROUP BY source, table_name
  UNION ALL
  SELECT source, table_name, 'category missing', 'warning', rows, NULL
  FROM categories
  WHERE category IS NULL
  UNION ALL
  SELECT source, table_name, 'category not known', 'warning', sum(rows), min(category)
  FROM categories
  WHERE CASE table_name
    WHEN 'revenue' THEN split_part(category, '.', 1) NOT IN ('subscription', 'product', 'upsell', 'services', 'support', 'other')
    ELSE split_part(category, '.', 1) NOT IN ('support', 'success', 'acquisition', 'cogs', 'overhead') AND NOT array_has($service, split_part(category, '.', 1))
  END
  GROUP BY source, table_name
  UNION ALL
  SELECT crosswalk.source, 'crosswalk', 'one number means two customers', 'error', count(*), crosswalk.source_key
  FROM crosswalk
  GROUP BY crosswalk.source, crosswalk.source_key
  HAVING count(DISTINCT crosswalk.customer_id) > 1
  UNION ALL
  SELECT crosswalk.source, 'crosswalk', 'source not in the project', 'error', count(*), min(crosswalk.source_key)
  FROM crosswalk
  LEFT ANTI JOIN sources ON sources.source = crosswalk.source
  GROUP BY crosswalk.source
  UNION ALL
  -- A spreadsheet takes the zeros from the beginning of a number.
  SELECT
    crosswalk.source, 'crosswalk', 'customer not known to the master', CASE WHEN max(lists.customers) > 0 THEN 'error' ELSE 'warning' END, count(*),
    min(concat(crosswalk.customer_id, CASE WHEN likely.customer_key IS NOT NULL THEN concat(', probably ', likely.customer_key) ELSE '' END))
  FROM crosswalk
  LEFT ANTI JOIN all_customers AS masters ON masters.customer_key = crosswalk.customer_id AND masters.source = $master
  LEFT JOIN (
    SELECT ltrim(customer_key, '0') AS digits, min(customer_key) AS customer_key FROM all_customers WHERE source = $master GROUP BY ltrim(customer_key, '0')
  ) AS likely ON likely.digits = ltrim(crosswalk.customer_id, '0')
  CROSS JOIN (SELECT count(*) AS customers FROM all_customers WHERE source = $master) AS lists
  WHERE crosswalk.customer_id IS NOT NULL
  GROUP BY crosswalk.source
  UNION ALL
  SELECT '(model)', 'pools', 'pool without driver', 'warning', count(*), min(pools.pool)
  FROM pools
  LEFT ANTI JOIN pool_feeds AS feeds ON feeds.from_pool = pools.pool
  WHERE pools.driver IS NULL
  HAVING count(*) > 0
  UNION ALL
  SELECT '(model)', 'pool_months', 'pool without any quantity of its driver', 'warning', count(*), min(concat(pool, ' ', month))
  FROM pool_months
  WHERE reason = 'no_quantity'
  HAVING count(*) > 0
  UNION ALL
  SELECT '(model)', 'pool_months', 'capacity exceeded', 'warning', count(*), min(concat(pool, ' ', month, ': ', quantity, ' of ', capacity))
  FROM pool_months
  WHERE over_capacity
  HAVING count(*) > 0
  UNION ALL
  SELECT source, 'costs', 'shared cost in no pool', 'warning', count(*), min(category)
  FROM pooled_costs
  WHERE customer_id IS NULL AND pool IS NULL
  GROUP BY source
  UNION ALL
  SELECT '(model)', 'costs', 'revenue but no costs at all', 'warning', count(*), NULL
  FROM sources
  WHERE EXISTS (SELECT 1 FROM entry_totals WHERE table_name = 'revenue') AND NOT EXISTS (SELECT 1 FROM entry_totals WHERE table_name = 'costs')
  HAVING count(*) > 0
)
SELECT
  inspections.source, inspections.table_name, inspections.check_name, inspections.severity, inspections.rows, inspections.example,
  coalesce(column_places.place, table_places.place) AS place
FROM inspections
LEFT JOIN column_places
  ON column_places.source = inspections.source
  AND column_places.table_name = inspections.table_name
  AND column_places.check_name = inspections.check_name
  AND column_places.column_name = inspections.column_name
LEFT JOIN table_places
  ON table_places.source = inspections.source
  AND table_places.table_name = inspections.table_name
  AND table_places.check_name = inspections.check_name
WHERE inspections.check_name <> 'rows'
UNION ALL
SELECT
  source, table_name, check_name, severity, CAST(rows AS BIGINT) AS rows, example,
  CASE WHEN table_name = 'crosswalk' THEN (SELECT min(source_file) FROM crosswalk) END AS place
FROM checks
WHERE rows > 0
