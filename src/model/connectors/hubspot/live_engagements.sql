/*---
description = "Calls and meetings that are not deleted, with their own durations, and whether they belong to a ticket."
---*/
SELECT
    'engagement-' || recorded.engagement_id AS activity_id,
    recorded.engagement_id,
    recorded.kind,
    recorded.started_at,
    CAST(CASE WHEN recorded.minutes >= 0 THEN recorded.minutes END AS DECIMAL(18, 4)) AS minutes,
    recorded.owner,
    recorded.outcome,
    attached.engagement_id IS NOT NULL AS is_of_ticket
FROM (
    SELECT 'call' AS kind, calls.engagement_id, calls.occurred_at AS started_at, length.minutes, calls.owner, calls.outcome
    FROM calls
    LEFT JOIN durations AS length ON length.what = 'call' AND length.id = calls.engagement_id
    WHERE NOT coalesce(calls.is_deleted, false) AND NOT coalesce(calls.is_removed, false)
    UNION ALL
    SELECT 'meeting' AS kind, engagement_id, coalesce(starts_at, occurred_at) AS started_at,
        (to_unixtime(ends_at) - to_unixtime(starts_at)) / 60 AS minutes, owner, outcome
    FROM meetings
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false)
) AS recorded
LEFT JOIN (SELECT DISTINCT engagement_id FROM engagement_tickets) AS attached ON attached.engagement_id = recorded.engagement_id
