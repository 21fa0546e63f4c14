/*---
description = "What the exports of a source must agree on among themselves. Documents that agree are one row per month; each that differs is a row of its own"
[columns]
source = "The source of the project file"
month = "The first day of the month; NULL where the month is not known"
what = "What is compared"
document = "The document that differs; NULL for a whole month"
expected = "What one table of the export says"
found = "What the other says"
---*/
SELECT
  source, month, what, CASE WHEN coalesce(expected, 0) <> coalesce(found, 0) THEN document END AS document,
  sum(coalesce(expected, 0)) AS expected, sum(coalesce(found, 0)) AS found
FROM all_reconciliation
GROUP BY source, month, what, CASE WHEN coalesce(expected, 0) <> coalesce(found, 0) THEN document END, coalesce(expected, 0) <> coalesce(found, 0)
