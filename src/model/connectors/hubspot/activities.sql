/*---
description = "What becomes an interaction: tickets, and engagements of the kinds in `engagements` that belong to no ticket."
---*/
SELECT
    ticket_id AS activity_id,
    coalesce(lower(channel), 'ticket') AS channel,
    created_at AS opened_at,
    first_reply_at AS first_response_at,
    closed_at,
    category,
    priority,
    owner,
    stage AS status
FROM live_tickets
UNION ALL
SELECT
    activity_id,
    kind AS channel,
    started_at AS opened_at,
    NULL AS first_response_at,
    started_at + CAST(CAST(round(minutes * 60, 0) AS BIGINT) || ' seconds' AS INTERVAL) AS closed_at,
    NULL AS category,
    NULL AS priority,
    owner,
    outcome AS status
FROM live_engagements
WHERE kind IN ($engagements) AND NOT is_of_ticket
