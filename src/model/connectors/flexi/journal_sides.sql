/*---
description = "Each journal row twice: its debit account with the amount, its credit account with the amount negated."
---*/
SELECT
  sides.*,
  known.kind AS side_kind,
  known.category,
  known.listed_category,
  known.customer_key AS account_customer
FROM (
  SELECT
    id_ucetni_denik,
    nullif(regexp_replace(md_ucet, '^(code|ext|key):', ''), '') AS account,
    sum_tuz AS amount,
    CASE $journal_date WHEN 'issued' THEN coalesce(dat_vyst, dat_ucto) WHEN 'tax_point' THEN coalesce(duzp_ucto, dat_ucto, dat_vyst) ELSE coalesce(dat_ucto, dat_vyst) END AS posted_on,
    doklad,
    nullif(regexp_replace(firma, '^(code|ext|key):', ''), '') AS company,
    nullif(regexp_replace(zakazka, '^(code|ext|key):', ''), '') AS order_code,
    nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department,
    regexp_replace(modul_k, '^[a-zA-Z]+\.', '') AS modul,
    vat_item,
    zuctovano,
    source_file
  FROM ucetni_denik
  UNION ALL
  SELECT
    id_ucetni_denik,
    nullif(regexp_replace(dal_ucet, '^(code|ext|key):', ''), '') AS account,
    -sum_tuz AS amount,
    CASE $journal_date WHEN 'issued' THEN coalesce(dat_vyst, dat_ucto) WHEN 'tax_point' THEN coalesce(duzp_ucto, dat_ucto, dat_vyst) ELSE coalesce(dat_ucto, dat_vyst) END AS posted_on,
    doklad,
    nullif(regexp_replace(firma, '^(code|ext|key):', ''), '') AS company,
    nullif(regexp_replace(zakazka, '^(code|ext|key):', ''), '') AS order_code,
    nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department,
    regexp_replace(modul_k, '^[a-zA-Z]+\.', '') AS modul,
    vat_item,
    zuctovano,
    source_file
  FROM ucetni_denik
) AS sides
JOIN account_categories AS known
  ON known.account = sides.account AND (known.department IS NOT DISTINCT FROM sides.department)
