/*---
description = "The people of your own firm, by the id that tickets, companies and engagements carry."
---*/
SELECT owner_id, email, nullif(trim(concat_ws(' ', first_name, last_name)), '') AS name
FROM owners
