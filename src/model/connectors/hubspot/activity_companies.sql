/*---
description = "The companies of each ticket and engagement, once each: a pair may be listed twice, and two former companies may be one by now. Deleted companies are left out."
---*/
WITH named AS (
    SELECT coalesce(merges.surviving_id, ticket_companies.ticket_id) AS activity_id, ticket_companies.company_id,
        coalesce(ticket_companies.type_id = '26' OR lower(ticket_companies.label) = 'primary', false) AS is_primary
    FROM ticket_companies
    LEFT JOIN merges ON merges.object = 'ticket' AND merges.merged_id = ticket_companies.ticket_id
    WHERE NOT coalesce(ticket_companies.is_removed, false)
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, true AS is_primary
    FROM live_tickets
    UNION ALL
    SELECT ticket_id AS activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, false AS is_primary
    FROM live_tickets
    UNION ALL
    SELECT live_engagements.activity_id, engagement_companies.company_id, false AS is_primary
    FROM engagement_companies
    JOIN live_engagements ON live_engagements.engagement_id = engagement_companies.engagement_id
    WHERE NOT coalesce(engagement_companies.is_removed, false)
    UNION ALL
    SELECT activity_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, false AS is_primary
    FROM live_engagements
),
resolved AS (
    SELECT named.activity_id, coalesce(merges.surviving_id, trim(named.company_id)) AS company_id, bool_or(named.is_primary) AS is_primary
    FROM named
    LEFT JOIN merges ON merges.object = 'company' AND merges.merged_id = trim(named.company_id)
    WHERE trim(named.company_id) <> ''
    GROUP BY 1, 2
)
SELECT activity_id, company_id, is_primary, bool_or(is_primary) OVER (PARTITION BY activity_id) AS has_primary
FROM resolved
WHERE NOT EXISTS (
    SELECT 1 FROM companies
    WHERE companies.company_id = resolved.company_id AND (coalesce(companies.is_deleted, false) OR coalesce(companies.is_removed, false))
)
