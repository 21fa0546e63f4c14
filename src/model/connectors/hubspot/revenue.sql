/*---
description = "Nothing, unless the option `revenue` asks for it. Deals are bookings: without credits and tax, at the rate of the day they closed. Invoices count net, unless voided or draft."
---*/
SELECT
    deal_accounts.company_id AS customer_key,
    deal_facts.closed_on AS posted_on,
    $revenue_category AS category,
    CAST(deal_facts.amount AS DECIMAL(18, 4)) AS amount,
    coalesce(deal_facts.currency, $currency) AS currency,
    deal_facts.name AS product,
    deal_facts.deal_id AS document,
    coalesce(deal_facts.deal_type, 'deal') AS document_type,
    deal_facts.original_amount,
    deal_facts.original_currency,
    deal_facts.source_file
FROM deal_facts
LEFT JOIN deal_accounts ON deal_accounts.deal_id = deal_facts.deal_id
WHERE $revenue = 'deals' AND deal_facts.excluded_because IS NULL
UNION ALL
SELECT
    coalesce(merges.surviving_id, trim(split_part(translate(invoice_facts.company_ids, ',', ';'), ';', 1))) AS customer_key,
    invoice_facts.invoiced_on AS posted_on,
    $revenue_category AS category,
    CAST(invoice_facts.amount_billed - invoice_facts.tax AS DECIMAL(18, 4)) AS amount,
    coalesce(invoice_facts.currency, $currency) AS currency,
    NULL AS product,
    invoice_facts.invoice_id AS document,
    'invoice' AS document_type,
    NULL AS original_amount,
    NULL AS original_currency,
    invoice_facts.source_file
FROM invoice_facts
LEFT JOIN company_merges AS merges ON merges.merged_id = trim(split_part(translate(invoice_facts.company_ids, ',', ';'), ';', 1))
WHERE $revenue = 'invoices' AND invoice_facts.excluded_because IS NULL
