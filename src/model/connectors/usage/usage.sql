/*---
description = "Events per account, user, day and feature."
---*/
SELECT customer_key, user_id, used_on, feature, sum(events) AS events
FROM event_accounts
WHERE used_on IS NOT NULL
GROUP BY customer_key, user_id, used_on, feature
