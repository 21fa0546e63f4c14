/*---
description = "Issued documents with their kind, bare relations and net value in local currency, signs as stored."
---*/
SELECT
  documents.id,
  documents.kod,
  CASE
    WHEN stated.kind IS NOT NULL THEN stated.kind
    -- Without the table of types, the code of a type says what it is, or nobody does.
    WHEN documents.type_code LIKE 'FAKTUR%' THEN 'faktura'
    WHEN documents.type_code LIKE 'DOBROPIS%' THEN 'dobropis'
    WHEN documents.type_code LIKE 'ZALOH%' OR documents.type_code LIKE 'ZÁLOH%' THEN 'zalohFaktura'
    WHEN documents.type_code LIKE 'ZDD%' THEN 'zdd'
    WHEN documents.type_code LIKE 'PROFORMA%' THEN 'proforma'
    WHEN documents.type_code LIKE 'DODLIST%' OR documents.type_code LIKE 'DODACÍ%' THEN 'dodList'
  END AS kind,
  documents.type_code,
  documents.customer_key,
  CASE $revenue_date
    WHEN 'tax_point' THEN coalesce(documents.duzp_puv, documents.dat_vyst)
    WHEN 'accounting' THEN coalesce(documents.dat_ucto, documents.dat_vyst)
    ELSE documents.dat_vyst
  END AS posted_on,
  coalesce(
    documents.sum_zkl_celkem,
    documents.sum_celkem - documents.sum_dph_celkem,
    -- Rates are for `kurz_mnozstvi` units: 50,000 HUF at 6.5 per 100 are 3,250 CZK.
    CAST(round(coalesce(documents.sum_zkl_celkem_men, documents.sum_celkem_men - documents.sum_dph_celkem_men) * documents.rate, 2) AS DECIMAL(18, 4))
  ) AS net,
  coalesce(documents.sum_dph_celkem, documents.sum_celkem - documents.sum_zkl_celkem) AS tax,
  documents.sum_celkem AS gross,
  documents.sum_naklady AS cost,
  coalesce(documents.sum_zkl_celkem_men, documents.sum_celkem_men - documents.sum_dph_celkem_men) AS foreign_net,
  documents.currency,
  documents.rate,
  documents.sum_zalohy AS advances,
  documents.storno,
  documents.ucetni,
  documents.contract,
  documents.department,
  documents.bez_polozek,
  documents.source_file
FROM (
  SELECT
    *,
    nullif(regexp_replace(firma, '^(code|ext|key):', ''), '') AS customer_key,
    upper(regexp_replace(typ_dokl, '^(code|ext|key):', '')) AS type_code,
    regexp_replace(mena, '^(code|ext|key):', '') AS currency,
    nullif(regexp_replace(smlouva, '^(code|ext|key):', ''), '') AS contract,
    nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department,
    CAST(nullif(kurz, 0) / coalesce(nullif(kurz_mnozstvi, 0), 1) AS DECIMAL(28, 10)) AS rate
  FROM faktura_vydana
) AS documents
LEFT JOIN document_kinds AS stated
  ON stated.type_code = coalesce('=' || documents.typ_dokl_k, documents.type_code)
