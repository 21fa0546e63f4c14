/*---
description = "Which tickets a call or meeting belongs to. Such an engagement is part of the work on the ticket and no interaction of its own."
---*/
SELECT DISTINCT engagement_id, trim(ticket_id) AS ticket_id
FROM (
    SELECT engagement_id, ticket_id FROM ticket_engagement
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM calls
    UNION ALL SELECT engagement_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS ticket_id FROM meetings
) AS named
WHERE trim(ticket_id) <> ''
