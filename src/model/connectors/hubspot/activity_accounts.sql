/*---
description = "The accounts of each ticket and engagement: its companies; without any, those of its contacts; without any, that of its deals. No row: nobody knows."
---*/
WITH by_company AS (
    SELECT DISTINCT activity_id, company_id AS customer_key, false AS by_domain
    FROM activity_companies
    WHERE $ticket_companies = 'shares' OR is_primary OR NOT has_primary
),
by_person AS (
    SELECT activity_people.activity_id, person_accounts.customer_key, person_accounts.by_domain
    FROM activity_people
    JOIN person_accounts ON person_accounts.contact_id = activity_people.contact_id
    UNION
    SELECT activity_people.activity_id, person_accounts.customer_key, person_accounts.by_domain
    FROM activity_people
    JOIN person_accounts ON person_accounts.email = activity_people.email
),
by_deal AS (
    SELECT DISTINCT ticket_deals.ticket_id AS activity_id, deal_accounts.company_id AS customer_key, false AS by_domain
    FROM ticket_deals
    JOIN deal_accounts ON deal_accounts.deal_id = ticket_deals.deal_id
)
SELECT activity_id, customer_key, by_domain
FROM by_company
UNION ALL
SELECT activity_id, customer_key, by_domain
FROM by_person
WHERE NOT EXISTS (SELECT 1 FROM by_company WHERE by_company.activity_id = by_person.activity_id)
UNION ALL
SELECT activity_id, customer_key, by_domain
FROM by_deal
WHERE NOT EXISTS (SELECT 1 FROM by_company WHERE by_company.activity_id = by_deal.activity_id)
    AND NOT EXISTS (SELECT 1 FROM by_person WHERE by_person.activity_id = by_deal.activity_id)
