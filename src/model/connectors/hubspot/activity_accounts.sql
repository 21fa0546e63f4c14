/*---
description = "The accounts of each ticket, engagement and survey answer: its companies; without any, those of its contacts or of their e-mail domains; without any, that of its deals. No row: nobody knows."
[columns]
by_domain = "the account is an e-mail domain that is no company's (option `domain_accounts`)"
---*/
WITH people AS (
    SELECT
        activity_people.activity_id,
        person_accounts.company_id,
        nullif(split_part(coalesce(person_accounts.email, activity_people.person), '@', 2), '') AS domain
    FROM activity_people
    LEFT JOIN person_accounts ON person_accounts.person = activity_people.person
),
named AS (
    SELECT activity_id, company_id AS customer_key, false AS by_domain,
        CASE WHEN $ticket_companies = 'primary' AND is_primary THEN 1 ELSE 2 END AS position
    FROM activity_companies
    UNION ALL
    SELECT
        people.activity_id,
        coalesce(people.company_id, company_domains.company_id, CASE WHEN $domain_accounts AND people.domain NOT IN ($free_mail_domains) THEN people.domain END) AS customer_key,
        people.company_id IS NULL AND company_domains.company_id IS NULL AS by_domain,
        3 AS position
    FROM people
    LEFT JOIN company_domains ON company_domains.domain = people.domain
    UNION ALL
    SELECT ticket_deal.ticket_id AS activity_id, deal_accounts.company_id AS customer_key, false AS by_domain, 4 AS position
    FROM ticket_deal
    JOIN deal_accounts ON deal_accounts.deal_id = ticket_deal.deal_id
)
SELECT DISTINCT activity_id, customer_key, by_domain
FROM (
    SELECT activity_id, customer_key, by_domain, position, min(position) OVER (PARTITION BY activity_id) AS best
    FROM named
    WHERE customer_key IS NOT NULL
) AS ranked
WHERE position = best
