/*---
description = "Which tickets an engagement belongs to. Such an engagement is part of the work on the ticket and no interaction of its own."
---*/
WITH named AS (
    SELECT engagement_id, ticket_id FROM ticket_engagements
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM calls
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM meetings
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM emails
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM notes
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM tasks
)
SELECT DISTINCT named.engagement_id, coalesce(merges.surviving_id, trim(named.ticket_id)) AS ticket_id
FROM named
LEFT JOIN merges ON merges.object = 'ticket' AND merges.merged_id = trim(named.ticket_id)
WHERE trim(named.ticket_id) <> ''
