/*---
description = "Money of revenue and expense accounts that deliberately does not count, with the reason. Currencies are never added together."
---*/
SELECT
  CASE WHEN kind = 'revenue' THEN 'revenue' ELSE 'costs' END AS what,
  CAST(date_trunc('month', posted_on) AS DATE) AS month,
  reason || CASE WHEN currency <> $currency THEN ', in ' || currency ELSE '' END AS reason,
  count(*) AS rows,
  sum(CASE WHEN kind = 'revenue' THEN -amount ELSE amount END) AS amount
FROM ledger_lines
WHERE reason IS NOT NULL
GROUP BY CASE WHEN kind = 'revenue' THEN 'revenue' ELSE 'costs' END, date_trunc('month', posted_on), reason, currency
