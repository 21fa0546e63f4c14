/*---
description = "The companies of each contact: its primary company where one is known, else all. Merged records are followed, deleted companies left out."
---*/
WITH named AS (
    SELECT contact_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, true AS is_primary
    FROM contacts
    UNION ALL
    SELECT contact_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, false AS is_primary
    FROM contacts
    UNION ALL
    SELECT contact_id, company_id, coalesce(type_id = '1' OR lower(label) = 'primary', false) AS is_primary
    FROM company_contacts
    WHERE NOT coalesce(is_removed, false)
),
resolved AS (
    SELECT
        coalesce(person.surviving_id, named.contact_id) AS contact_id,
        coalesce(firm.surviving_id, trim(named.company_id)) AS company_id,
        bool_or(named.is_primary) AS is_primary
    FROM named
    LEFT JOIN merges AS person ON person.object = 'contact' AND person.merged_id = named.contact_id
    LEFT JOIN merges AS firm ON firm.object = 'company' AND firm.merged_id = trim(named.company_id)
    WHERE trim(named.company_id) <> ''
    GROUP BY 1, 2
),
kept AS (
    SELECT resolved.*, bool_or(resolved.is_primary) OVER (PARTITION BY resolved.contact_id) AS has_primary
    FROM resolved
    WHERE NOT EXISTS (
        SELECT 1 FROM companies
        WHERE companies.company_id = resolved.company_id AND (coalesce(companies.is_deleted, false) OR coalesce(companies.is_removed, false))
    )
)
SELECT contact_id, company_id
FROM kept
WHERE is_primary OR NOT has_primary
