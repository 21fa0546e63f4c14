/*---
description = "Revenue sides of the journal: credit less debit. They count only if the option says that revenue comes from the journal."
---*/
SELECT
  coalesce(account_customer, company) AS customer_key,
  posted_on,
  coalesce(category, $category) AS category,
  -amount AS amount,
  account,
  doklad AS document,
  modul,
  CASE
    WHEN posted_on IS NULL THEN 'journal row without a date'
    WHEN zuctovano = false THEN 'not posted yet (zuctovano = false)'
    WHEN vat_item THEN 'VAT row (vatItem)'
    WHEN category = 'ignore' THEN 'accounts says ignore'
  END AS reason,
  source_file
FROM journal_sides
WHERE side_kind = 'vynosy'
