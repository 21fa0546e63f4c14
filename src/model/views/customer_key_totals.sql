/*---
kept = true
description = "One row per source, table and customer number that occurs in it: how often, and with how much money"
[columns]
source = "The source of the project file"
table_name = "The canonical table"
customer_key = "The customer number; NULL for rows without one"
rows = "How many rows"
amount = "The money in these rows, in the source's currency; NULL in tables without money"
---*/
SELECT source, table_name, customer_key, CAST(sum(rows) AS BIGINT) AS rows, sum(amount) AS amount
FROM entry_totals
-- A cost without a customer is shared on purpose.
WHERE table_name <> 'costs' OR customer_key IS NOT NULL
GROUP BY source, table_name, customer_key
UNION ALL
SELECT source, 'interactions', customer_key, count(*), NULL
FROM all_interactions
GROUP BY source, customer_key
UNION ALL
SELECT source, 'surveys', customer_key, count(*), NULL
FROM all_surveys
GROUP BY source, customer_key
UNION ALL
SELECT source, 'usage', customer_key, count(*), NULL
FROM all_usage
GROUP BY source, customer_key
