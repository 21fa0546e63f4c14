/*---
description = "Tags of conversations, one row each: from a list of objects with a name, as loaders write it, or from names with commas."
---*/
SELECT DISTINCT conversation_id, trim(tag) AS tag
FROM (
    SELECT
        conversation_id,
        unnest(string_to_array(
            CASE
                WHEN tags LIKE '%name%:%'
                    THEN regexp_replace(tags, '[^{]*\{[^{}]*?"?name"?\s*:\s*"?([^",}]*)[^}]*\}[^{]*', '$1,', 'g')
                ELSE regexp_replace(tags, '[\[\]"]', '', 'g')
            END,
            ','
        )) AS tag
    FROM conversation_rows
) AS named
WHERE trim(tag) <> ''
