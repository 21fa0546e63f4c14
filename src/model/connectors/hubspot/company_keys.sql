/*---
kept = true
description = "What a company id in a link means where it is not simply that company: the survivor of a merge, or NULL for a deleted company."
---*/
SELECT merged_id AS named_id, surviving_id AS company_id
FROM company_merges
UNION ALL
SELECT companies.company_id AS named_id, NULL AS company_id
FROM companies
LEFT JOIN company_merges ON company_merges.merged_id = companies.company_id
WHERE (coalesce(companies.is_deleted, false) OR coalesce(companies.is_removed, false)) AND company_merges.merged_id IS NULL
