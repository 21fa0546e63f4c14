/*---
description = "Lines of expense accounts: debit less credit. A line that names a customer is that customer's own cost."
---*/
SELECT
  customer_key,
  posted_on,
  category,
  amount,
  currency,
  account,
  department,
  document,
  source_file
FROM ledger_lines
WHERE kind = 'cost' AND reason IS NULL
