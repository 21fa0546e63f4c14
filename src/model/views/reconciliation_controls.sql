/*---
description = "Totals that the project knows from elsewhere, against what the model holds, in the currency of the source"
[columns]
source = "The source of the project file"
month = "The first day of the month"
what = "What is compared"
document = "Always NULL: a control is a total"
expected = "The amount of the control"
found = "What the model holds"
---*/
WITH money AS (
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE) AS month, 'revenue' AS kind, coalesce(category, 'other') AS category, sum(amount) AS amount
  FROM all_revenue
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'other')
  UNION ALL
  SELECT source, CAST(date_trunc('month', posted_on) AS DATE), 'costs', coalesce(category, 'overhead.other'), sum(amount)
  FROM all_costs
  GROUP BY source, CAST(date_trunc('month', posted_on) AS DATE), coalesce(category, 'overhead.other')
  UNION ALL
  -- A contract item counts in the month in which it begins, so that each counts once.
  SELECT source, CAST(date_trunc('month', started_on) AS DATE), 'subscriptions' AS kind, 'subscriptions' AS category, sum(mrr)
  FROM all_subscriptions
  GROUP BY source, CAST(date_trunc('month', started_on) AS DATE)
)
SELECT
  controls.source, controls.month, concat('control: ', controls.what) AS what, CAST(NULL AS TEXT) AS document, controls.amount AS expected,
  coalesce(sum(money.amount), 0) AS found
FROM controls
LEFT JOIN money ON money.source = controls.source AND money.month = controls.month
  AND (controls.what = money.kind OR controls.what = money.category OR controls.what = split_part(money.category, '.', 1))
GROUP BY controls.source, controls.month, controls.what, controls.amount
