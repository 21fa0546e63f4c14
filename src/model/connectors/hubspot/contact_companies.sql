/*---
kept = true
description = "The companies of each contact: its primary company where one is known, else all."
---*/
WITH named AS (
    SELECT contact_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, 1 AS position FROM contacts
    UNION ALL
    SELECT contact_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position FROM contacts
    UNION ALL
    SELECT contact_id, company_id, CASE WHEN type_id = '1' OR lower(label) = 'primary' THEN 1 ELSE 2 END AS position
    FROM contact_company
    WHERE NOT coalesce(is_removed, false)
),
resolved AS (
    SELECT
        named.contact_id,
        CASE WHEN company_keys.named_id IS NULL THEN trim(named.company_id) ELSE company_keys.company_id END AS company_id,
        named.position
    FROM named
    LEFT JOIN company_keys ON company_keys.named_id = trim(named.company_id)
    WHERE trim(named.company_id) <> ''
)
SELECT contact_id, company_id
FROM (
    SELECT contact_id, company_id, position, min(position) OVER (PARTITION BY contact_id) AS best
    FROM resolved
    WHERE company_id IS NOT NULL
) AS ranked
WHERE position = best
