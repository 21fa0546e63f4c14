/*---
description = "Expense sides of the journal, and payroll; `reason` says why one does not count, NULL: it counts."
---*/
SELECT
  -- The company of a cost row is the supplier. Only an order or the table `accounts` names the customer it is for.
  coalesce(sides.account_customer, CASE WHEN $cost_customer = 'order' THEN nullif(regexp_replace(orders.firma, '^(code|ext|key):', ''), '') END) AS customer_key,
  sides.posted_on,
  sides.category,
  sides.amount,
  sides.account,
  sides.department,
  sides.doklad AS document,
  CASE
    WHEN sides.posted_on IS NULL THEN 'journal row without a date'
    WHEN sides.zuctovano = false THEN 'not posted yet (zuctovano = false)'
    WHEN sides.vat_item THEN 'VAT row (vatItem)'
    WHEN sides.category = 'ignore' THEN 'accounts says ignore'
    WHEN $payroll = 'mzda' AND (starts_with(sides.account, $salaries_account) OR starts_with(sides.account, $insurance_account)) THEN 'payroll counts from mzda, by option'
    WHEN sides.category LIKE 'cogs.product%' AND $product_costs = 'documents' THEN 'cost of goods counts from the invoices, by option'
    WHEN sides.category LIKE 'cogs.product%' AND $product_costs = 'none' THEN 'cost of goods does not count, by option'
  END AS reason,
  false AS is_payroll,
  sides.source_file
FROM journal_sides AS sides
LEFT JOIN zakazka AS orders ON orders.kod = sides.order_code
WHERE sides.side_kind = 'naklady'
UNION ALL
SELECT
  known.customer_key,
  CAST(make_date(CAST(paid.rok AS INT), CAST(least(greatest(paid.mesic, 1), 12) AS INT), 1) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS posted_on,
  known.category,
  paid.amount,
  paid.account,
  paid.department,
  'mzda ' || CAST(paid.rok AS TEXT) || '/' || CAST(paid.mesic AS TEXT) AS document,
  CASE WHEN known.category = 'ignore' THEN 'accounts says ignore' WHEN $payroll = 'journal' THEN 'payroll counts from the journal, by option' END AS reason,
  true AS is_payroll,
  paid.source_file
FROM (
  SELECT rok, mesic, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department, $salaries_account AS account, hruba_mzda AS amount, source_file
  FROM mzda
  UNION ALL
  SELECT rok, mesic, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department, $insurance_account AS account,
    CAST(coalesce(soc_poj_firma, 0) + coalesce(zdrav_poj_firma, 0) AS DECIMAL(18, 4)) AS amount, source_file
  FROM mzda
) AS paid
LEFT JOIN account_categories AS known
  ON known.account = paid.account AND (known.department IS NOT DISTINCT FROM paid.department)
WHERE paid.amount <> 0
