SELECT
  status, source, CASE WHEN status IN ('ok', 'differs') THEN month END AS month, what, document, sum(expected) AS expected, sum(excluded) AS excluded,
  sum(found) AS found, sum(difference) AS difference
FROM reconciliation
GROUP BY status, source, CASE WHEN status IN ('ok', 'differs') THEN month END, what, document
ORDER BY status, source, month, what, document
