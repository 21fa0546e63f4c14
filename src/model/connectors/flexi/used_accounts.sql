/*---
description = "Every pair of account and department that occurs, with the kind of the account: naklady (expense), vynosy (revenue) or other."
---*/
SELECT
  pairs.account,
  pairs.department,
  CASE
    WHEN chart.druh_uctu_k IS NOT NULL THEN regexp_replace(chart.druh_uctu_k, '^[a-zA-Z]+\.', '')
    -- The Czech chart of accounts is fixed by law in its first digit.
    WHEN pairs.account LIKE '5%' THEN 'naklady'
    WHEN pairs.account LIKE '6%' THEN 'vynosy'
  END AS kind
FROM (
  SELECT nullif(regexp_replace(md_ucet, '^(code|ext|key):', ''), '') AS account, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department FROM ucetni_denik
  UNION
  SELECT nullif(regexp_replace(dal_ucet, '^(code|ext|key):', ''), '') AS account, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department FROM ucetni_denik
  UNION
  SELECT account, department FROM document_lines
  UNION
  SELECT $salaries_account AS account, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department FROM mzda
  UNION
  SELECT $insurance_account AS account, nullif(regexp_replace(stredisko, '^(code|ext|key):', ''), '') AS department FROM mzda
) AS pairs
LEFT JOIN ucet AS chart ON regexp_replace(chart.kod, '^(code|ext|key):', '') = pairs.account
WHERE pairs.account IS NOT NULL
