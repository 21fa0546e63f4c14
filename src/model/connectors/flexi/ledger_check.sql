/*---
description = "Decides whether invoices can be compared with the journal: it must have issued invoices on revenue accounts."
---*/
SELECT
  CASE WHEN count(*) > 0 THEN 'on' ELSE 'off' END AS value,
  CAST(count(*) AS TEXT) || ' journal rows of issued invoices (FAV) are on revenue accounts' AS reason
FROM ucetni_denik AS journal
WHERE regexp_replace(modul_k, '^[a-zA-Z]+\.', '') = 'FAV'
  AND vat_item IS NOT TRUE
  AND (regexp_replace(md_ucet, '^(code|ext|key):', '') LIKE '6%' OR regexp_replace(dal_ucet, '^(code|ext|key):', '') LIKE '6%')
