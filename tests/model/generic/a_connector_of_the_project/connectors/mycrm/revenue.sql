/*---
description = "Deals that were won"
---*/
SELECT
  customer AS customer_key, closed_on AS posted_on, 'subscription' AS category, amount, $currency AS currency, deal AS document, source_file
FROM deals
WHERE stage = $won
