/*---
description = "Interactions as given. Without shares, those of one interaction are equal and add up to exactly 1; minutes are those of the row."
---*/
SELECT
    interaction_id,
    customer_key,
    coalesce(
        CAST(share AS DECIMAL(9, 6)),
        allocate(CAST(1 AS DECIMAL(9, 6)), 1, 6) OVER (PARTITION BY interaction_id ORDER BY customer_key)
    ) AS share,
    channel,
    opened_at,
    first_response_at,
    closed_at,
    CAST(handle_minutes AS DECIMAL(18, 4)) AS handle_minutes,
    CASE WHEN handle_minutes IS NOT NULL THEN coalesce(handle_method, 'measured') END AS handle_method,
    category,
    priority,
    agent,
    status
FROM interactions
