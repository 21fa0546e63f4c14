/*---
description = "The account of each survey answer: its company, else its contact's, else that of the e-mail address, else its ticket's. Of several, the one with the lowest id."
---*/
WITH named AS (
    SELECT submission_id, coalesce(merges.surviving_id, trim(part)) AS customer_key, false AS by_domain, 1 AS position
    FROM (SELECT submission_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS part FROM feedback_submissions) AS parts
    LEFT JOIN merges ON merges.object = 'company' AND merges.merged_id = trim(part)
    WHERE trim(part) <> ''
    UNION ALL
    SELECT submission_id, person_accounts.customer_key, person_accounts.by_domain, 2 AS position
    FROM (SELECT submission_id, unnest(string_to_array(translate(contact_ids, ',', ';'), ';')) AS part FROM feedback_submissions) AS parts
    LEFT JOIN merges ON merges.object = 'contact' AND merges.merged_id = trim(part)
    JOIN person_accounts ON person_accounts.contact_id = coalesce(merges.surviving_id, trim(part))
    UNION ALL
    SELECT feedback_submissions.submission_id, person_accounts.customer_key, person_accounts.by_domain, 3 AS position
    FROM feedback_submissions
    JOIN person_accounts ON person_accounts.email = lower(feedback_submissions.email)
    UNION ALL
    SELECT submission_id, activity_accounts.customer_key, activity_accounts.by_domain, 4 AS position
    FROM (SELECT submission_id, unnest(string_to_array(translate(ticket_ids, ',', ';'), ';')) AS part FROM feedback_submissions) AS parts
    LEFT JOIN merges ON merges.object = 'ticket' AND merges.merged_id = trim(part)
    JOIN activity_accounts ON activity_accounts.activity_id = coalesce(merges.surviving_id, trim(part))
)
SELECT
    submission_id,
    first_value(customer_key ORDER BY position, customer_key) AS customer_key,
    first_value(by_domain ORDER BY position, customer_key) AS by_domain
FROM named
GROUP BY submission_id
