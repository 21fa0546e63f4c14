/*---
description = "The account of each conversation: its own where a tool has one, else its contact's, else that of the e-mail domain, else the domain itself. NULL: an anonymous chat, or a free-mail address."
[columns]
by_domain = "the account is an e-mail domain that is no account's (option `domain_accounts`)"
---*/
SELECT
    named.conversation_id,
    coalesce(
        named.account_id,
        account_domains.account_id,
        CASE WHEN $domain_accounts AND named.domain NOT IN ($free_mail_domains) THEN named.domain END
    ) AS customer_key,
    named.account_id IS NULL AND account_domains.account_id IS NULL AND $domain_accounts
        AND coalesce(named.domain NOT IN ($free_mail_domains), false) AS by_domain,
    named.is_anonymous
FROM (
    SELECT
        live_conversations.conversation_id,
        coalesce(live_conversations.account_id, contact_rows.account_id) AS account_id,
        coalesce(nullif(lower(split_part(live_conversations.contact_email, '@', 2)), ''), contact_rows.domain) AS domain,
        live_conversations.contact_email IS NULL AND contact_rows.domain IS NULL AS is_anonymous
    FROM live_conversations
    LEFT JOIN contact_rows ON contact_rows.contact_id = live_conversations.contact_id
) AS named
LEFT JOIN account_domains ON account_domains.domain = named.domain
