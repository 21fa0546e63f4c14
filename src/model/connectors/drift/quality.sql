/*---
description = "What is doubtful in these exports, by name, with a count and an example. A check without rows is silent."
---*/
SELECT checks.check_name, checks.severity, checks.table_name, count(*) AS rows, min(checks.example) AS example
FROM (
    -- A loader that takes the owner for the key of an account keeps one account of each owner.
    SELECT 'accounts seem to be deduplicated by owner: one account for each of several owners' AS check_name, 'warning' AS severity, 'accounts' AS table_name,
        min(account_id) AS example
    FROM account_rows
    WHERE owner_id IS NOT NULL
    HAVING count(*) > 2 AND count(DISTINCT owner_id) = count(*)
    UNION ALL
    SELECT 'domains of several accounts, not used' AS check_name, 'info' AS severity, 'accounts' AS table_name, domain AS example
    FROM account_rows
    WHERE domain IS NOT NULL
    GROUP BY domain
    HAVING count(*) > 1
    UNION ALL
    SELECT
        CASE WHEN is_anonymous THEN 'anonymous conversations' ELSE 'conversations with free-mail addresses or without an account' END AS check_name,
        'warning' AS severity, 'conversations' AS table_name, conversation_id AS example
    FROM conversation_accounts
    WHERE customer_key IS NULL
    UNION ALL
    SELECT 'conversations without messages: no minutes' AS check_name, 'warning' AS severity, 'messages' AS table_name, live_conversations.conversation_id AS example
    FROM live_conversations
    LEFT JOIN messages ON messages.conversation_id = live_conversations.conversation_id
    WHERE messages.message_id IS NULL
    UNION ALL
    SELECT 'conversations of other inboxes, or left out by playbook or tag' AS check_name, 'info' AS severity, 'conversations' AS table_name,
        conversation_rows.conversation_id AS example
    FROM conversation_rows
    LEFT JOIN live_conversations ON live_conversations.conversation_id = conversation_rows.conversation_id
    WHERE live_conversations.conversation_id IS NULL
    UNION ALL
    SELECT 'messages of bots, no work' AS check_name, 'info' AS severity, 'messages' AS table_name, message_id AS example
    FROM message_rows
    WHERE is_bot
    UNION ALL
    SELECT 'messages of conversations that are not in the export' AS check_name, 'warning' AS severity, 'messages' AS table_name, messages.message_id AS example
    FROM messages
    LEFT JOIN conversations ON conversations.conversation_id = messages.conversation_id
    WHERE conversations.conversation_id IS NULL
    UNION ALL
    SELECT 'messages whose author is not known: no work' AS check_name, 'warning' AS severity, 'messages' AS table_name, message_id AS example
    FROM messages
    WHERE author_type IS NULL AND author IS NULL
) AS checks
WHERE checks.example IS NOT NULL
GROUP BY checks.check_name, checks.severity, checks.table_name
