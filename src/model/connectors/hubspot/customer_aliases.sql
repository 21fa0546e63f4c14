/*---
description = "Former company ids, and the company that each is now."
---*/
SELECT merged_id AS alias_key, surviving_id AS customer_key
FROM company_merges
