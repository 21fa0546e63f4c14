/*---
description = "Totals that the project knows from elsewhere, against what the model holds, in the currency of the source"
[columns]
source = "The source of the project file"
month = "The first day of the month"
what = "What is compared"
document = "Always NULL: a control is a total"
expected = "The amount of the control"
found = "What the model holds; NULL if it cannot be compared, for the reason in `what`"
---*/
WITH money AS (
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE) AS month, 'revenue' AS kind, coalesce(category, 'other') AS category, currency, sum(amount) AS amount
  FROM all_revenue
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'other'), currency
  UNION ALL
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE), 'costs', coalesce(category, 'overhead.other'), currency, sum(amount)
  FROM all_costs
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'overhead.other'), currency
  UNION ALL
  -- A contract item counts in the month in which it begins, so that each counts once.
  SELECT source, CAST(date_trunc('month', started_on) AS DATE), 'subscriptions' AS kind, 'subscriptions' AS category, currency, sum(mrr)
  FROM all_subscriptions
  GROUP BY source, CAST(date_trunc('month', started_on) AS DATE), currency
),
named AS (
  -- A total of a kind, of a category, or of the first part of categories; with the kind before it where both kinds have it.
  SELECT source, month, currency, unnest(array_distinct(make_array(kind, category, part, concat(kind, '.', category), concat(kind, '.', part)))) AS what, amount
  FROM (SELECT *, split_part(category, '.', 1) AS part FROM money) AS parts
),
totals AS (
  -- Amounts of other currencies cannot be added.
  SELECT named.source, named.month, named.what, sum(named.amount) AS amount, NULL AS reason
  FROM named
  JOIN sources ON sources.source = named.source AND sources.currency = named.currency
  GROUP BY named.source, named.month, named.what
  UNION ALL
  -- A column of a file, over all of its rows, those that do not count too.
  SELECT source, CAST(NULL AS DATE) AS month, what, amount, reason
  FROM file_totals
)
SELECT
  controls.source, controls.month, concat('control: ', controls.what, CASE WHEN totals.reason IS NOT NULL THEN concat(', which cannot be compared: ', totals.reason) ELSE '' END) AS what, CAST(NULL AS TEXT) AS document, controls.amount AS expected,
  -- A control in cents is what was booked in cents.
  CASE
    WHEN totals.reason IS NOT NULL THEN NULL
    WHEN controls.amount = round(controls.amount, 2) THEN coalesce(round(totals.amount, 2), 0)
    ELSE coalesce(totals.amount, 0)
  END AS found
FROM controls
LEFT JOIN totals ON totals.source = controls.source AND totals.month IS NOT DISTINCT FROM controls.month AND totals.what = controls.what
