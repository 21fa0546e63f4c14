/*---
description = "Money of deals or invoices that does not count as revenue, by reason. Empty while the option `revenue` is `none`."
---*/
SELECT 'revenue' AS what, CAST(date_trunc('month', closed_on) AS DATE) AS month, excluded_because AS reason, count(*) AS rows, CAST(coalesce(sum(amount), 0) AS DECIMAL(18, 4)) AS amount
FROM deal_facts
WHERE $revenue = 'deals' AND excluded_because IS NOT NULL
GROUP BY 2, 3
UNION ALL
SELECT 'revenue' AS what, CAST(date_trunc('month', invoiced_on) AS DATE) AS month, excluded_because AS reason, count(*) AS rows, CAST(sum(amount_billed) AS DECIMAL(18, 4)) AS amount
FROM invoice_facts
WHERE $revenue = 'invoices' AND excluded_because IS NOT NULL
GROUP BY 2, 3
UNION ALL
SELECT 'revenue' AS what, CAST(date_trunc('month', invoiced_on) AS DATE) AS month, 'tax' AS reason, count(*) AS rows, CAST(sum(tax) AS DECIMAL(18, 4)) AS amount
FROM invoice_facts
WHERE $revenue = 'invoices' AND excluded_because IS NULL AND tax <> 0
GROUP BY 2
