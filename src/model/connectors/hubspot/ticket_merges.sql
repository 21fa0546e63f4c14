/*---
description = "Tickets that were merged into others, and the ticket that each is now."
---*/
SELECT trim(part) AS merged_id, max(ticket_id) AS surviving_id
FROM (SELECT ticket_id, unnest(string_to_array(translate(merged_ids, ',', ';'), ';')) AS part FROM tickets) AS parts
WHERE trim(part) <> '' AND trim(part) <> ticket_id
GROUP BY trim(part)
