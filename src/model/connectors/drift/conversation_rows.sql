/*---
description = "The newest row of each conversation. Deletions are not tracked and a later export may hold less, so an older export may be given beside it."
---*/
SELECT *
FROM (
    SELECT
        conversations.*,
        row_number() OVER (PARTITION BY conversation_id ORDER BY updated_at DESC NULLS LAST, status, source_file) AS position
    FROM conversations
) AS versions
WHERE position = 1
