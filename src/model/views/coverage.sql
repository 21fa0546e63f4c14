/*---
group = "control"
description = "One row per source and table: how many rows, and how much money, reach a customer"
[columns]
source = "The source of the project file"
table_name = "The canonical table"
rows = "How many rows; costs that customers share are not among them"
matched_rows = "How many of them belong to a customer"
rows_pct = "The same in percent"
amount = "The money in these rows, in the source's currency; NULL in tables without money"
matched_amount = "How much of it belongs to a customer"
amount_pct = "The same in percent; NULL if the amount is zero or negative"
---*/
WITH masters AS (
  SELECT customer_key FROM all_customers WHERE source = $master
),
-- What the crosswalk says of a customer that the master does not list leads nowhere.
known AS (
  SELECT keys.source, keys.source_key, keys.customer_id
  FROM customer_keys AS keys
  LEFT JOIN masters ON masters.customer_key = keys.customer_id
  CROSS JOIN (SELECT count(*) AS customers FROM masters) AS lists
  WHERE keys.method <> 'crosswalk' OR masters.customer_key IS NOT NULL OR lists.customers = 0
),
sums AS (
  SELECT
    totals.source, totals.table_name,
    sum(totals.rows) AS rows,
    coalesce(sum(totals.rows) FILTER (WHERE keys.customer_id IS NOT NULL), 0) AS matched_rows,
    sum(totals.amount) AS amount,
    CASE WHEN sum(totals.amount) IS NOT NULL THEN coalesce(sum(totals.amount) FILTER (WHERE keys.customer_id IS NOT NULL), 0) END AS matched_amount
  FROM customer_key_totals AS totals
  LEFT JOIN known AS keys ON keys.source = totals.source AND keys.source_key = totals.customer_key
  GROUP BY totals.source, totals.table_name
)
SELECT
  source, table_name, CAST(rows AS BIGINT) AS rows, CAST(matched_rows AS BIGINT) AS matched_rows,
  CAST(round(100 * matched_rows / rows, 4) AS DECIMAL(38,4)) AS rows_pct,
  amount, matched_amount,
  CASE WHEN amount > 0 THEN CAST(round(100 * matched_amount / amount, 4) AS DECIMAL(38,4)) END AS amount_pct
FROM sums
