/*---
description = "The companies of each ticket, engagement and survey answer, once each: a pair may be listed twice, and two former companies may be one by now. Deleted companies are left out."
---*/
WITH named AS (
    SELECT ticket_id AS activity_id, company_id, CASE WHEN type_id = '26' OR lower(label) = 'primary' THEN 1 ELSE 2 END AS position
    FROM ticket_company
    WHERE NOT coalesce(is_removed, false)
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, 1 AS position
    FROM tickets
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position
    FROM tickets
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, company_id, 2 AS position
    FROM engagement_company
    WHERE NOT coalesce(is_removed, false)
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position
    FROM calls
    UNION ALL
    SELECT 'engagement-' || engagement_id AS activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position
    FROM meetings
    UNION ALL
    SELECT 'survey-' || submission_id AS activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position
    FROM feedback_submissions
),
resolved AS (
    SELECT
        coalesce(ticket_merges.surviving_id, named.activity_id) AS activity_id,
        CASE WHEN company_keys.named_id IS NULL THEN trim(named.company_id) ELSE company_keys.company_id END AS company_id,
        named.position
    FROM named
    LEFT JOIN ticket_merges ON ticket_merges.merged_id = named.activity_id
    LEFT JOIN company_keys ON company_keys.named_id = trim(named.company_id)
    WHERE trim(named.company_id) <> ''
)
SELECT activity_id, company_id, min(position) = 1 AS is_primary
FROM resolved
WHERE company_id IS NOT NULL
GROUP BY activity_id, company_id
