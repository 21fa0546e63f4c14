/*---
description = "Minutes of work per conversation: the gaps between consecutive messages of people, each capped, since a long gap is waiting. A bot's messages are nobody's work. When a conversation was closed says little, as users forget to close."
---*/
WITH spaced AS (
    SELECT
        conversation_id,
        sent_at,
        author_id,
        is_agent,
        -- Messages of bots are a sequence of their own, so the gap of a person is to the last person before.
        CASE WHEN NOT is_bot THEN
            (CAST(arrow_cast(sent_at, 'Timestamp(Millisecond, None)') AS BIGINT)
                - CAST(arrow_cast(lag(sent_at) OVER (PARTITION BY conversation_id, is_bot ORDER BY sent_at, message_id), 'Timestamp(Millisecond, None)') AS BIGINT)) / 60000
        END AS gap
    FROM message_rows
)
SELECT
    conversation_id,
    CASE
        WHEN NOT bool_or(is_agent) THEN 0
        ELSE CAST(coalesce(sum(CAST(CASE WHEN gap > $cap_minutes THEN $cap_minutes ELSE gap END AS DECIMAL(18, 4))) FILTER (WHERE is_agent OR $gaps = 'all'), 0) AS DECIMAL(18, 4))
    END AS minutes,
    min(sent_at) FILTER (WHERE is_agent) AS first_agent_message_at,
    max(sent_at) AS last_message_at,
    last_value(author_id ORDER BY sent_at) FILTER (WHERE is_agent) AS last_agent_id
FROM spaced
GROUP BY conversation_id
