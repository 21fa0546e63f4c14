/*---
description = "Decides the sign of credit notes (dobropis): the sum of their net values shows how they are stored."
---*/
SELECT
  CASE WHEN coalesce(sum(net), 0) > 0 THEN 'negate' ELSE 'as_is' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'there are no credit notes'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' credit notes add to ' || CAST(sum(net) AS TEXT)
  END AS reason
FROM (
  SELECT coalesce(documents.sum_zkl_celkem, documents.sum_celkem, documents.sum_zkl_celkem_men, documents.sum_celkem_men) AS net
  FROM faktura_vydana AS documents
  LEFT JOIN typ_faktury_vydane AS types
    ON types.kod = regexp_replace(documents.typ_dokl, '^(code|ext|key):', '')
  WHERE documents.storno IS NOT TRUE
    AND CASE
      WHEN coalesce(documents.typ_dokl_k, types.typ_dokl_k) IS NOT NULL THEN coalesce(documents.typ_dokl_k, types.typ_dokl_k) LIKE '%dobropis'
      ELSE upper(documents.typ_dokl) LIKE '%DOBROPIS%'
    END
) AS credits
WHERE net IS NOT NULL
