SELECT status, source, month, what, document, expected, excluded, found, difference
FROM reconciliation
ORDER BY CASE status WHEN 'differs' THEN 1 WHEN 'excluded' THEN 2 ELSE 3 END, source, month, what, document
