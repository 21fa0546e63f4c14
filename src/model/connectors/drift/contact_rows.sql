/*---
description = "Contacts with their e-mail address, wherever the loader left it, and its domain."
---*/
SELECT
    contact_id,
    account_id,
    nullif(lower(regexp_replace(split_part(email, '@', 2), '^www\.|\.$', '', 'g')), '') AS domain
FROM (
    SELECT
        contact_id,
        max(account_id) AS account_id,
        max(coalesce(email, regexp_match(attributes, '"?email"?\s*:\s*"?([^",}\s]+@[^",}\s]+)')[1])) AS email
    FROM contacts
    GROUP BY contact_id
) AS known
