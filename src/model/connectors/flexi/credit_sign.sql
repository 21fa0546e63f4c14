/*---
description = "Decides the sign of credit notes (dobropis): the sum of their net values shows how they are stored."
---*/
SELECT
  CASE WHEN coalesce(sum(net), 0) > 0 THEN 'negate' ELSE 'as_is' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'there are no credit notes'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' credit notes add to ' || CAST(sum(net) AS TEXT)
  END AS reason
FROM headers
WHERE kind = 'dobropis' AND storno IS NOT TRUE
