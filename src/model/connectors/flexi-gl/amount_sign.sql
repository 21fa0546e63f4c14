/*---
description = "Decides the sign of a lone amount column: expenses are debits, so if their amounts add to less than zero, credits are positive."
---*/
SELECT
  CASE WHEN coalesce(sum(amount), 0) < 0 THEN 'credit_positive' ELSE 'debit_positive' END AS value,
  CASE
    WHEN count(*) = 0 THEN 'no line of an expense account has a lone amount'
    ELSE 'the ' || CAST(count(*) AS TEXT) || ' lines of expense accounts add to ' || CAST(sum(amount) AS TEXT)
  END AS reason
FROM journal
WHERE amount IS NOT NULL
  AND debit IS NULL
  AND credit IS NULL
  AND side IS NULL
  AND CASE WHEN account_type IS NOT NULL THEN upper(left(account_type, 1)) = 'E' ELSE account ~ $cost_accounts END
