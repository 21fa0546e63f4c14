/*---
description = "Ticket stages by id, as warehouse tables name them, and by label, as exports by hand do. A label of several pipelines is closed only if it is so in all of them."
---*/
WITH described AS (
    SELECT stage_id, label, coalesce(is_closed, upper(ticket_state) = 'CLOSED', false) AS is_closed
    FROM ticket_stages
)
SELECT stage_id AS stage, min(label) AS label, bool_and(is_closed) AS is_closed
FROM described
GROUP BY stage_id
UNION ALL
SELECT label AS stage, label, bool_and(is_closed) AS is_closed
FROM described
WHERE label IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ticket_stages WHERE ticket_stages.stage_id = described.label)
GROUP BY label
