/*---
description = "E-mail addresses written into cells such as `Ann (ann@acme.com);Bob (bob@acme.com)`, and those of survey answers."
---*/
WITH cells AS (
    SELECT unnest(string_to_array(contacts, ';')) AS cell FROM tickets
    UNION ALL SELECT unnest(string_to_array(contacts, ';')) AS cell FROM live_engagements
    UNION ALL SELECT email AS cell FROM feedback_submissions
)
SELECT DISTINCT lower(regexp_match(cell, '[^\s()<>;,]+@[^\s()<>;,]+')[1]) AS email
FROM cells
WHERE cell LIKE '%@%'
