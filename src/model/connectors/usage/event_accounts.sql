/*---
description = "Events with their account: the event's own, else its user's, else that of the user's e-mail domain, else the domain itself. Users of your own firm and tests are left out."
[columns]
by_domain = "the account is an e-mail domain that is no account's (option `domain_accounts`)"
---*/
SELECT
    coalesce(
        named.customer_key,
        account_domains.customer_key,
        CASE WHEN $domain_accounts AND named.domain NOT IN ($free_mail_domains) THEN named.domain END
    ) AS customer_key,
    named.customer_key IS NULL AND account_domains.customer_key IS NULL AND $domain_accounts
        AND coalesce(named.domain NOT IN ($free_mail_domains), false) AS by_domain,
    named.user_id,
    named.used_on,
    named.feature,
    named.events,
    named.source_file
FROM (
    SELECT
        coalesce(usage.customer_key, users.customer_key) AS customer_key,
        nullif(lower(split_part(coalesce(usage.email, users.email, usage.user_id), '@', 2)), '') AS domain,
        lower(coalesce(usage.email, users.email)) AS email,
        coalesce(usage.user_id, lower(usage.email)) AS user_id,
        coalesce(usage.used_on, usage.used_at_ms, usage.used_at_s) AS used_on,
        usage.feature,
        -- One row is one event, unless the file counts them.
        coalesce(usage.events, 1) AS events,
        usage.source_file
    FROM usage
    LEFT JOIN users ON users.user_id = usage.user_id
) AS named
LEFT JOIN account_domains ON account_domains.domain = named.domain
WHERE coalesce(named.domain, '') NOT IN ($internal_domains)
    AND coalesce(named.user_id, '') NOT IN ($excluded_users)
    AND coalesce(named.email, '') NOT IN ($excluded_users)
    AND coalesce(named.feature, '') NOT IN ($excluded_features)
