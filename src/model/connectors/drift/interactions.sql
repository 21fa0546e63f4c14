/*---
description = "One row per conversation. The first response is an agent's, not a bot's; the end is the last message. Minutes are NULL where the export has no messages."
---*/
SELECT
    live_conversations.conversation_id AS interaction_id,
    conversation_accounts.customer_key,
    CAST(1 AS DECIMAL(9, 6)) AS share,
    'chat' AS channel,
    live_conversations.created_at AS opened_at,
    coalesce(
        conversation_minutes.first_agent_message_at,
        metrics.first_agent_message_at,
        live_conversations.created_at + CAST(CAST(round(metrics.time_to_agent_response, 0) AS BIGINT) || ' milliseconds' AS INTERVAL)
    ) AS first_response_at,
    coalesce(conversation_minutes.last_message_at, metrics.first_close_at) AS closed_at,
    conversation_minutes.minutes AS handle_minutes,
    CASE WHEN conversation_minutes.minutes IS NOT NULL THEN 'messages' END AS handle_method,
    live_conversations.first_tag AS category,
    coalesce(users.name, users.email, conversation_minutes.last_agent_id, metrics.last_agent_id) AS agent,
    live_conversations.status
FROM live_conversations
JOIN conversation_accounts ON conversation_accounts.conversation_id = live_conversations.conversation_id
LEFT JOIN conversation_minutes ON conversation_minutes.conversation_id = live_conversations.conversation_id
LEFT JOIN conversation_metrics AS metrics ON metrics.conversation_id = live_conversations.conversation_id
LEFT JOIN users ON users.user_id = coalesce(conversation_minutes.last_agent_id, metrics.last_agent_id)
