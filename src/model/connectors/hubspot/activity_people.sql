/*---
description = "The contacts of each ticket and engagement, by id or by the e-mail address written in the export."
---*/
WITH named AS (
    SELECT coalesce(merges.surviving_id, ticket_contacts.ticket_id) AS activity_id, ticket_contacts.contact_id
    FROM ticket_contacts
    LEFT JOIN merges ON merges.object = 'ticket' AND merges.merged_id = ticket_contacts.ticket_id
    WHERE NOT coalesce(ticket_contacts.is_removed, false)
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(contact_ids, ',', ';'), ';')) AS contact_id FROM live_tickets
    UNION ALL
    SELECT live_engagements.activity_id, engagement_contacts.contact_id
    FROM engagement_contacts
    JOIN live_engagements ON live_engagements.engagement_id = engagement_contacts.engagement_id
    WHERE NOT coalesce(engagement_contacts.is_removed, false)
    UNION ALL
    SELECT activity_id, unnest(string_to_array(translate(contact_ids, ',', ';'), ';')) AS contact_id FROM live_engagements
),
cells AS (
    SELECT ticket_id AS activity_id, unnest(string_to_array(contacts, ';')) AS cell FROM live_tickets
    UNION ALL
    SELECT activity_id, unnest(string_to_array(contacts, ';')) AS cell FROM live_engagements
)
SELECT DISTINCT named.activity_id, coalesce(merges.surviving_id, trim(named.contact_id)) AS contact_id, NULL AS email
FROM named
LEFT JOIN merges ON merges.object = 'contact' AND merges.merged_id = trim(named.contact_id)
WHERE trim(named.contact_id) <> ''
UNION ALL
SELECT DISTINCT activity_id, NULL AS contact_id, lower(regexp_match(cell, '[^\s()<>;,]+@[^\s()<>;,]+')[1]) AS email
FROM cells
WHERE cell LIKE '%@%'
