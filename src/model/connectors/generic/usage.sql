/*---
description = "Usage as given; a row that does not count its events is one."
---*/
SELECT customer_key, user_id, used_on, feature, coalesce(events, 1) AS events
FROM usage
