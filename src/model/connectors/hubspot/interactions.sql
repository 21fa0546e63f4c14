/*---
description = "One row per ticket or engagement and account. Shares and minutes are divided to the last digit, so they add up to the ticket exactly."
---*/
SELECT
    shared.interaction_id,
    shared.customer_key,
    shared.share,
    shared.channel,
    shared.opened_at,
    shared.first_response_at,
    shared.closed_at,
    allocate(shared.minutes, shared.share, 6) OVER (PARTITION BY shared.interaction_id ORDER BY shared.customer_key) AS handle_minutes,
    shared.handle_method,
    shared.category,
    shared.priority,
    shared.agent,
    shared.status
FROM (
    SELECT
        activities.activity_id AS interaction_id,
        activity_accounts.customer_key,
        allocate(CAST(1 AS DECIMAL(9, 6)), 1, 6) OVER (PARTITION BY activities.activity_id ORDER BY activity_accounts.customer_key) AS share,
        activities.channel,
        activities.opened_at,
        activities.first_response_at,
        activities.closed_at,
        activity_minutes.minutes,
        activity_minutes.handle_method,
        activities.category,
        activities.priority,
        coalesce(owner_names.email, owner_names.name, activities.owner) AS agent,
        activities.status
    FROM activities
    LEFT JOIN activity_accounts ON activity_accounts.activity_id = activities.activity_id
    LEFT JOIN activity_minutes ON activity_minutes.activity_id = activities.activity_id
    LEFT JOIN owner_names ON owner_names.owner_id = activities.owner
) AS shared
