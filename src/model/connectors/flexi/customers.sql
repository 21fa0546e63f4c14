/*---
description = "Companies of the address book; the company group is the segment, IČ or DIČ and the web address identify them elsewhere."
---*/
SELECT
  kod AS customer_key,
  nazev AS name,
  CASE WHEN $segment = 'department' THEN nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') ELSE nullif(regexp_replace(skup_fir, '^(code|ext|key):', ''), '') END AS segment,
  nullif(regexp_replace(stat, '^(code|ext|key):', ''), '') AS country,
  nullif(regexp_replace(zodp_osoba, '^(code|ext|key):', ''), '') AS owner,
  CASE WHEN $tax_id = 'dic' THEN coalesce(dic, vat_id, ic) ELSE coalesce(ic, dic, vat_id) END AS tax_id,
  coalesce(
    nullif(regexp_replace(regexp_replace(lower(www), '^([a-z]+://)?(www\.)?', ''), '\.?([/:?].*)?$', ''), ''),
    nullif(regexp_replace(lower(split_part(email, '@', 2)), '[,; ].*$', ''), '')
  ) AS domain,
  lower(email) AS email
FROM adresar
WHERE $relations = '' OR strpos(',' || $relations || ',', ',' || regexp_replace(coalesce(typ_vztahu_k, ''), '^[a-zA-Z]+\.', '') || ',') > 0
