/*---
description = "Minutes of each ticket in stages that are not closed. One stay counts at most `cap_minutes`, so a weekend of waiting is not a weekend of work; time between closing and opening again is no stay."
---*/
WITH stays AS (
    SELECT
        ticket_id,
        value AS stage,
        changed_at AS entered_at,
        lead(changed_at) OVER (PARTITION BY ticket_id ORDER BY changed_at, value) AS left_at
    FROM ticket_history
    WHERE property = 'hs_pipeline_stage'
),
-- A stay that has not ended counts up to the end of the as-of day.
measured AS (
    SELECT
        stays.ticket_id,
        (to_unixtime(coalesce(stays.left_at, CAST($as_of AS TIMESTAMP) + INTERVAL '1 day')) - to_unixtime(stays.entered_at)) / 60 AS minutes
    FROM stays
    LEFT JOIN stage_names AS stage ON stage.stage = stays.stage
    WHERE NOT coalesce(stage.is_closed, stays.stage IN ($closed_stages), false)
)
SELECT ticket_id, sum(CAST(greatest(least(minutes, $cap_minutes), 0) AS DECIMAL(18, 4))) AS minutes
FROM measured
GROUP BY ticket_id
