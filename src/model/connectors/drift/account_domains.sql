/*---
description = "The account of each e-mail domain. Free-mail domains, and domains of several accounts, say nothing."
---*/
SELECT domain, min(account_id) AS account_id
FROM account_rows
WHERE domain IS NOT NULL AND domain NOT IN ($free_mail_domains)
GROUP BY domain
HAVING count(*) = 1
