/*---
description = "Decides where cogs.product comes from: the lines trace it to customers, if they have it."
---*/
SELECT
  CASE WHEN count(*) > 0 THEN 'lines' ELSE 'journal' END AS value,
  CASE
    WHEN count(*) > 0 THEN CAST(count(*) AS TEXT) || ' invoice lines have a CostValue'
    ELSE 'no invoice line has a CostValue'
  END AS reason
FROM ar_trn_detail
WHERE cost_value <> 0
