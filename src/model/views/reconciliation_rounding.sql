/*---
description = "What rounding moves: parts of a cent that no document shows, and lines that are converted one by one"
[columns]
source = "The source of the project file"
month = "The first day of the month"
what = "What is rounded"
expected = "What it is without rounding"
found = "What it is with it"
---*/
SELECT source, month, concat(kind, ': shown in cents') AS what, sum(amount) AS expected, round(sum(amount), 2) AS found
FROM (
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE) AS month, 'revenue' AS kind, amount FROM revenue
  UNION ALL
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE), 'costs', amount FROM costs
) AS lines
GROUP BY source, month, kind
HAVING sum(amount) <> round(sum(amount), 2)
UNION ALL
SELECT source, month, concat(kind, ': converted from ', currency), CAST(sum(exact) AS DECIMAL(38,4)) AS expected, sum(amount) AS found
FROM (
  SELECT
    lines.source, CAST(date_trunc('month', lines.posted_on) AS DATE) AS month, 'revenue' AS kind, lines.currency,
    lines.amount * rates.rate AS exact, converted(lines.amount, rates.rate) AS amount
  FROM fx_daily AS rates
  JOIN all_revenue AS lines ON rates.currency = lines.currency AND rates.day = lines.posted_on
  WHERE lines.currency <> $reporting_currency
  UNION ALL
  SELECT lines.source, CAST(date_trunc('month', lines.posted_on) AS DATE), 'costs', lines.currency, lines.amount * rates.rate, converted(lines.amount, rates.rate)
  FROM fx_daily AS rates
  JOIN all_costs AS lines ON rates.currency = lines.currency AND rates.day = lines.posted_on
  WHERE lines.currency <> $reporting_currency
) AS lines
GROUP BY source, month, kind, currency
HAVING CAST(sum(exact) AS DECIMAL(38,4)) <> sum(amount)
