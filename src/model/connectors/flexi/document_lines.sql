/*---
description = "Lines with the document they belong to (by its code, else by its id), signed. `cancelled` and `deduction` say what is special."
---*/
SELECT
  lines.line_id,
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
  CASE WHEN $credit_sign = 'negate' AND documents.kind = 'dobropis' THEN -lines.net ELSE lines.net END AS net,
  CASE WHEN $credit_sign = 'negate' AND documents.kind = 'dobropis' THEN -lines.foreign_net ELSE lines.foreign_net END AS foreign_net,
  lines.product,
  lines.account,
  coalesce(lines.department, documents.department) AS department,
  lines.cancelled,
  lines.line_kind,
  lines.line_kind = 'odpocetZalohy'
    OR ($advances = 'final' AND lines.line_kind IN ('odpocetZdd', 'korekceOdpoctu', 'zaokrPoOdpoctu')) AS dropped,
  lines.source_file
FROM (
  SELECT
    raw.id AS line_id,
    raw.document_key,
    coalesce(by_code.kod, by_id.kod) AS kod,
    coalesce(raw.sum_zkl, CAST(round(raw.sum_zkl_men * coalesce(by_code.rate, by_id.rate), 2) AS DECIMAL(18, 4)), 0) AS net,
    raw.sum_zkl_men AS foreign_net,
    raw.product,
    CASE WHEN raw.debit LIKE '6%' AND coalesce(raw.credit, '') NOT LIKE '6%' THEN raw.debit ELSE raw.credit END AS account,
    raw.department,
    coalesce(raw.storno, false) OR coalesce(raw.storno_pol, false) AS cancelled,
    raw.line_kind,
    raw.source_file
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
  ) AS raw
  LEFT JOIN documents AS by_code ON by_code.kod = raw.document_key
  LEFT JOIN documents AS by_id ON by_code.kod IS NULL AND by_id.id = raw.document_key
) AS lines
LEFT JOIN documents ON documents.kod = lines.kod
