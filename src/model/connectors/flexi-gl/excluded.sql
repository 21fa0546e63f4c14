/*---
description = "Money of revenue and expense accounts that deliberately does not count, with the reason."
---*/
SELECT
  'revenue' AS what,
  CAST(date_trunc('month', posted_on) AS DATE) AS month,
  reason,
  count(*) AS rows,
  sum(-amount) AS amount
FROM ledger_lines
WHERE reason IS NOT NULL AND kind = 'revenue'
GROUP BY date_trunc('month', posted_on), reason
UNION ALL
SELECT
  'costs',
  CAST(date_trunc('month', posted_on) AS DATE),
  reason,
  count(*),
  sum(amount)
FROM ledger_lines
WHERE reason IS NOT NULL AND kind <> 'revenue'
GROUP BY date_trunc('month', posted_on), reason
