/*---
description = "The account of each contact and of each e-mail address: the contact's company, else the company of the e-mail domain, else the domain itself (option `domain_accounts`)."
[columns]
contact_id = "NULL for an address that is no contact's"
by_domain = "the account is a domain that is no company's"
---*/
WITH people AS (
    -- A merged contact still shows up in some exports: it is its survivor.
    SELECT coalesce(merges.surviving_id, contacts.contact_id) AS contact_id, lower(contacts.email) AS email
    FROM contacts
    LEFT JOIN merges ON merges.object = 'contact' AND merges.merged_id = contacts.contact_id
    UNION
    -- An id that is known from associations only.
    SELECT contact_id, NULL AS email FROM contact_companies
    UNION
    SELECT NULL AS contact_id, email FROM written_emails
    WHERE NOT EXISTS (SELECT 1 FROM contacts WHERE lower(contacts.email) = written_emails.email)
),
placed AS (
    SELECT
        people.contact_id,
        people.email,
        contact_companies.company_id,
        company_domains.company_id AS domain_company_id,
        CASE
            WHEN $domain_accounts AND split_part(people.email, '@', 2) <> '' AND split_part(people.email, '@', 2) NOT IN ($free_mail_domains)
                THEN split_part(people.email, '@', 2)
        END AS domain
    FROM people
    LEFT JOIN contact_companies ON contact_companies.contact_id = people.contact_id
    LEFT JOIN company_domains ON company_domains.domain = split_part(people.email, '@', 2)
)
SELECT DISTINCT
    contact_id,
    email,
    coalesce(company_id, domain_company_id, domain) AS customer_key,
    company_id IS NULL AND domain_company_id IS NULL AS by_domain
FROM placed
WHERE coalesce(company_id, domain_company_id, domain) IS NOT NULL
