/*---
description = "Exchange rates, for one unit: a rate is quoted per `kurzMnozstvi` units."
---*/
SELECT
  regexp_replace(mena, '^(code|ext|key):', '') AS currency,
  $currency AS to_currency,
  plati_od_data AS quoted_on,
  CAST(kurz / coalesce(nullif(kurz_mnozstvi, 0), 1) AS DECIMAL(28, 10)) AS rate,
  'list' AS kind
FROM kurz
WHERE kurz > 0
