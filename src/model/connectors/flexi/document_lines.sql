/*---
description = "Lines with the document they belong to (by its code, else by its id), signed. `cancelled` and `deduction` say what is special."
---*/
SELECT
  lines.id AS line_id,
  documents.id AS document_id,
  documents.kod AS document,
  lines.document_key,
  documents.kind,
  documents.customer_key,
  documents.posted_on,
  documents.contract,
  CASE WHEN documents.kod IS NULL THEN 'line without its document' ELSE documents.reason END AS reason,
  documents.rate,
  documents.currency,
  CAST(
    CASE WHEN $credit_sign = 'negate' AND documents.kind = 'dobropis' THEN -1 ELSE 1 END
    * coalesce(lines.sum_zkl, CAST(round(lines.sum_zkl_men * documents.rate, 2) AS DECIMAL(18, 4)), 0) AS DECIMAL(18, 4)
  ) AS net,
  CASE WHEN $credit_sign = 'negate' AND documents.kind = 'dobropis' THEN -lines.sum_zkl_men ELSE lines.sum_zkl_men END AS foreign_net,
  lines.product,
  lines.mnoz_mj AS quantity,
  CASE WHEN lines.debit LIKE '6%' AND coalesce(lines.credit, '') NOT LIKE '6%' THEN lines.debit ELSE lines.credit END AS account,
  coalesce(lines.department, documents.department) AS department,
  coalesce(lines.storno, false) OR coalesce(lines.storno_pol, false) AS cancelled,
  lines.line_kind,
  lines.line_kind = 'odpocetZalohy'
    OR ($advances = 'final' AND lines.line_kind IN ('odpocetZdd', 'korekceOdpoctu', 'zaokrPoOdpoctu')) AS dropped,
  lines.source_file
FROM (
  SELECT
    *,
    nullif(regexp_replace(dokl_fak, '^(code|ext|key):', ''), '') AS document_key,
    -- Without a price list item, the line's own words say what was sold.
    coalesce(nullif(regexp_replace(cenik, '^(code|ext|key):', ''), ''), kod, nazev) AS product,
    nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department,
    regexp_replace(zkl_md_ucet, '^(code|ext|key):', '') AS debit,
    regexp_replace(zkl_dal_ucet, '^(code|ext|key):', '') AS credit,
    regexp_replace(typ_polozky_k, '^[a-zA-Z]+\.', '') AS line_kind
  FROM faktura_vydana_polozka
) AS lines
LEFT JOIN document_keys AS documents ON documents.key = lines.document_key
