/*---
kept = true
description = "One row per living customer record of every source, with what the match rules compare"
[columns]
source = "The source of the project file"
customer_key = "The vendor's customer number"
name = "The name as the source has it"
parent_key = "The customer number of the parent in the same source"
tax_id = "The tax or company number: upper case, letters and digits only"
domain = "The web domain, else that of the e-mail address; NULL for mail providers"
name_normalised = "The name in lower case, without accents, punctuation and legal form"
---*/
WITH
records AS (
  SELECT
    customers.source, customers.customer_key, min(customers.name) AS name, min(customers.parent_key) AS parent_key,
    nullif(regexp_replace(upper(min(customers.tax_id)), '[^\p{L}\p{N}]+', '', 'g'), '') AS tax_id,
    rtrim(split_part(regexp_replace(lower(coalesce(min(customers.domain), nullif(split_part(min(customers.email), '@', 2), ''))), '^(https?://)?(www[.])?', ''), '/', 1), '.') AS domain,
    -- Both lists of letters have the same length: the letter below is what the one above becomes.
    trim(regexp_replace(replace(replace(replace(translate(lower(min(customers.name)),
      'áàâäãåāăąćčçďđéèêëēėęěğíìîïīįłľĺńňñóòôöõøōőŕřśšşșťţțúùûüūůűųýÿźžż',
      'aaaaaaaaacccddeeeeeeeegiiiiiilllnnnoooooooorrsssstttuuuuuuuuyyzzz'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), '[^\p{L}\p{N}]+', ' ', 'g')) AS plain_name
  FROM all_customers AS customers
  LEFT ANTI JOIN all_customer_aliases AS aliases
    ON aliases.source = customers.source AND aliases.alias_key = customers.customer_key AND aliases.customer_key <> aliases.alias_key
  WHERE customers.customer_key IS NOT NULL
  GROUP BY customers.source, customers.customer_key
),
forms AS (
  -- Twice, because forms come in pairs, as in `GmbH & Co. KG`.
  SELECT concat('( (', string_agg(form, '|' ORDER BY length(form) DESC, form), ')){1,2}$') AS pattern
  FROM legal_forms
)
SELECT
  records.source, records.customer_key, records.name, records.parent_key, records.tax_id,
  CASE WHEN providers.domain IS NULL THEN nullif(records.domain, '') END AS domain,
  nullif(regexp_replace(records.plain_name, forms.pattern, ''), '') AS name_normalised
FROM records
CROSS JOIN forms
LEFT JOIN free_mail_domains AS providers ON providers.domain = records.domain
