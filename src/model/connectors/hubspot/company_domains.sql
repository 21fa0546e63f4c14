/*---
kept = true
description = "The company of each e-mail domain. Free-mail domains, and domains of several companies, say nothing."
---*/
SELECT plain_domain AS domain, min(company_id) AS company_id
FROM live_companies
WHERE plain_domain IS NOT NULL AND plain_domain NOT IN ($free_mail_domains)
GROUP BY plain_domain
HAVING count(DISTINCT company_id) = 1
