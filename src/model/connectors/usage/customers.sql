/*---
description = "Accounts, and the e-mail domains that stand for an account of their own."
---*/
SELECT customer_key, name, plan, domain
FROM account_rows
UNION ALL
SELECT named.customer_key, named.customer_key AS name, NULL AS plan, named.customer_key AS domain
FROM (SELECT DISTINCT customer_key FROM event_accounts WHERE by_domain) AS named
