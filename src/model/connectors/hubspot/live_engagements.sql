/*---
description = "Calls, meetings, e-mails, notes and tasks that are not deleted. Calls and meetings have durations of their own; the others have the standard minutes of their kind, if such are given."
---*/
WITH recorded AS (
    SELECT 'call' AS kind, calls.engagement_id, calls.occurred_at AS started_at, length.minutes, calls.owner, calls.outcome,
        calls.company_ids, calls.contact_ids, calls.contacts
    FROM calls
    LEFT JOIN durations AS length ON length.what = 'call' AND length.id = calls.engagement_id
    WHERE NOT coalesce(calls.is_deleted, false) AND NOT coalesce(calls.is_removed, false)
    UNION ALL
    SELECT 'meeting' AS kind, engagement_id, coalesce(starts_at, occurred_at) AS started_at,
        CASE WHEN ends_at >= starts_at THEN (to_unixtime(ends_at) - to_unixtime(starts_at)) / 60 END AS minutes,
        owner, outcome, company_ids, contact_ids, contacts
    FROM meetings
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false)
    UNION ALL
    SELECT 'email' AS kind, engagement_id, occurred_at AS started_at, NULL AS minutes, owner, NULL AS outcome, company_ids, contact_ids, contacts
    FROM emails
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false)
    UNION ALL
    SELECT 'note' AS kind, engagement_id, occurred_at AS started_at, NULL AS minutes, owner, NULL AS outcome, company_ids, contact_ids, contacts
    FROM notes
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false)
    UNION ALL
    SELECT 'task' AS kind, engagement_id, occurred_at AS started_at, NULL AS minutes, owner, NULL AS outcome, company_ids, contact_ids, contacts
    FROM tasks
    WHERE NOT coalesce(is_deleted, false) AND NOT coalesce(is_removed, false)
)
SELECT
    recorded.kind || '-' || recorded.engagement_id AS activity_id,
    recorded.kind,
    recorded.engagement_id,
    recorded.started_at,
    CAST(coalesce(CASE WHEN recorded.minutes >= 0 THEN recorded.minutes END, standard.minutes) AS DECIMAL(18, 4)) AS minutes,
    CASE WHEN recorded.minutes >= 0 THEN 'measured' WHEN standard.minutes IS NOT NULL THEN 'standard' END AS handle_method,
    recorded.owner,
    recorded.outcome,
    recorded.company_ids,
    recorded.contact_ids,
    recorded.contacts
FROM recorded
LEFT JOIN (
    SELECT lower(category) AS kind, max(minutes) AS minutes FROM standard_minutes GROUP BY lower(category)
) AS standard ON standard.kind = recorded.kind
