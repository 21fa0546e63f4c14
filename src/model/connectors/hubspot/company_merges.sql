/*---
description = "Companies that were merged into others: the survivor has a new id and keeps the old ones as aliases. Chains of merges are followed to their end."
---*/
WITH RECURSIVE merged AS (
    SELECT surviving_id, trim(part) AS merged_id
    FROM (SELECT company_id AS surviving_id, unnest(string_to_array(translate(merged_ids, ',', ';'), ';')) AS part FROM companies) AS parts
    WHERE trim(part) <> '' AND trim(part) <> surviving_id
),
-- Ten merges in a row are followed; the limit only keeps a circle of ids from turning for ever.
followed AS (
    SELECT merged_id, surviving_id, 1 AS depth FROM merged
    UNION ALL
    SELECT followed.merged_id, merged.surviving_id, followed.depth + 1
    FROM followed
    JOIN merged ON merged.merged_id = followed.surviving_id
    WHERE followed.depth < 10
)
SELECT merged_id, first_value(surviving_id ORDER BY depth DESC, surviving_id) AS surviving_id
FROM followed
GROUP BY merged_id
