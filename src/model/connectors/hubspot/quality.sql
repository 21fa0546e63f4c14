/*---
description = "What is doubtful in these exports, by name, with a count and an example. A check without rows is silent."
---*/
WITH unlinked AS (
    SELECT
        interaction_id,
        min(interaction_id) FILTER (WHERE customer_key IS NULL) AS without_customer,
        min(interaction_id) FILTER (WHERE handle_minutes IS NULL) AS without_minutes,
        min(interaction_id) FILTER (WHERE share < 1) AS shared
    FROM interactions
    GROUP BY interaction_id
)
SELECT checks.check_name, checks.severity, checks.table_name, count(*) AS rows, min(checks.example) AS example
FROM (
    SELECT
        unnest(make_array('interactions without a customer', 'interactions without minutes', 'interactions of several companies')) AS check_name,
        unnest(make_array('warning', 'warning', 'info')) AS severity,
        'tickets' AS table_name,
        unnest(make_array(without_customer, without_minutes, shared)) AS example
    FROM unlinked
    UNION ALL
    SELECT 'links to companies that are not in the export' AS check_name, 'warning' AS severity, 'companies' AS table_name,
        activity_companies.activity_id || ' -> ' || activity_companies.company_id AS example
    FROM activity_companies
    LEFT JOIN companies ON companies.company_id = activity_companies.company_id
    WHERE companies.company_id IS NULL
    UNION ALL
    SELECT 'links listed twice' AS check_name, 'info' AS severity, 'ticket_company' AS table_name, min(ticket_id || ' -> ' || company_id) AS example
    FROM ticket_company
    WHERE NOT coalesce(is_removed, false)
    GROUP BY ticket_id, company_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'merged companies that still show up, left out' AS check_name, 'info' AS severity, 'companies' AS table_name, companies.company_id AS example
    FROM companies
    JOIN company_merges ON company_merges.merged_id = companies.company_id
    UNION ALL
    SELECT 'deleted companies, left out' AS check_name, 'info' AS severity, 'companies' AS table_name, company_id AS example
    FROM companies
    WHERE coalesce(is_deleted, false) OR coalesce(is_removed, false)
    UNION ALL
    SELECT 'domains of several companies, not used' AS check_name, 'info' AS severity, 'companies' AS table_name, plain_domain AS example
    FROM live_companies
    WHERE plain_domain IS NOT NULL
    GROUP BY plain_domain
    HAVING count(DISTINCT company_id) > 1
    UNION ALL
    SELECT
        CASE
            WHEN coalesce(tickets.is_deleted, false) OR coalesce(tickets.is_removed, false) THEN 'deleted tickets, left out'
            ELSE 'tickets of excluded pipelines or stages, or merged into others, left out'
        END AS check_name,
        'info' AS severity, 'tickets' AS table_name, tickets.ticket_id AS example
    FROM tickets
    LEFT JOIN live_tickets ON live_tickets.ticket_id = tickets.ticket_id
    WHERE live_tickets.ticket_id IS NULL
    UNION ALL
    SELECT 'tickets closed before they were created' AS check_name, 'warning' AS severity, 'tickets' AS table_name, ticket_id AS example
    FROM tickets
    WHERE closed_date < created_at
    UNION ALL
    -- `closedate` is the property of deals: asked of tickets it gives a column of nothing. If none has a date, that is why.
    SELECT 'closed tickets without a close date' AS check_name, CASE WHEN dates = 0 THEN 'error' ELSE 'warning' END AS severity, 'tickets' AS table_name, ticket_id AS example
    FROM (SELECT ticket_id, is_closed, closed_at, closed_before_created, count(closed_at) OVER () AS dates FROM live_tickets) AS dated
    WHERE is_closed AND closed_at IS NULL AND NOT coalesce(closed_before_created, false)
    UNION ALL
    SELECT
        CASE WHEN minutes < 0 THEN 'negative durations' ELSE 'durations that are neither milliseconds nor HH:mm:ss' END AS check_name,
        'warning' AS severity, 'tickets' AS table_name, value AS example
    FROM durations
    WHERE minutes IS NULL OR minutes < 0
    UNION ALL
    SELECT 'meetings that end before they start' AS check_name, 'warning' AS severity, 'meetings' AS table_name, engagement_id AS example
    FROM meetings
    WHERE ends_at < starts_at
    UNION ALL
    -- An export of property history by hand keeps the last twenty changes only.
    SELECT 'tickets whose history may be cut off' AS check_name, 'warning' AS severity, 'ticket_history' AS table_name, ticket_id AS example
    FROM ticket_history
    WHERE property = 'hs_pipeline_stage' AND $handle_time = 'stages'
    GROUP BY ticket_id
    HAVING count(*) = 20
    UNION ALL
    -- The export has the current owner only, so cost rates by agent would be wrong for these.
    SELECT 'tickets that changed their owner' AS check_name, 'info' AS severity, 'ticket_history' AS table_name, ticket_id AS example
    FROM ticket_history
    WHERE property = 'hubspot_owner_id'
    GROUP BY ticket_id
    HAVING count(DISTINCT value) > 1
    UNION ALL
    SELECT 'survey answers off their scale, left out' AS check_name, 'error' AS severity, 'feedback_submissions' AS table_name, submission_id AS example
    FROM survey_answers
    WHERE kind IS NOT NULL AND NOT score BETWEEN scale_min AND scale_max
    UNION ALL
    -- Some CSAT surveys have the answers 0, 1 and 2: on five points they would all be dissatisfied.
    SELECT 'CSAT surveys that look like 0 to 2: describe them in survey_scales' AS check_name, 'warning' AS severity, 'feedback_submissions' AS table_name, survey AS example
    FROM survey_answers
    WHERE kind = 'csat' AND NOT is_described
    GROUP BY survey
    HAVING max(score) <= 2
    UNION ALL
    SELECT 'deals in their own currency, without the company currency' AS check_name, 'warning' AS severity, 'deals' AS table_name, deal_id AS example
    FROM deals
    WHERE $revenue = 'deals' AND amount IS NOT NULL AND amount_in_company_currency IS NULL
    UNION ALL
    SELECT 'deals of several companies, counted for one' AS check_name, 'info' AS severity, 'deals' AS table_name, deal_id AS example
    FROM deal_accounts
    WHERE $revenue = 'deals' AND companies > 1
    UNION ALL
    SELECT 'invoices without a tax column or rate: amounts are taken as net' AS check_name, 'warning' AS severity, 'invoices' AS table_name, invoice_id AS example
    FROM invoices
    WHERE $revenue = 'invoices' AND tax IS NULL AND $invoice_tax_pct = 0
    UNION ALL
    SELECT 'invoices of several companies, counted for the first' AS check_name, 'warning' AS severity, 'invoices' AS table_name, invoice_id AS example
    FROM invoices
    WHERE $revenue = 'invoices' AND translate(company_ids, ',', ';') LIKE '%;%'
    UNION ALL
    SELECT 'invoice numbers that occur twice' AS check_name, 'error' AS severity, 'invoices' AS table_name, invoice_id AS example
    FROM invoices
    WHERE $revenue = 'invoices' AND invoice_id IS NOT NULL
    GROUP BY invoice_id
    HAVING count(*) > 1
) AS checks
WHERE checks.example IS NOT NULL
GROUP BY checks.check_name, checks.severity, checks.table_name
