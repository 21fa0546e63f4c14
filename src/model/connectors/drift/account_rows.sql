/*---
description = "Accounts that are not deleted, once each, with the domain in lower case, without `www.` and the last dot."
---*/
SELECT
    account_id,
    max(name) AS name,
    nullif(lower(regexp_replace(regexp_replace(max(domain), '^(https?://)?(www\.)?', '', 'i'), '(\.?[/:?].*|\.)$', '')), '') AS domain,
    max(owner_id) AS owner_id,
    max(custom_properties) AS custom_properties
FROM accounts
WHERE NOT coalesce(is_deleted, false)
GROUP BY account_id
