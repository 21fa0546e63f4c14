/*---
kept = true
description = "The one company of each deal: the primary one, else that with the lowest id, since a deal must not count once for each of its companies."
---*/
WITH named AS (
    SELECT deal_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, 1 AS position FROM deals
    UNION ALL
    SELECT deal_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position FROM deals
    UNION ALL
    SELECT deal_id, company_id, CASE WHEN type_id = '5' OR lower(label) = 'primary' THEN 1 ELSE 2 END AS position
    FROM deal_company
    WHERE NOT coalesce(is_removed, false)
),
resolved AS (
    SELECT
        named.deal_id,
        CASE WHEN company_keys.named_id IS NULL THEN trim(named.company_id) ELSE company_keys.company_id END AS company_id,
        named.position
    FROM named
    LEFT JOIN company_keys ON company_keys.named_id = trim(named.company_id)
    WHERE trim(named.company_id) <> ''
)
SELECT deal_id, first_value(company_id ORDER BY position, company_id) AS company_id, count(DISTINCT company_id) AS companies
FROM resolved
WHERE company_id IS NOT NULL
GROUP BY deal_id
