/*---
description = "Decides how the minutes of tickets are derived when the option `handle_time` is `auto`: by the best evidence that is there."
---*/
SELECT
    CASE
        WHEN given.standards > 0 THEN 'standard'
        WHEN given.stage_changes > 0 THEN 'stages'
        ELSE 'elapsed'
    END AS value,
    CASE
        WHEN given.standards > 0 THEN 'standard_minutes says how long a ticket of each category takes'
        WHEN given.stage_changes > 0 THEN 'ticket_history has the stages that tickets went through'
        ELSE 'there is neither standard_minutes nor ticket_history: only the time from creation to closing is known'
    END AS reason
FROM (
    SELECT
        (SELECT count(*) FROM standard_minutes) AS standards,
        (SELECT count(*) FROM ticket_history WHERE property = 'hs_pipeline_stage') AS stage_changes
) AS given
