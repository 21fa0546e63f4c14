/*---
description = "What counts as revenue of documents: their lines, and as one more line what the header has beyond them (documents without lines, bezPolozek)."
---*/
SELECT document, kind, customer_key, posted_on, contract, net, foreign_net, currency, rate, product, quantity, account, department, source_file
FROM document_lines
WHERE reason IS NULL AND NOT cancelled AND NOT coalesce(dropped, false) AND line_kind IS DISTINCT FROM 'text'
UNION ALL
SELECT
  documents.kod AS document,
  documents.kind,
  documents.customer_key,
  documents.posted_on,
  documents.contract,
  documents.net - coalesce(listed.net, 0) AS net,
  CAST(NULL AS DECIMAL(18, 4)) AS foreign_net,
  documents.currency,
  documents.rate,
  CAST(NULL AS TEXT) AS product,
  CAST(NULL AS DECIMAL(18, 6)) AS quantity,
  CAST(NULL AS TEXT) AS account,
  documents.department,
  documents.source_file
FROM documents
LEFT JOIN (
  SELECT document, sum(net) AS net FROM document_lines WHERE NOT cancelled GROUP BY document
) AS listed ON listed.document = documents.kod
WHERE documents.reason IS NULL AND documents.net <> coalesce(listed.net, 0)
