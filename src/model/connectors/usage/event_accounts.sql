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
        coalesce(events.customer_key, users.customer_key) AS customer_key,
        nullif(lower(split_part(coalesce(events.email, users.email, events.user_id), '@', 2)), '') AS domain,
        lower(coalesce(events.email, users.email)) AS email,
        coalesce(events.user_id, lower(events.email)) AS user_id,
        coalesce(events.used_on, events.used_at_ms, events.used_at_s) AS used_on,
        events.feature,
        -- One row is one event, unless the file counts them.
        coalesce(events.events, 1) AS events,
        events.source_file
    FROM events
    LEFT JOIN users ON users.user_id = events.user_id
) AS named
LEFT JOIN account_domains ON account_domains.domain = named.domain
WHERE coalesce(named.domain, '') NOT IN ($internal_domains)
    AND coalesce(named.user_id, '') NOT IN ($excluded_users)
    AND coalesce(named.email, '') NOT IN ($excluded_users)
    AND coalesce(named.feature, '') NOT IN ($excluded_features)
