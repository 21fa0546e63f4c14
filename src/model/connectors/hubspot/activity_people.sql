/*---
description = "The contacts of each ticket, engagement and survey answer, by id or by the e-mail address that is written in a cell such as `Ann (ann@acme.com);Bob (bob@acme.com)`."
---*/
WITH named AS (
    SELECT ticket_id AS activity_id, contact_id AS person FROM ticket_contact WHERE NOT coalesce(is_removed, false)
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(concat_ws(';', contact_ids, contacts), ',', ';'), ';')) AS person FROM tickets
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, contact_id AS person FROM engagement_contact WHERE NOT coalesce(is_removed, false)
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, unnest(string_to_array(translate(concat_ws(';', contact_ids, contacts), ',', ';'), ';')) AS person FROM calls
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, unnest(string_to_array(translate(concat_ws(';', contact_ids, contacts), ',', ';'), ';')) AS person FROM meetings
    UNION ALL
    SELECT 'survey-' || submission_id AS activity_id, unnest(string_to_array(translate(concat_ws(';', contact_ids, email), ',', ';'), ';')) AS person FROM feedback_submissions
)
SELECT DISTINCT
    coalesce(ticket_merges.surviving_id, named.activity_id) AS activity_id,
    CASE WHEN named.person LIKE '%@%' THEN lower(regexp_match(named.person, '[^\s()<>]+@[^\s()<>]+')[1]) ELSE trim(named.person) END AS person
FROM named
LEFT JOIN ticket_merges ON ticket_merges.merged_id = named.activity_id
WHERE trim(named.person) <> ''
