/*---
description = "Messages, once each, with who wrote them: a contact, an agent, or a bot. Bots are known by the message or by the list of users."
[columns]
is_agent = "written by a person of your own firm"
---*/
WITH written AS (
    SELECT
        message_id,
        min(conversation_id) AS conversation_id,
        min(sent_at) AS sent_at,
        min(coalesce(author_type, regexp_match(author, '"?type"?\s*:\s*"?([A-Za-z]+)')[1])) AS author_type,
        min(coalesce(author_id, regexp_match(author, '"?id"?\s*:\s*"?([A-Za-z0-9-]+)')[1])) AS author_id,
        bool_or(coalesce(is_bot, author LIKE '%bot%:%true%', false)) AS is_bot
    FROM messages
    GROUP BY message_id
)
SELECT
    written.message_id,
    written.conversation_id,
    written.sent_at,
    written.author_id,
    coalesce(written.is_bot OR coalesce(users.is_bot, false) OR lower(written.author_type) = 'bot', false) AS is_bot,
    coalesce(lower(written.author_type) IN ('user', 'agent', 'admin', 'teammate'), false)
        AND NOT written.is_bot AND NOT coalesce(users.is_bot, false) AS is_agent
FROM written
LEFT JOIN users ON users.user_id = written.author_id
