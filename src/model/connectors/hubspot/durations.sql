/*---
description = "Durations in minutes. HubSpot writes milliseconds, or HH:mm:ss where the header of an export says so; what is neither has no minutes and is counted in `quality`."
---*/
WITH written AS (
    SELECT 'time_to_close' AS what, ticket_id AS id, time_to_close AS value FROM tickets
    UNION ALL SELECT 'time_to_first_reply' AS what, ticket_id AS id, time_to_first_reply AS value FROM tickets
    UNION ALL SELECT 'call' AS what, engagement_id AS id, duration AS value FROM calls
)
SELECT
    what,
    id,
    value,
    CASE
        WHEN value LIKE '%:%:%' THEN
            TRY_CAST(split_part(value, ':', 1) AS DECIMAL(12, 0)) * 60
            + TRY_CAST(split_part(value, ':', 2) AS DECIMAL(12, 0))
            + TRY_CAST(split_part(value, ':', 3) AS DECIMAL(12, 3)) / 60
        ELSE TRY_CAST(value AS DECIMAL(18, 3)) / 60000
    END AS minutes
FROM written
WHERE value IS NOT NULL
