/*---
description = "The tickets that count: neither deleted, nor merged into another, nor in an excluded pipeline or stage. A first reply before the creation is left out."
---*/
SELECT
    tickets.ticket_id,
    coalesce(stage.label, tickets.stage) AS stage,
    coalesce(stage.is_closed, tickets.stage IN ($closed_stages), false) AS is_closed,
    tickets.created_at,
    CASE
        WHEN tickets.first_reply_at >= tickets.created_at THEN tickets.first_reply_at
        WHEN tickets.first_reply_at IS NULL
            THEN tickets.created_at + CAST(CAST(round(reply.minutes * 60, 0) AS BIGINT) || ' seconds' AS INTERVAL)
    END AS first_reply_at,
    tickets.closed_date AS closed_at,
    tickets.closed_date < tickets.created_at AS closed_before_created,
    tickets.owner,
    lower(tickets.category) AS category,
    lower(tickets.priority) AS priority,
    tickets.channel,
    tickets.primary_company_ids,
    tickets.company_ids,
    tickets.contact_ids,
    tickets.contacts
FROM tickets
LEFT JOIN stage_names AS stage ON stage.stage = tickets.stage
LEFT JOIN ticket_pipelines AS pipeline ON pipeline.pipeline_id = tickets.pipeline
LEFT JOIN ticket_merges AS merges ON merges.merged_id = tickets.ticket_id
LEFT JOIN durations AS reply ON reply.what = 'time_to_first_reply' AND reply.id = tickets.ticket_id
WHERE merges.merged_id IS NULL
    AND NOT coalesce(tickets.is_deleted, false)
    AND NOT coalesce(tickets.is_removed, false)
    AND coalesce(tickets.pipeline, '') NOT IN ($excluded_pipelines)
    AND coalesce(pipeline.label, '') NOT IN ($excluded_pipelines)
    AND coalesce(tickets.stage, '') NOT IN ($excluded_stages)
    AND coalesce(stage.label, '') NOT IN ($excluded_stages)
