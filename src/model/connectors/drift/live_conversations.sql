/*---
description = "The conversations that count: of the inboxes asked for, and of no playbook or tag that is left out."
---*/
SELECT conversation_rows.*, tagged.first_tag
FROM conversation_rows
LEFT JOIN playbooks ON playbooks.playbook_id = conversation_rows.playbook_id
LEFT JOIN (
    SELECT conversation_id, min(tag) AS first_tag, bool_or(tag IN ($excluded_tags)) AS is_excluded
    FROM conversation_labels
    GROUP BY conversation_id
) AS tagged ON tagged.conversation_id = conversation_rows.conversation_id
WHERE ('*' IN ($inboxes) OR conversation_rows.inbox_id IN ($inboxes))
    AND coalesce(conversation_rows.inbox_id, '') NOT IN ($excluded_inboxes)
    AND coalesce(conversation_rows.playbook_id, '') NOT IN ($excluded_playbooks)
    AND coalesce(playbooks.name, '') NOT IN ($excluded_playbooks)
    AND NOT coalesce(tagged.is_excluded, false)
