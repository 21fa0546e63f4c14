/*---
description = "Messages, with who wrote them: a contact, an agent, or a bot. Bots are known by the message or by the list of users."
[columns]
is_agent = "written by a person of your own firm"
---*/
SELECT
    written.message_id,
    written.conversation_id,
    written.sent_at,
    written.author_id,
    coalesce(written.is_bot OR users.is_bot OR lower(written.author_type) = 'bot', false) AS is_bot,
    coalesce(lower(written.author_type) IN ('user', 'agent', 'admin', 'teammate'), false)
        AND NOT coalesce(written.is_bot OR users.is_bot, false) AS is_agent
FROM (
    -- The author is in columns of its own, or one JSON object.
    SELECT
        message_id,
        conversation_id,
        sent_at,
        coalesce(author_type, regexp_match(author, '"?type"?\s*:\s*"?([A-Za-z]+)')[1]) AS author_type,
        coalesce(author_id, regexp_match(author, '"?id"?\s*:\s*"?([A-Za-z0-9-]+)')[1]) AS author_id,
        coalesce(is_bot, author LIKE '%bot%:%true%', false) AS is_bot
    FROM messages
) AS written
LEFT JOIN users ON users.user_id = written.author_id
