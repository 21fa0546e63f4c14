/*---
description = "Records that were merged into others: HubSpot gives the survivor a new id and keeps the old ones as aliases. Chains are followed to their end."
[columns]
object = "company, contact, ticket or deal"
merged_id = "the former id"
surviving_id = "the id that counts now"
---*/
WITH RECURSIVE named AS (
    SELECT 'company' AS object, company_id AS surviving_id, merged_ids FROM companies
    UNION ALL SELECT 'contact' AS object, contact_id AS surviving_id, merged_ids FROM contacts
    UNION ALL SELECT 'contact' AS object, surviving_id, merged_id AS merged_ids FROM contact_merges
    UNION ALL SELECT 'ticket' AS object, ticket_id AS surviving_id, merged_ids FROM tickets
    UNION ALL SELECT 'deal' AS object, deal_id AS surviving_id, merged_ids FROM deals
    UNION ALL SELECT 'deal' AS object, surviving_id, merged_id AS merged_ids FROM deal_merges
),
-- One row per former id. Some contact exports write `id:time of the merge`.
merged AS (
    SELECT DISTINCT object, surviving_id, trim(split_part(part, ':', 1)) AS merged_id
    FROM (
        SELECT object, surviving_id, unnest(string_to_array(translate(merged_ids, ',', ';'), ';')) AS part
        FROM named
        WHERE merged_ids IS NOT NULL
    ) AS parts
    WHERE trim(split_part(part, ':', 1)) <> '' AND trim(split_part(part, ':', 1)) <> surviving_id
),
-- Ten merges in a row are followed; the limit only keeps a circle of ids from turning for ever.
followed AS (
    SELECT object, merged_id, surviving_id, 1 AS depth FROM merged
    UNION ALL
    SELECT followed.object, followed.merged_id, merged.surviving_id, followed.depth + 1
    FROM followed
    JOIN merged ON merged.object = followed.object AND merged.merged_id = followed.surviving_id
    WHERE followed.depth < 10
)
SELECT object, merged_id, first_value(surviving_id ORDER BY depth DESC, surviving_id) AS surviving_id
FROM followed
GROUP BY object, merged_id
