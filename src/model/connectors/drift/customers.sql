/*---
description = "Accounts, and the e-mail domains that stand for an account of their own. A custom property named segment or tier is the segment."
---*/
SELECT
    account_rows.account_id AS customer_key,
    account_rows.name,
    coalesce(
        properties.segment,
        regexp_match(account_rows.custom_properties, '\{[^{}]*"(?i:segment|tier)"[^{}]*"value"\s*:\s*"([^"]*)"')[1]
    ) AS segment,
    coalesce(users.name, users.email, account_rows.owner_id) AS owner,
    account_rows.domain
FROM account_rows
LEFT JOIN users ON users.user_id = account_rows.owner_id
LEFT JOIN (
    SELECT account_id, max(value) AS segment
    FROM account_properties
    WHERE lower(name) IN ('segment', 'tier')
    GROUP BY account_id
) AS properties ON properties.account_id = account_rows.account_id
UNION ALL
SELECT named.customer_key, named.customer_key AS name, NULL AS segment, NULL AS owner, named.customer_key AS domain
FROM (SELECT DISTINCT customer_key FROM conversation_accounts WHERE by_domain) AS named
