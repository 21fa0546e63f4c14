/*---
description = "Former or other keys of customers, as given."
---*/
SELECT alias_key, customer_key
FROM customer_aliases
