/*---
kept = true
description = "The companies of each contact, under its id, its former ids and its e-mail address. No company: NULL, and the address may tell by its domain."
---*/
WITH former AS (
    SELECT trim(split_part(part, ':', 1)) AS merged_id, max(contact_id) AS surviving_id
    FROM (
        SELECT contact_id, unnest(string_to_array(translate(merged_ids, ',', ';'), ';')) AS part FROM contacts
        UNION ALL
        SELECT surviving_id AS contact_id, merged_id AS part FROM contact_merges
    ) AS parts
    WHERE trim(split_part(part, ':', 1)) <> '' AND trim(split_part(part, ':', 1)) <> contact_id
    GROUP BY 1
),
-- A contact that is merged away and still shows up, or only occurs in links, is there under its own id too.
known AS (
    SELECT
        coalesce(contacts.contact_id, contact_companies.contact_id) AS contact_id,
        lower(contacts.email) AS email,
        contact_companies.company_id
    FROM contacts
    FULL JOIN contact_companies ON contact_companies.contact_id = contacts.contact_id
),
named AS (
    SELECT unnest(make_array(known.contact_id, former.merged_id, known.email)) AS person, known.email, known.company_id
    FROM known
    LEFT JOIN former ON former.surviving_id = known.contact_id
)
SELECT DISTINCT person, email, company_id
FROM named
WHERE person IS NOT NULL
