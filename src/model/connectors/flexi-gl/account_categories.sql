/*---
description = "Kind and category of each account in each department: the table `accounts` (longest pattern, then the one with a department), else the file's account type, else the options."
---*/
SELECT
  account,
  department,
  account_type,
  listed_category,
  customer_key,
  CASE
    WHEN listed_category = 'ignore' THEN 'ignore'
    WHEN listed_kind IN ('cost', 'revenue') THEN listed_kind
    WHEN listed_category IN ('subscription', 'product', 'upsell', 'services', 'other', 'support.maintenance', 'support.service_fees') THEN 'revenue'
    WHEN listed_category LIKE 'support.%' AND listed_category <> 'support.other' THEN 'cost'
    WHEN split_part(listed_category, '.', 1) IN ('success', 'acquisition', 'cogs', 'overhead') THEN 'cost'
    WHEN upper(account_type) LIKE 'E%' THEN 'cost'
    WHEN upper(account_type) LIKE 'R%' OR upper(account_type) LIKE 'I%' THEN 'revenue'
    WHEN account_type IS NOT NULL THEN 'balance'
    WHEN account ~ $revenue_accounts THEN 'revenue'
    WHEN account ~ $cost_accounts THEN 'cost'
    ELSE 'balance'
  END AS kind,
  CASE
    WHEN strpos(',' || upper($support_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'support.other'
    WHEN strpos(',' || upper($success_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'success.other'
    WHEN strpos(',' || upper($marketing_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'acquisition.marketing'
    WHEN strpos(',' || upper($sales_departments) || ',', ',' || upper(department) || ',') > 0 THEN 'acquisition.sales'
    ELSE $cost_category
  END AS department_category
FROM (
  SELECT
    used.account,
    used.department,
    used.account_type,
    accounts.category AS listed_category,
    lower(accounts.kind) AS listed_kind,
    accounts.customer AS customer_key,
    row_number() OVER (
      PARTITION BY used.account, used.department, used.account_type
      ORDER BY coalesce(character_length(accounts.account), 0) DESC, accounts.department NULLS LAST, accounts.account, accounts.category
    ) AS place
  FROM (SELECT DISTINCT account, department, account_type FROM signed_lines) AS used
  LEFT JOIN accounts
    ON used.account LIKE replace(replace(accounts.account, '_', '\_'), '*', '%') || '%'
    AND (accounts.department IS NULL OR accounts.department = used.department)
) AS ranked
WHERE place = 1
