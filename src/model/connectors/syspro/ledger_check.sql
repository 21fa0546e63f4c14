/*---
description = "Decides whether the lines can be compared with the journal: it must have the accounts that the lines name."
---*/
SELECT
  CASE WHEN count(*) > 0 THEN 'on' ELSE 'off' END AS value,
  CAST(count(*) AS TEXT) || ' sales accounts of the lines (TransactionGlCode) occur in the journal' AS reason
FROM (SELECT DISTINCT transaction_gl_code FROM ar_trn_detail WHERE transaction_gl_code IS NOT NULL) AS named
WHERE transaction_gl_code IN (SELECT gl_code FROM gen_journal_detail)
