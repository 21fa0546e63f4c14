/*---
kept = true
description = "What each type of document is; a kind that stands in the document itself is looked up with `=` before it."
---*/
SELECT DISTINCT upper(regexp_replace(kod, '^(code|ext|key):', '')) AS type_code, regexp_replace(typ_dokl_k, '^[a-zA-Z]+\.', '') AS kind
FROM typ_faktury_vydane
UNION ALL
SELECT DISTINCT '=' || typ_dokl_k AS type_code, regexp_replace(typ_dokl_k, '^[a-zA-Z]+\.', '') AS kind
FROM faktura_vydana
WHERE typ_dokl_k IS NOT NULL
