/*---
description = "Companies that are neither deleted nor merged into another, with the domain in lower case, without `www.` and the last dot."
---*/
SELECT
    companies.*,
    nullif(lower(regexp_replace(regexp_replace(coalesce(companies.domain, companies.website), '^(https?://)?(www\.)?', '', 'i'), '(\.?[/:?].*|\.)$', '')), '') AS plain_domain
FROM companies
LEFT JOIN merges ON merges.object = 'company' AND merges.merged_id = companies.company_id
WHERE merges.merged_id IS NULL
    AND NOT coalesce(companies.is_deleted, false)
    AND NOT coalesce(companies.is_removed, false)
