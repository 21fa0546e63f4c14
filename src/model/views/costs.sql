/*---
group = "canonical"
description = "One row per ledger line of an expense: net of tax, in the reporting currency, by customer where it names one"
[columns]
customer_id = "The customer, or (unattributed) where the number it names is not matched; NULL for a cost that customers share"
posted_on = "The day the cost counts on"
category = "A dotted path: support.salaries, support.benefits, …, success.*, acquisition.marketing, acquisition.sales, cogs.*, overhead.*"
amount = "The amount net of tax in the reporting currency; an expense is positive"
account = "The account of the general ledger"
department = "The department or cost centre"
document = "The number of the document"
source = "The source of the project file"
source_file = "The file that the row was read from"
---*/
SELECT
  CASE WHEN lines.customer_key IS NOT NULL THEN coalesce(keys.customer_id, '(unattributed)') END AS customer_id,
  lines.posted_on, coalesce(lines.category, 'overhead.other') AS category, lines.amount, lines.account, lines.department, lines.document,
  lines.source, lines.source_file
FROM customer_keys AS keys
RIGHT JOIN all_costs AS lines ON keys.source = lines.source AND keys.source_key = lines.customer_key
WHERE lines.currency = $reporting_currency
UNION ALL
-- Amounts are rounded here, once, to cents where they are amounts of whole cents; everything after only adds.
SELECT
  CASE WHEN lines.customer_key IS NOT NULL THEN coalesce(keys.customer_id, '(unattributed)') END,
  lines.posted_on, coalesce(lines.category, 'overhead.other'),
  converted(lines.amount, known_rate(rates.rate, lines.currency, lines.posted_on)),
  lines.account, lines.department, lines.document, lines.source, lines.source_file
FROM customer_keys AS keys
RIGHT JOIN (
  fx_daily AS rates RIGHT JOIN all_costs AS lines ON rates.currency = lines.currency AND rates.day = lines.posted_on
) ON keys.source = lines.source AND keys.source_key = lines.customer_key
WHERE lines.currency <> $reporting_currency
