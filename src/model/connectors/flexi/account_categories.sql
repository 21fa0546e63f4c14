/*---
kept = true
description = "The category of each account in each department: the table `accounts` (longest pattern, then the one with a department), else the Czech chart and the departments of the options."
---*/
SELECT
  account,
  department,
  kind,
  listed_category,
  customer_key,
  coalesce(
    listed_category,
    CASE
      WHEN kind = 'vynosy' THEN
        CASE
          WHEN account LIKE '602%' THEN 'services'
          WHEN account LIKE '601%' OR account LIKE '604%' THEN 'product'
          WHEN account LIKE '6%' THEN 'other'
        END
      WHEN account LIKE '504%' THEN 'cogs.product'
      WHEN account LIKE '58%' THEN 'cogs.other'
      WHEN strpos(',' || upper($marketing_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'acquisition.marketing'
      WHEN strpos(',' || upper($sales_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'acquisition.sales'
      WHEN strpos(',' || upper($support_departments) || ',', ',' || upper(department) || ',') > 0 THEN
        CASE
          WHEN expense IN ('salaries', 'benefits') THEN 'support.' || expense
          ELSE 'support.other'
        END
      WHEN strpos(',' || upper($success_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'success.' || expense
      WHEN account LIKE '513%' THEN 'acquisition.sales'
      ELSE 'overhead.' || expense
    END
  ) AS category
FROM (
  SELECT
    used.account,
    used.department,
    used.kind,
    CASE
      WHEN used.account LIKE '50%' THEN 'material'
      WHEN used.account LIKE '51%' THEN 'services'
      WHEN used.account LIKE '521%' OR used.account LIKE '522%' OR used.account LIKE '523%' THEN 'salaries'
      WHEN used.account LIKE '52%' THEN 'benefits'
      WHEN used.account LIKE '53%' OR used.account LIKE '59%' THEN 'taxes'
      WHEN used.account LIKE '55%' THEN 'depreciation'
      WHEN used.account LIKE '56%' THEN 'financial'
      ELSE 'other'
    END AS expense,
    accounts.category AS listed_category,
    nullif(regexp_replace(accounts.customer, '^(code|ext|key):', ''), '') AS customer_key,
    row_number() OVER (
      PARTITION BY used.account, used.department
      ORDER BY coalesce(character_length(accounts.account), 0) DESC, accounts.department NULLS LAST, accounts.account, accounts.category
    ) AS place
  FROM used_accounts AS used
  LEFT JOIN accounts
    ON used.account LIKE replace(replace(accounts.account, '_', '\_'), '*', '%') || '%'
    AND (accounts.department IS NULL OR accounts.department = used.department)
) AS ranked
WHERE place = 1
