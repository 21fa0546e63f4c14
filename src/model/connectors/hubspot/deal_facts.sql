/*---
description = "Deals in the company's currency where the export has it, and why a deal does not count."
---*/
SELECT
    deals.deal_id,
    deals.name,
    deals.closed_on,
    deals.deal_type,
    coalesce(deals.amount_in_company_currency, deals.amount) AS amount,
    CASE WHEN deals.amount_in_company_currency IS NULL THEN deals.currency ELSE deals.company_currency END AS currency,
    deals.amount AS original_amount,
    deals.currency AS original_currency,
    CASE
        WHEN merges.merged_id IS NOT NULL THEN 'merged into another deal'
        WHEN coalesce(deals.is_deleted, false) OR coalesce(deals.is_removed, false) THEN 'deleted'
        WHEN NOT coalesce(deals.is_won, deals.stage IN ($won_stages) OR stage.label IN ($won_stages) OR stage.probability = 1, false) THEN 'not won'
        WHEN deals.closed_on IS NULL THEN 'no close date'
    END AS excluded_because,
    deals.source_file
FROM deals
LEFT JOIN (
    SELECT DISTINCT trim(merged_id) AS merged_id
    FROM (
        SELECT unnest(string_to_array(translate(merged_ids, ',', ';'), ';')) AS merged_id FROM deals
        UNION ALL
        SELECT merged_id FROM deal_merges
    ) AS named
) AS merges ON merges.merged_id = deals.deal_id
LEFT JOIN deal_stages AS stage ON stage.stage_id = deals.stage
