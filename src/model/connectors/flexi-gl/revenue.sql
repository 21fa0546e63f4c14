/*---
description = "Lines of revenue accounts: credit less debit, so a credit note is negative."
---*/
SELECT
  customer_key,
  posted_on,
  category,
  -amount AS amount,
  currency,
  document,
  'journal' AS document_type,
  source_file
FROM ledger_lines
WHERE kind = 'revenue' AND reason IS NULL
