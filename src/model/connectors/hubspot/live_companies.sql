/*---
description = "Companies that are neither deleted nor merged into another, with the domain in lower case, without `www.` and the last dot."
---*/
SELECT
    companies.*,
    nullif(lower(regexp_replace(regexp_replace(coalesce(companies.domain, companies.website), '^(https?://)?(www\.)?', '', 'i'), '(\.?[/:?].*|\.)$', '')), '') AS plain_domain
FROM companies
LEFT JOIN company_keys ON company_keys.named_id = companies.company_id
WHERE company_keys.named_id IS NULL
