/*---
kept = true
description = "What each ledger code means: its type, and the category of `accounts` (the longest pattern wins), else what its description suggests."
---*/
SELECT
  gl_code,
  account_type,
  listed_category,
  customer_key,
  department,
  coalesce(
    listed_category,
    CASE
      WHEN NOT $account_names THEN 'overhead.other'
      WHEN words LIKE '%cost of sales%' OR words LIKE '%cost of goods%' OR words LIKE '%cogs%' THEN 'cogs.product'
      WHEN words LIKE '%marketing%' OR words LIKE '%advertis%' THEN 'acquisition.marketing'
      WHEN words LIKE '%commission%' OR words LIKE '%sales salar%' OR words LIKE '%sales wage%' THEN 'acquisition.sales'
      WHEN words LIKE '%support%' OR words LIKE '%help desk%' OR words LIKE '%helpdesk%' OR words LIKE '%service desk%' THEN
        CASE
          WHEN words LIKE '%salar%' OR words LIKE '%wage%' THEN 'support.salaries'
          WHEN words LIKE '%benefit%' OR words LIKE '%pension%' OR words LIKE '%medical%' THEN 'support.benefits'
          WHEN words LIKE '%training%' THEN 'support.training'
          WHEN words LIKE '%software%' OR words LIKE '%licen%' THEN 'support.software'
          WHEN words LIKE '%hosting%' OR words LIKE '%infrastructure%' THEN 'support.infrastructure'
          ELSE 'support.other'
        END
      WHEN words LIKE '%customer success%' OR words LIKE '%account management%' THEN
        CASE WHEN words LIKE '%salar%' OR words LIKE '%wage%' THEN 'success.salaries' ELSE 'success.other' END
      ELSE 'overhead.other'
    END
  ) AS category
FROM (
  SELECT
    codes.gl_code,
    codes.account_type,
    lower(codes.description) AS words,
    accounts.category AS listed_category,
    accounts.customer AS customer_key,
    accounts.department,
    row_number() OVER (
      PARTITION BY codes.gl_code
      ORDER BY coalesce(character_length(accounts.account), 0) DESC, accounts.account, accounts.category, codes.account_type
    ) AS place
  FROM (
    SELECT gl_code, upper(account_type) AS account_type, description FROM gen_master
    UNION ALL
    SELECT DISTINCT gl_code, CAST(NULL AS TEXT) AS account_type, CAST(NULL AS TEXT) AS description
    FROM gen_journal_detail AS journal
    WHERE NOT EXISTS (SELECT 1 FROM gen_master AS master WHERE master.gl_code = journal.gl_code)
  ) AS codes
  LEFT JOIN accounts
    ON codes.gl_code LIKE replace(replace(accounts.account, '_', '\_'), '*', '%') || '%'
) AS ranked
WHERE place = 1
