/*---
description = "The one company of each deal: the primary one, else that with the lowest id, since a deal must not count once for each of its companies."
---*/
WITH named AS (
    SELECT deal_id, unnest(string_to_array(translate(primary_company_ids, ',', ';'), ';')) AS company_id, 1 AS position
    FROM deals
    UNION ALL
    SELECT deal_id, company_id, CASE WHEN type_id = '5' OR lower(label) = 'primary' THEN 1 ELSE 2 END AS position
    FROM deal_companies
    WHERE NOT coalesce(is_removed, false)
    UNION ALL
    SELECT deal_id, unnest(string_to_array(translate(company_ids, ',', ';'), ';')) AS company_id, 2 AS position
    FROM deals
)
SELECT
    coalesce(deal.surviving_id, named.deal_id) AS deal_id,
    first_value(coalesce(firm.surviving_id, trim(named.company_id)) ORDER BY named.position, coalesce(firm.surviving_id, trim(named.company_id))) AS company_id,
    count(DISTINCT coalesce(firm.surviving_id, trim(named.company_id))) AS companies
FROM named
LEFT JOIN merges AS deal ON deal.object = 'deal' AND deal.merged_id = named.deal_id
LEFT JOIN merges AS firm ON firm.object = 'company' AND firm.merged_id = trim(named.company_id)
WHERE trim(named.company_id) <> ''
GROUP BY 1
