/*---
description = "Accounts, with the domain in lower case, without `www.` and the last dot."
---*/
SELECT
    customer_key,
    name,
    nullif(lower(regexp_replace(regexp_replace(domain, '^(https?://)?(www\.)?', '', 'i'), '(\.?[/:?].*|\.)$', '')), '') AS domain,
    plan
FROM accounts
