/*---
description = "The customers that ledger lines name; a ledger knows no more of them than a code and perhaps a name."
---*/
SELECT customer AS customer_key, max(customer_name) AS name
FROM journal
WHERE customer IS NOT NULL
GROUP BY customer
