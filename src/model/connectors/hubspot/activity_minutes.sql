/*---
description = "Minutes of work per ticket, by the option `handle_time`, and per engagement that is an interaction of its own. No row: not known."
---*/
-- One row per category, however it is capitalised.
WITH standards AS (
    SELECT lower(category) AS category, max(minutes) AS minutes FROM standard_minutes GROUP BY lower(category)
)
SELECT ticket_id AS activity_id, minutes, 'stages' AS handle_method
FROM stage_minutes
WHERE $handle_time = 'stages'
UNION ALL
SELECT
    live_tickets.ticket_id AS activity_id,
    CAST(least(coalesce((to_unixtime(live_tickets.closed_at) - to_unixtime(live_tickets.created_at)) / 60, to_close.minutes), $cap_minutes) AS DECIMAL(18, 4)) AS minutes,
    'elapsed' AS handle_method
FROM live_tickets
LEFT JOIN durations AS to_close ON to_close.what = 'time_to_close' AND to_close.id = live_tickets.ticket_id
WHERE $handle_time = 'elapsed'
    AND NOT coalesce(live_tickets.closed_before_created, false)
    AND (live_tickets.closed_at IS NOT NULL OR to_close.minutes >= 0)
UNION ALL
SELECT
    live_tickets.ticket_id AS activity_id,
    CAST(coalesce(own.minutes, others.minutes) AS DECIMAL(18, 4)) AS minutes,
    'standard' AS handle_method
FROM live_tickets
LEFT JOIN standards AS own ON own.category = lower(live_tickets.category)
LEFT JOIN standards AS others ON others.category IS NULL
WHERE $handle_time = 'standard' AND coalesce(own.minutes, others.minutes) IS NOT NULL
UNION ALL
-- An engagement of several tickets is divided among them.
SELECT ticket_id AS activity_id, CAST(sum(minutes) AS DECIMAL(18, 4)) AS minutes, 'measured' AS handle_method
FROM (
    SELECT
        engagement_tickets.ticket_id,
        live_engagements.minutes / count(*) OVER (PARTITION BY live_engagements.activity_id) AS minutes
    FROM live_engagements
    JOIN engagement_tickets ON engagement_tickets.engagement_id = live_engagements.engagement_id
    WHERE live_engagements.minutes IS NOT NULL AND $handle_time = 'engagements'
) AS parts
GROUP BY ticket_id
UNION ALL
SELECT activity_id, minutes, 'measured' AS handle_method
FROM live_engagements
WHERE minutes IS NOT NULL AND NOT is_of_ticket
